"""A sliding window: in Redis, and in the process while Redis is away."""

from __future__ import annotations

import socket
import threading
import time
import uuid
from collections.abc import Iterator

import pytest
from django.core.cache import caches
from django_redis import get_redis_connection
from pytest_django.fixtures import Settings

from medianest.lib import throttle
from medianest.lib.throttle import Verdict, forget, give_back, hit
from medianest.tests.wire import knocks


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttle, "_away_until", 0.0)
    monkeypatch.setattr(throttle, "_local", throttle._LocalWindows())


@pytest.fixture
def key() -> str:
    return uuid.uuid4().hex


def _redis_at(settings: Settings, port: int) -> None:
    options = {**settings.CACHES["default"]["OPTIONS"], "SOCKET_CONNECT_TIMEOUT": 0.3, "SOCKET_TIMEOUT": 0.3}
    location = f"redis://127.0.0.1:{port}/0"
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": location, "OPTIONS": options}}


@pytest.fixture
def closed_port() -> int:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        port: int = server.getsockname()[1]
        return port


@pytest.fixture(params=["with Redis", "without Redis"])
def either(request: pytest.FixtureRequest, settings: Settings, closed_port: int) -> Iterator[None]:
    if request.param == "without Redis":
        _redis_at(settings, closed_port)
    yield
    caches["default"].close()


@pytest.mark.usefixtures("either")
def test_the_limit_is_kept_and_the_wait_is_told(key: str) -> None:
    assert [hit(key, 3, 60).allowed for _ in range(5)] == [True, True, True, False, False]
    assert 30 <= hit(key, 3, 60).retry_after <= 60
    assert hit(key + "x", 3, 60) == Verdict(True, 0)


@pytest.mark.usefixtures("either")
def test_whoever_waits_as_long_as_told_gets_in_however_often_refused(key: str) -> None:
    began, pause = time.monotonic(), threading.Event()
    hit(key, 1, 2)
    told = set()
    while not (verdict := hit(key, 1, 2)).allowed:  # would go on for ever if a refusal counted
        told.add(verdict.retry_after)
        pause.wait(0.02)
    assert time.monotonic() - began > 1.95
    assert told <= {1, 2}


@pytest.mark.usefixtures("either")
def test_the_window_slides_so_that_no_burst_passes_its_edge(key: str) -> None:
    times: list[tuple[float, float]] = []
    pause = threading.Event()
    while len(times) < 11:
        before = time.monotonic()
        if hit(key, 5, 1).allowed:
            times.append((before, time.monotonic()))
        pause.wait(0.02)
    assert all(later[1] - earlier[0] > 0.95 for earlier, later in zip(times, times[5:], strict=False))


@pytest.mark.usefixtures("either")
def test_many_at_once_get_no_more_than_the_limit(key: str) -> None:
    gate = threading.Barrier(8)
    allowed: list[bool] = []

    def try_often() -> None:
        gate.wait()
        allowed.extend(hit(key, 10, 60).allowed for _ in range(10))

    threads = [threading.Thread(target=try_often) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(allowed), sum(allowed)) == (80, 10)


@pytest.mark.usefixtures("either")
def test_forgetting_starts_afresh(key: str) -> None:
    hit(key, 1, 60)
    assert not hit(key, 1, 60).allowed
    forget(key)
    assert hit(key, 1, 60).allowed


@pytest.mark.usefixtures("either")
def test_a_hit_given_back_makes_room_for_one(key: str) -> None:
    give_back(key)
    assert [hit(key, 2, 60).allowed for _ in range(3)] == [True, True, False]
    give_back(key)
    assert [hit(key, 2, 60).allowed for _ in range(2)] == [True, False]


@pytest.mark.usefixtures("either")
@pytest.mark.parametrize("typed", ["\x00", "\ud800", "x" * 100_000, "'; FLUSHALL", "日本\u202e"])
def test_a_key_may_be_anything(typed: str, key: str) -> None:
    assert hit(key + typed, 1, 60).allowed
    assert not hit(key + typed, 1, 60).allowed


def test_windows_leave_redis_by_themselves_and_hold_no_name(key: str) -> None:
    hit(f"somebody@nest.example {key}", 5, 60)
    redis = get_redis_connection("default")
    name = throttle._name(f"somebody@nest.example {key}")
    assert "somebody" not in name
    assert 0 < redis.pttl(name) <= 60_000


def test_a_redis_that_never_answers_holds_up_one_hit_and_not_the_next(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(10)
        _redis_at(settings, server.getsockname()[1])
        monkeypatch.setattr(throttle, "_AWAY_FOR", 600)
        started = time.monotonic()
        assert hit(key, 1, 60).allowed
        assert time.monotonic() - started < 30
        assert knocks(server) > 0
        assert [hit(key, 1, 60).allowed for _ in range(50)] == [False] * 50
        assert knocks(server) == 0
    caches["default"].close()


def test_counting_alone_keeps_a_bounded_number_of_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttle, "_LOCAL_KEYS", 5)
    windows = throttle._LocalWindows()
    for number in range(50):
        windows.hit(str(number), 1, 60)
        windows.hit("often", 1, 60)
    assert len(windows._windows) == 5
    assert not windows.hit("often", 1, 60).allowed
