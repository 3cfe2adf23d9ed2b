from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest
import time_machine
from django.core.cache import caches

from medianest.lib import breaker as breakers
from medianest.lib.breaker import Breaker
from medianest.lib.http import BadCredentials, Client, Limits, Refused, Unreachable
from medianest.tests.wire import page, saying, server


@pytest.fixture(params=["shared", "redis is away"])
def breaker(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Breaker]:
    """One that opens at three failures for ten seconds, with Redis and without."""
    if request.param != "shared":
        for name in ("get", "set", "add", "delete"):
            monkeypatch.setattr(type(caches["default"]), name, lambda *a, **k: None)
    yield Breaker(f"test-{uuid.uuid4()}", threshold=3, pause=10)
    breakers._own.clear()
    breakers._own_trials.clear()


def fail(breaker: Breaker, times: int) -> None:
    for _time in range(times):
        breaker.failed()


def test_it_is_closed_at_first_and_after_few_failures(breaker: Breaker) -> None:
    assert breaker.allows()
    fail(breaker, 2)
    assert breaker.allows()


def test_it_opens_after_failures_in_a_row(breaker: Breaker) -> None:
    fail(breaker, 3)
    assert not breaker.allows()


def test_a_success_in_between_starts_the_count_anew(breaker: Breaker) -> None:
    fail(breaker, 2)
    breaker.succeeded()
    fail(breaker, 2)
    assert breaker.allows()


def test_after_the_pause_one_may_try(breaker: Breaker) -> None:
    fail(breaker, 3)
    with time_machine.travel(breaker.reading().open_until + 1, tick=True):
        assert [breaker.allows() for _caller in range(3)] == [True, False, False]


def test_a_trial_that_fails_opens_it_again(breaker: Breaker) -> None:
    fail(breaker, 3)
    with time_machine.travel(breaker.reading().open_until + 1, tick=True):
        assert breaker.allows()
        breaker.failed()
        assert not breaker.allows()


def test_a_trial_that_succeeds_closes_it(breaker: Breaker) -> None:
    fail(breaker, 3)
    with time_machine.travel(breaker.reading().open_until + 1, tick=True):
        assert breaker.allows()
        breaker.succeeded()
        assert breaker.allows()
        assert breaker.allows()


def test_all_processes_share_it() -> None:
    name = f"test-{uuid.uuid4()}"
    fail(Breaker(name, threshold=3), 3)
    breakers._own.clear()  # as in another process
    assert not Breaker(name, threshold=3).allows()


def test_a_client_leaves_a_service_alone_that_keeps_failing(breaker: Breaker) -> None:
    with server(saying(page(b"", "503 Busy"))) as wire, Client("Plex", wire.url, breaker=breaker) as client:
        for _time in range(3):
            with pytest.raises(Refused):
                client.get("/")
        with pytest.raises(Unreachable, match="tried again in a moment"):
            client.get("/")
        assert len(wire.heads) == 3


def test_a_wrong_key_does_not_open_it(breaker: Breaker) -> None:
    limits = Limits(connect=0.5, total=1)
    with server(saying(page(b"", "401 No"))) as wire, Client("P", wire.url, breaker=breaker, limits=limits) as client:
        for _time in range(4):
            with pytest.raises(BadCredentials):
                client.get("/")
        assert len(wire.heads) == 4
