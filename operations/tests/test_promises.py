"""A promise is a row in its caller's transaction, once under its key, whatever becomes of Redis."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from celery import Celery
from django.db import transaction
from django.utils import timezone

from medianest.lib import correlation
from medianest.tests.wire import knocks
from operations import jobs, runner
from operations.models import Job, JobState
from operations.tests.acts import KIND, QUEUE, claimed, promised

pytestmark = pytest.mark.django_db(transaction=True)

_real_wake = jobs.wake


class Changed(Exception):
    """The caller's transaction failed."""


def test_a_promise_is_written_with_its_transaction(woken: list[tuple[str, int, float]]) -> None:
    with transaction.atomic():
        promised("one")
        assert woken == []
    assert Job.objects.get().state == JobState.QUEUED
    assert woken == [(QUEUE, 1, 0)]


def test_a_promise_is_rolled_back_with_its_transaction(woken: list[tuple[str, int, float]]) -> None:
    def change() -> None:
        with transaction.atomic():
            promised("one")
            raise Changed

    with pytest.raises(Changed):
        change()
    assert not Job.objects.exists()
    assert woken == []


def test_two_promises_under_one_key_are_one(woken: list[tuple[str, int, float]]) -> None:
    first, second = promised("one"), promised("one")
    assert first.pk == second.pk
    assert Job.objects.count() == 1
    assert len(woken) == 1


def test_promises_under_two_keys_are_two() -> None:
    promised("one")
    promised("two")
    assert Job.objects.count() == 2


def test_a_promise_after_the_end_starts_the_same_row_afresh() -> None:
    job = promised("one")
    jobs.fail(claimed(), code="no", reason="It is gone.", final=True)
    again = promised("one")
    assert again.pk == job.pk
    assert (again.state, again.failures, again.error_code, again.error_text) == (JobState.QUEUED, 0, "", "")
    assert again.finished_at is None
    assert again.attempt == 1  # goes on counting: it fences off whoever held the job before


def test_a_delayed_promise_is_not_due_and_wakes_nobody(woken: list[tuple[str, int, float]]) -> None:
    jobs.promise(KIND, key="later", args={"act": "x"}, delay=timedelta(minutes=5))
    assert jobs.claim_next(QUEUE) is None
    assert woken == []
    assert jobs.sweep() == 0


def test_a_job_bears_the_reference_of_the_request_that_promised_it() -> None:
    correlation.bind("abc123")
    assert promised("one").correlation_id == "abc123"
    seen: list[str] = []
    promised("two", lambda run: seen.append(correlation.current()))
    correlation.bind("worker")
    assert runner.work(QUEUE) == 2
    assert seen == ["abc123"]


def test_an_unknown_kind_cannot_be_promised() -> None:
    with pytest.raises(KeyError):
        jobs.promise("tests.nobody-knows", key="x")


def test_a_kind_cannot_be_declared_twice() -> None:
    with pytest.raises(ValueError, match="declared twice"):
        jobs.kind(KIND)(lambda run: None)


# --- without Redis ----------------------------------------------------------------------------------------------------
@pytest.fixture
def silent_redis(monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    """A Redis that takes connections and never answers, and the real wake-up."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(50)
        _use_broker(monkeypatch, server.getsockname()[1])
        monkeypatch.setattr(jobs, "REDIS_PAUSE", 600)
        yield server


@pytest.fixture
def no_redis(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        port = server.getsockname()[1]
    _use_broker(monkeypatch, port)


def _use_broker(monkeypatch: pytest.MonkeyPatch, port: int) -> None:
    app = Celery(broker=f"redis://127.0.0.1:{port}/0", set_as_current=False)
    app.conf.broker_transport_options = {"socket_connect_timeout": 0.5, "socket_timeout": 0.5}
    monkeypatch.setattr(jobs, "current_app", app)
    monkeypatch.setattr(jobs, "wake", _real_wake)


@pytest.mark.usefixtures("no_redis")
def test_without_redis_a_promise_stands_all_the_same() -> None:
    promised("one")
    assert Job.objects.get().state == JobState.QUEUED
    assert not jobs.wake(QUEUE)


def test_a_redis_that_never_answers_holds_up_one_promise_and_not_the_next(silent_redis: socket.socket) -> None:
    started = time.monotonic()
    promised("one")
    assert time.monotonic() - started < 30
    assert knocks(silent_redis) > 0
    for number in range(20):
        promised(f"more-{number}")
    assert knocks(silent_redis) == 0
    assert Job.objects.filter(state=JobState.QUEUED).count() == 21


@pytest.mark.usefixtures("no_redis")
def test_the_sweep_wakes_when_redis_is_back(
    monkeypatch: pytest.MonkeyPatch, woken: list[tuple[str, int, float]]
) -> None:
    promised("one")
    assert jobs.sweep() == 0

    def wake(queue: str, *, count: int = 1, seconds: float = 0) -> bool:
        woken.append((queue, count, seconds))
        return True

    monkeypatch.setattr(jobs, "wake", wake)
    assert jobs.sweep() == 1
    assert woken == [(QUEUE, 1, 0)]


def test_the_worker_is_named_after_its_process() -> None:
    promised("one")
    before = timezone.now()
    job = claimed()
    assert job.owner.endswith(f":{os.getpid()}")
    assert job.lease_until is not None
    assert job.lease_until >= before + jobs.LEASE
