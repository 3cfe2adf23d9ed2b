"""The database's connections under a real web server: all in use, one too many, and the database away and back."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from medianest.tests.line import Line
from medianest.tests.logins import login
from operations.models import ErrorLog

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

CONNECTIONS = 20
WAIT_SECONDS = 3  # how long a request waits for a connection: settings.DATABASES' pool
PATIENT = 60  # the same where nobody is to be sent away, however busy the machine
AWAY_SECONDS = 20
BACK_SECONDS = 2
TRIES = 3
PAGE = "/account/"


class Web:
    """A granian of its own on the test's database, and somebody signed in to it."""

    def __init__(self, port: int, session: str) -> None:
        self.port, self.session = port, session

    def get(self, path: str = PAGE) -> tuple[int, dict[str, str]]:
        """Status and headers. Only a page is asked for as somebody: health checks know no sessions."""
        link = HTTPConnection("127.0.0.1", self.port, timeout=60)
        with contextlib.closing(link):
            link.request("GET", path, headers={"Cookie": self.session} if path == PAGE else {})
            answer = link.getresponse()
            answer.read()
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}


@pytest.fixture
def line() -> Iterator[Line]:
    facts = connection.settings_dict
    opened = Line(f"{facts['OPTIONS'].get('host') or facts['HOST']}/.s.PGSQL.{facts['PORT'] or 5432}")
    yield opened
    opened.cut()


@pytest.fixture
def wait() -> int:
    """How many seconds a request of `web` waits for a connection."""
    return WAIT_SECONDS


@pytest.fixture
def web(line: Line, annas: Client, tmp_path: Path, wait: int) -> Iterator[Web]:
    with login(member_of="mn_app") as (name, password):
        address = f"postgres://{name}:{password}@127.0.0.1:{line.port}/{connection.settings_dict['NAME']}"
        yield from _web(address, annas, tmp_path, wait)


def _web(address: str, annas: Client, tmp_path: Path, wait: int) -> Iterator[Web]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    env = {
        **os.environ,
        "DATABASE_URL": address,
        "DB_POOL_MAX": str(CONNECTIONS),
        "TEST_POOL_WAIT": str(wait),
        "DJANGO_SETTINGS_MODULE": "medianest.tests.plain_settings",
        "PLAIN_HTTP": "1",
    }
    words = ["--interface", "wsgi", "medianest.wsgi:application", "--port", str(port), "--no-ws"]
    words += ["--workers", "1", "--blocking-threads", "30", "--backpressure", "60", "--log-level", "error"]
    with (tmp_path / "web.log").open("wb") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "granian", *words], env=env, cwd=settings.BASE_DIR, stdout=log, stderr=log
        )
        try:
            session = f"{settings.SESSION_COOKIE_NAME}={annas.cookies[settings.SESSION_COOKIE_NAME].value}"
            started = Web(port, session)
            until(lambda: _status(started) == 200, 90)
            yield started
        finally:
            server.terminate()
            server.wait(60)


def _status(web: Web, path: str = PAGE) -> int:
    try:
        return web.get(path)[0]
    except (OSError, HTTPException):
        return 0


def until(what: object, seconds: float) -> float:
    """Wait for a condition; how long it took. Fails after the given time."""
    assert callable(what)
    started, pause = time.monotonic(), threading.Event()
    while not what():
        assert time.monotonic() - started < seconds, "it did not happen in time"
        pause.wait(0.05)
    return time.monotonic() - started


@contextlib.contextmanager
def nobody_reads_people() -> Iterator[None]:
    """While this lasts each page waits in the database, and so keeps its connection."""
    with psycopg.connect(**{**connection.get_connection_params(), "cursor_factory": None}) as other:
        other.execute("LOCK TABLE users IN ACCESS EXCLUSIVE MODE")
        yield
        other.rollback()


def waiting_in_the_database() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return int(cursor.fetchone()[0])


def in_use(web: Web, people: ThreadPoolExecutor) -> list[Future[tuple[int, dict[str, str]]]]:
    """As many pages as there are connections, each of them waiting in the database.

    On a busy machine one may be sent away while the pool still grows; another is asked for then.
    """
    asked: list[Future[tuple[int, dict[str, str]]]] = []

    def full() -> bool:
        asked[:] = [answer for answer in asked if not answer.done()]
        asked.extend(people.submit(web.get) for _ in range(CONNECTIONS - len(asked)))
        return waiting_in_the_database() == CONNECTIONS

    until(full, 25)  # those that wait are cut off after 30
    return asked


@pytest.mark.parametrize("wait", [PATIENT])
def test_twenty_are_served_at_once_and_the_next_one_waits(web: Web) -> None:
    with ThreadPoolExecutor(CONNECTIONS + 1) as people:
        with nobody_reads_people():
            asked: list[Future[tuple[int, dict[str, str]]]] = [people.submit(web.get) for _ in range(CONNECTIONS + 1)]
            until(lambda: waiting_in_the_database() == CONNECTIONS, PATIENT / 3)
            assert not any(answer.done() for answer in asked)
        assert [answer.result()[0] for answer in asked] == [200] * (CONNECTIONS + 1)


def test_one_too_many_is_told_to_come_back_and_it_is_written_down(web: Web) -> None:
    until(lambda: _status(web, "/readyz") == 200, 60)
    with ThreadPoolExecutor(CONNECTIONS + 1) as people:
        with nobody_reads_people():
            asked = in_use(web, people)
            started = time.monotonic()
            status, headers = web.get()
            took = time.monotonic() - started
            assert _status(web, "/healthz") == 200
            until(lambda: _status(web, "/readyz") == 200, 20)  # it has a connection of its own
        assert [answer.result()[0] for answer in asked] == [200] * CONNECTIONS
    assert status == 503
    assert headers["retry-after"] == "5"
    assert WAIT_SECONDS - 0.2 < took < WAIT_SECONDS + 20
    written = ErrorLog.objects.filter(correlation_id=headers["x-request-id"])
    until(lambda: web.get()[0] == 200 and written.exists(), 30)
    assert list(written.values_list("error_code", "status_code")) == [("database.no_connection_free", 503)]


def _away(web: Web, line: Line, seconds: float) -> float:
    """Have the database away for some seconds; how many more it takes until a page is answered again."""
    line.cut()
    statuses = set()
    back_at = time.monotonic() + seconds
    while time.monotonic() < back_at:
        statuses.add(web.get()[0])
    assert statuses == {503}
    with ThreadPoolExecutor(4) as people:  # some are waiting when it comes back
        asked = [people.submit(web.get) for _ in range(4)]
        line.mend()
        took = until(lambda: _status(web) == 200, 60)
        assert {answer.result()[0] for answer in asked} <= {200, 503}
    return took


@pytest.mark.timeout(300)
def test_a_database_that_was_away_costs_errors_only_while_it_is_away(web: Web, line: Line) -> None:
    took = [_away(web, line, AWAY_SECONDS)]
    while min(took) >= BACK_SECONDS and len(took) < TRIES:  # the machine may have been busy with other things
        took.append(_away(web, line, WAIT_SECONDS))
    assert min(took) < BACK_SECONDS
    assert [web.get()[0] for _ in range(CONNECTIONS)] == [200] * CONNECTIONS
    until(lambda: web.get()[0] == 200 and ErrorLog.objects.exists(), 30)
    written = set(ErrorLog.objects.values_list("error_code", flat=True))
    assert written <= {"database.away", "database.no_connection_free"}
