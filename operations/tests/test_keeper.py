"""The keeper renews leases while handlers run, and brings the news that they must stop."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from operations import jobs, lease, runner
from operations.lease import Run
from operations.models import Job, JobState
from operations.tests.acts import QUEUE, claimed, promised, until

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _own_keeper(monkeypatch: pytest.MonkeyPatch) -> None:
    """A keeper that renews often."""
    monkeypatch.setattr(lease, "RENEW_EVERY", 0.02)
    own = lease.LeaseKeeper()
    monkeypatch.setattr(lease, "keeper", own)
    monkeypatch.setattr(runner, "keeper", own)


class Work(threading.Thread):
    """A worker's thread with one claimed job, whose handler breathes until it is told to stop."""

    def __init__(self, name: str = "one") -> None:
        super().__init__()
        self.under_way = threading.Event()
        self.finish = threading.Event()
        self.runs: list[Run] = []
        promised(name, self.act)
        self.job = claimed()

    def act(self, run: Run) -> None:
        self.runs.append(run)
        self.under_way.set()
        while not self.finish.wait(0.01):
            run.breathe()

    def run(self) -> None:
        try:
            runner.run_one(self.job)
        finally:
            connection.close()

    def __enter__(self) -> Work:
        self.start()
        assert self.under_way.wait(60)
        return self

    def __exit__(self, *_: object) -> None:
        self.finish.set()
        self.join(60)
        assert not self.is_alive()

    @property
    def row(self) -> Job:
        return Job.objects.get(pk=self.job.pk)


def test_the_lease_is_renewed_while_the_handler_runs() -> None:
    with Work() as work:
        first = work.row.lease_until
        assert first is not None
        until(lambda: work.row.lease_until != first)
        assert jobs.sweep() == 0
    assert work.row.state == JobState.DONE


def test_a_lease_that_ran_out_is_saved_if_nobody_took_the_job() -> None:
    with Work() as work:
        Job.objects.update(lease_until=timezone.now() - timedelta(seconds=5))
        until(lambda: (work.row.lease_until or timezone.now()) > timezone.now())
    assert work.row.state == JobState.DONE


def test_a_running_job_stops_when_asked() -> None:
    with Work() as work:
        assert jobs.request_cancel(key="one")
        work.join(60)
        assert work.row.state == JobState.CANCELLED


def test_whoever_lost_the_job_stops_and_writes_nothing() -> None:
    with Work() as work:
        Job.objects.update(attempt=5, owner="somebody else")
        work.join(60)
        assert not work.is_alive()
        assert (work.row.state, work.row.attempt, work.row.owner) == (JobState.RUNNING, 5, "somebody else")


def test_shutting_down_gives_every_job_back_at_once(woken: list[tuple[str, int, float]]) -> None:
    with Work("one") as first, Work("two") as second:
        woken.clear()
        lease.shut_down()
        first.join(60)
        second.join(60)
        assert {first.row.state, second.row.state} == {JobState.QUEUED}
        assert {first.row.failures, second.row.failures} == {0}
    assert woken == [(QUEUE, 1, 0)] * 2
    assert runner.work(QUEUE) == 0  # a worker that ends takes nothing new


def test_something_that_cannot_breathe_is_broken_off() -> None:
    broken_off = threading.Event()
    with Work() as work:
        work.runs[0].on_stop(broken_off.set)
        jobs.request_cancel(key="one")
        assert broken_off.wait(60)
        work.join(60)
    assert work.row.state == JobState.CANCELLED


def test_a_bug_in_breaking_off_does_not_end_the_keeper() -> None:
    def crash() -> None:
        raise ProcessLookupError("gone already")

    with Work("one") as first, Work("two") as second:
        first.runs[0].on_stop(crash)
        jobs.request_cancel(key="one")
        first.join(60)
        before = second.row.lease_until
        until(lambda: second.row.lease_until != before)
    assert (first.row.state, second.row.state) == (JobState.CANCELLED, JobState.DONE)


def test_the_keeper_survives_a_database_that_goes_away_for_a_moment() -> None:
    with Work() as work:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        before = work.row.lease_until
        until(lambda: work.row.lease_until != before)
    assert work.row.state == JobState.DONE
