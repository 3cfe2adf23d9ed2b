"""A web process of its own whose people all ask for one title at the same moment.

Arguments: the film's number, and who asks. Says `ready`, and begins when it is told to on its standard input.
"""

from __future__ import annotations

import os
import sys
from functools import partial

import django


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "medianest.settings")
    django.setup()
    from django.test import Client  # noqa: PLC0415  (can be used only now that Django is set up)

    from accounts.models import User  # noqa: PLC0415  (likewise)
    from medianest.tests.at_once import at_once  # noqa: PLC0415  (likewise)

    number, *names = sys.argv[1:]
    browsers = []
    for name in names:
        browser = Client(SERVER_NAME="localhost")
        browser.force_login(User.objects.get(username=name))
        browsers.append(browser)
    say("ready")
    sys.stdin.readline()
    address = f"/requests/ask/movie/{number}"
    answers = at_once(*[partial(browser.post, address) for browser in browsers])
    say(" ".join(str(answer.status_code) for answer in answers))


if __name__ == "__main__":
    main()
