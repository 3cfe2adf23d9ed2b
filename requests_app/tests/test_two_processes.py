"""One title, asked for by many people in two web processes at the same moment, is one request."""

from __future__ import annotations

import os
import subprocess
import sys
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import connection

from catalog.tests.rows import stored_title
from medianest.tests.people import person
from requests_app.models import MediaRequest, RequestEvent

NAMES = [f"p{n}" for n in range(20)]


def _process(tmdb_id: int, names: list[str]) -> subprocess.Popen[str]:
    database = urlsplit(settings.DATABASE_URL)._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
    environment = {**os.environ, "DATABASE_URL": database}
    environment.pop("DATABASE_URL_FILE", None)
    words = [sys.executable, "-m", "requests_app.tests.asking_process", str(tmdb_id), *names]
    pipe = subprocess.PIPE
    return subprocess.Popen(words, env=environment, cwd=settings.BASE_DIR, stdin=pipe, stdout=pipe, text=True)


def _line(process: subprocess.Popen[str]) -> str:
    """The next line it says on its own account: the log goes the same way."""
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith(("ready", "302", "4", "5")):
            return line.strip()
    return ""


@pytest.mark.django_db(transaction=True)
def test_twenty_posts_to_two_processes_make_one_request() -> None:
    title = stored_title(title="Wanted By All")
    for name in NAMES:
        person(name)
    processes = [_process(title.tmdb_id, names) for names in (NAMES[:10], NAMES[10:])]
    try:
        assert [_line(process) for process in processes] == ["ready", "ready"]
        for process in processes:
            assert process.stdin is not None
            process.stdin.write("\n")
            process.stdin.flush()
        assert [_line(process) for process in processes] == [" ".join(["302"] * 10)] * 2
        assert [process.wait(timeout=120) for process in processes] == [0, 0]
    finally:
        for process in processes:
            process.kill()
            process.communicate()

    (only,) = MediaRequest.objects.filter(tmdb_id=title.tmdb_id)
    assert only.followers.count() == 19
    told = RequestEvent.objects.filter(request=only).values_list("kind", flat=True)
    assert sorted(told) == ["joined"] * 19 + ["requested"]
