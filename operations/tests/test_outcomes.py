"""How a job ends, by what its handler does."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, OperationalError, connection
from django.utils import timezone

from medianest.lib.crypto import CannotDecrypt
from operations import jobs, runner
from operations.jobs import Cancelled, GiveUp, Interrupted, LeaseLost, Retry, Wait
from operations.lease import Run
from operations.models import Job, JobState
from operations.tests.acts import ATTEMPTS, QUEUE, claimed, given_up, promised, raising

pytestmark = pytest.mark.django_db(transaction=True)


def run_of(job: Job) -> Job:
    """The row after the job ran once."""
    runner.run_one(claimed())
    return Job.objects.get(pk=job.pk)


def due_in(job: Job) -> float:
    """Seconds from now, rounded."""
    return round((job.run_after - timezone.now()).total_seconds())


def make_due(job: Job) -> None:
    Job.objects.filter(pk=job.pk).update(run_after=timezone.now() - timedelta(seconds=1))


def test_a_handler_that_returns_is_done() -> None:
    row = run_of(promised("one"))
    assert (row.state, row.attempt, row.failures, row.lease_until) == (JobState.DONE, 1, 0, None)
    assert row.finished_at is not None


def test_waiting_costs_no_attempt_and_shows_its_reason(woken: list[tuple[str, int, float]]) -> None:
    job = promised("one", raising(Wait(30, code="plex_away", reason="Plex does not answer.")))
    for _ in range(ATTEMPTS + 2):
        row = run_of(job)
        assert (row.state, row.failures) == (JobState.QUEUED, 0)
        assert (row.error_code, row.error_text) == ("plex_away", "Plex does not answer.")
        assert due_in(row) == 30
        make_due(job)
    assert (QUEUE, 1, 30) in woken
    assert given_up == []


def test_a_long_wait_is_left_to_the_sweep(woken: list[tuple[str, int, float]]) -> None:
    job = promised("one", raising(Wait(3600, code="quota", reason="Later.")))
    woken.clear()
    assert due_in(run_of(job)) == 3600
    assert woken == []


def test_failures_back_off_and_are_given_up_in_the_end() -> None:
    job = promised("one", raising(Retry(code="net", reason="The line broke.")))
    pauses = []
    for _ in range(ATTEMPTS - 1):
        row = run_of(job)
        assert row.state == JobState.QUEUED
        pauses.append(due_in(row))
        make_due(job)
    assert pauses == [5, 15]
    row = run_of(job)
    assert (row.state, row.error_code, row.error_text) == (JobState.FAILED, "net", "The line broke.")
    assert given_up == [({"act": "one"}, "net", "The line broke.")]


def test_a_handler_may_say_when_to_try_again() -> None:
    assert due_in(run_of(promised("one", raising(Retry(code="busy", reason="Busy.", seconds=42))))) == 42


def test_giving_up_is_final_at_once() -> None:
    row = run_of(promised("one", raising(GiveUp(code="private", reason="The video is private."))))
    assert (row.state, row.attempt, row.error_code) == (JobState.FAILED, 1, "private")
    assert len(given_up) == 1


def test_a_bug_leaves_the_row_failed_without_the_exceptions_text() -> None:
    job = promised("one", raising(ValueError("password=hunter2")))
    for _ in range(ATTEMPTS):
        row = run_of(job)
        assert "hunter2" not in row.error_text
        make_due(job)
    assert (row.state, row.error_code, row.error_text) == (JobState.FAILED, "internal", runner.INTERNAL_REASON)
    assert given_up == [({"act": "one"}, "internal", runner.INTERNAL_REASON)]


def test_a_bug_in_one_job_does_not_keep_the_next_from_running() -> None:
    ran: list[bool] = []
    promised("one", raising(IntegrityError("duplicate")))
    promised("two", lambda run: ran.append(True))
    assert runner.work(QUEUE) == 2
    assert ran == [True]


def test_a_broken_query_is_told_from_a_database_that_was_away() -> None:
    broken = run_of(promised("one", raising(IntegrityError("duplicate"))))
    assert broken.error_code == runner.INTERNAL
    away = run_of(promised("two", raising(OperationalError("server closed the connection"))))
    assert (away.error_code, away.error_text) == (runner.DATABASE, runner.DATABASE_REASON)


def test_a_lost_key_ends_the_job_and_says_what_to_do() -> None:
    row = run_of(promised("one", raising(CannotDecrypt("No key with the id 'old'."))))
    assert (row.state, row.error_code, row.error_text) == (JobState.FAILED, "key_lost", runner.KEY_LOST_REASON)
    assert "reconnect" in row.error_text


def test_a_connection_that_broke_in_the_handler_is_replaced_to_write_the_outcome() -> None:
    def break_it(run: Run) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    row = run_of(promised("one", break_it))
    assert (row.state, row.error_code) == (JobState.QUEUED, runner.DATABASE)


def test_a_job_whose_outcome_cannot_be_written_is_left_to_the_sweep(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*args: object, **kwargs: object) -> bool:
        raise OperationalError("the database is away")

    job = promised("one")
    monkeypatch.setattr(jobs, "end", away)
    assert run_of(job).state == JobState.RUNNING


def test_a_queued_job_is_cancelled_at_once() -> None:
    promised("one")
    assert jobs.request_cancel(key="one")
    row = Job.objects.get()
    assert row.state == JobState.CANCELLED
    assert row.finished_at is not None
    assert jobs.claim_next(QUEUE) is None


def test_nothing_live_cannot_be_cancelled() -> None:
    assert not jobs.request_cancel(key="nothing")
    run_of(promised("one"))
    assert not jobs.request_cancel(key="one")
    assert Job.objects.get().state == JobState.DONE


@pytest.mark.parametrize(
    "outcome",
    [Cancelled(), Interrupted(), Wait(60, code="x", reason="x"), Retry(code="x", reason="x")],
    ids=["cancelled", "interrupted", "waits", "fails"],
)
def test_a_job_asked_to_stop_does_not_go_back_to_the_queue(outcome: Exception) -> None:
    def act(run: Run) -> None:
        jobs.request_cancel(key="one")
        raise outcome

    assert run_of(promised("one", act)).state == JobState.CANCELLED


def test_an_interrupted_job_is_due_at_once_and_costs_nothing(woken: list[tuple[str, int, float]]) -> None:
    job = promised("one", raising(Interrupted()))
    woken.clear()
    row = run_of(job)
    assert (row.state, row.failures, due_in(row)) == (JobState.QUEUED, 0, 0)
    assert woken == [(QUEUE, 1, 0)]


def test_after_a_lost_lease_nothing_is_written() -> None:
    assert run_of(promised("one", raising(LeaseLost()))).state == JobState.RUNNING


def test_a_kind_of_a_newer_version_fails_and_says_so() -> None:
    job = promised("one")
    Job.objects.filter(pk=job.pk).update(kind="tests.from-the-future")
    row = run_of(job)
    assert (row.state, row.error_code) == (JobState.FAILED, "unknown_kind")


def test_progress_is_written_by_the_holder_only() -> None:
    job = promised("one", lambda run: run.report(done=3, of=12))
    assert run_of(job).progress == {"done": 3, "of": 12}
    late = Run(Job(pk=job.pk, attempt=7))
    late.report(done=0)
    assert Job.objects.get().progress == {"done": 3, "of": 12}


def test_an_ended_job_can_be_tried_again_and_a_live_one_cannot(woken: list[tuple[str, int, float]]) -> None:
    job = promised("one", raising(GiveUp(code="no", reason="No.")))
    assert not jobs.try_again(job)
    run_of(job)
    woken.clear()
    assert jobs.try_again(job)
    row = Job.objects.get()
    assert (row.state, row.failures, row.error_text) == (JobState.QUEUED, 0, "")
    assert woken == [(QUEUE, 1, 0)]
