"""One worker wins a job, and one that lost its lease can write nothing any more."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest
from django.utils import timezone

from medianest.tests.at_once import at_once
from operations import jobs, runner
from operations.models import Job, JobState
from operations.tests.acts import ATTEMPTS, QUEUE, claimed, given_up, promised

pytestmark = pytest.mark.django_db(transaction=True)


def expire(job: Job) -> None:
    Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(seconds=1))


def test_of_many_claiming_at_once_one_wins() -> None:
    promised("one")
    won = [job for job in at_once(*[lambda: jobs.claim_next(QUEUE)] * 6) if job]
    assert len(won) == 1
    assert Job.objects.get().attempt == 1


def test_many_workers_do_each_job_once() -> None:
    done: list[str] = []
    for number in range(12):
        promised(f"job-{number}", lambda run: done.append(run.job.idempotency_key))
    assert sum(at_once(*[lambda: runner.work(QUEUE)] * 4)) == 12
    assert sorted(done) == sorted(f"job-{number}" for number in range(12))
    assert set(Job.objects.values_list("state", flat=True)) == {JobState.DONE}


def test_two_promising_at_once_make_one_row() -> None:
    ids = {job.pk for job in at_once(*[lambda: promised("one")] * 6)}
    assert len(ids) == Job.objects.count() == 1


def test_the_longest_due_comes_first() -> None:
    now = timezone.now()
    for name, age in (("young", 1), ("old", 60), ("middle", 30)):
        Job.objects.filter(pk=promised(name).pk).update(run_after=now - timedelta(seconds=age))
    assert [claimed().idempotency_key for _ in range(3)] == ["old", "middle", "young"]


def test_whoever_lost_the_lease_cannot_write_the_outcome() -> None:
    promised("one")
    old = claimed()
    expire(old)
    jobs.sweep()
    new = claimed()
    assert not jobs.end(old, JobState.FAILED, code="late", text="too late")
    assert not jobs.release(old, seconds=0)
    jobs.fail(old, code="late", reason="too late", final=True)
    row = Job.objects.get()
    assert (row.state, row.attempt, row.error_code) == (JobState.RUNNING, new.attempt, "worker_lost")
    assert given_up == []
    assert jobs.end(new, JobState.DONE)


def test_the_sweep_brings_back_what_a_lost_worker_held(woken: list[tuple[str, int, float]]) -> None:
    promised("one")
    expire(claimed())
    woken.clear()
    assert jobs.sweep() == 1
    row = Job.objects.get()
    assert (row.state, row.failures, row.lease_until) == (JobState.QUEUED, 1, None)
    assert (QUEUE, 1, 0) in woken


def test_the_sweep_leaves_a_held_job_alone() -> None:
    promised("one")
    claimed()
    assert jobs.sweep() == 0
    assert Job.objects.get().state == JobState.RUNNING


def test_a_job_that_kills_its_workers_is_given_up() -> None:
    promised("one")
    for _ in range(ATTEMPTS):
        expire(claimed())
        jobs.sweep()
    row = Job.objects.get()
    assert (row.state, row.error_code) == (JobState.FAILED, "worker_lost")
    assert jobs.claim_next(QUEUE) is None
    assert given_up == [({"act": "one"}, "worker_lost", row.error_text)]


def test_two_sweeps_at_once_count_one_failure() -> None:
    promised("one")
    expire(claimed())
    at_once(jobs.sweep, jobs.sweep, jobs.sweep)
    assert Job.objects.get().failures == 1


def test_a_callback_that_crashes_stops_neither_its_job_nor_the_sweep() -> None:
    for name in ("crash-on-giving-up", "other"):
        promised(name)
        job = claimed()
        Job.objects.filter(pk=job.pk).update(failures=ATTEMPTS)
        expire(job)
    jobs.sweep()
    assert set(Job.objects.values_list("state", flat=True)) == {JobState.FAILED}
    assert len(given_up) == 2


def test_the_sweep_wakes_no_more_workers_than_needed(woken: list[tuple[str, int, float]]) -> None:
    for number in range(jobs.WAKE_LIMIT + 5):
        promised(f"job-{number}")
    woken.clear()
    jobs.sweep()
    assert woken == [(QUEUE, jobs.WAKE_LIMIT, 0)]


def test_cancelling_while_the_job_goes_back_to_the_queue_is_never_missed() -> None:
    for number in range(15):
        key = f"job-{number}"
        promised(key)
        job = claimed()
        at_once(partial(jobs.release, job, seconds=500), partial(jobs.request_cancel, key=key))
        assert Job.objects.get(pk=job.pk).state == JobState.CANCELLED
