"""What it costs to know who asks, against a bare view: `python -m bench.session`, on servers of its own.

Django answers within this process, so that neither a network nor a web server is measured: a view that says two
letters, behind no middleware at all; behind the one that finds the session; and behind the one that also finds the
person. Once with Redis, which knows the session after the first look, and once without, when the table answers.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory, override_settings
from django.urls import path

from bench.saying import say
from medianest.launch.redis import Redis
from tools.scratch import migrated

ROUNDS = 1_000
SESSION = "accounts.sessions.middleware.SessionsMiddleware"
PERSON = "django.contrib.auth.middleware.AuthenticationMiddleware"


def bare(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok")


def session(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok" if "_auth_user_id" in request.session else "no")


def person(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok" if request.user.is_authenticated else "no")


urlpatterns = [path("bare", bare), path("session", session), path("person", person)]
BEHIND: dict[str, list[str]] = {"bare": [], "session": [SESSION], "person": [SESSION, PERSON]}


def main() -> int:
    with TemporaryDirectory(prefix="mn-bench-") as name, migrated():
        folder = Path(name)
        folder.chmod(0o711)  # run by root, Redis has an account of its own
        redis = Redis(folder / "redis")
        redis.start()
        cache = {**settings.CACHES["default"], "LOCATION": redis.url}
        try:
            with override_settings(ROOT_URLCONF="bench.session", CACHES={**settings.CACHES, "default": cache}):
                key = _somebodys_key()
                _tell("with Redis", _measured(key))
        finally:
            redis.stop()
        with override_settings(ROOT_URLCONF="bench.session"):  # the stand-in: nobody listens there
            _tell("without Redis", _measured(key))
    return 0


def _somebodys_key() -> str:
    from django.test import Client  # noqa: PLC0415  (models can be used only now that Django is set up)

    from accounts.models import User  # noqa: PLC0415  (likewise)

    client = Client()
    client.force_login(User.objects.create_user("somebody"))
    return str(client.session.session_key)


def _handler(name: str) -> Callable[[HttpRequest], Any]:
    with override_settings(MIDDLEWARE=BEHIND[name]):
        return WSGIHandler().get_response


def _measured(key: str) -> dict[str, float]:
    """The median of each in microseconds; asked in turn, so that a busy moment meets all of them."""
    handlers = {name: _handler(name) for name in BEHIND}
    took: dict[str, list[float]] = {name: [] for name in BEHIND}
    requests = RequestFactory()
    requests.cookies[settings.SESSION_COOKIE_NAME] = key
    for _round in range(ROUNDS):
        for name, handler in handlers.items():
            request = requests.get(f"/{name}")
            began = time.perf_counter()
            answer = handler(request)
            took[name].append(time.perf_counter() - began)
            if answer.content != b"ok":
                raise RuntimeError(f"{name}: nobody is signed in")
    return {name: statistics.median(times) * 1e6 for name, times in took.items()}


def _tell(how: str, middle: dict[str, float]) -> None:
    for name, us in middle.items():
        say(f"knowing who asks, {how}: {name}", f"{us:.0f} us", f"{us / middle['bare']:.1f} times a bare view")


if __name__ == "__main__":
    raise SystemExit(main())
