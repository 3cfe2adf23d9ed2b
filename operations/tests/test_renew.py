"""Promising again what is already promised, with `renew`."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from operations import jobs
from operations.models import Job, JobState

pytestmark = pytest.mark.django_db

KIND = "tests.renewed"
jobs.kind(KIND, queue="tests")(lambda run: None)


def claimed() -> Job:
    jobs.promise(KIND, key="one")
    job = jobs.claim_next("tests")
    assert job is not None
    return job


def test_a_running_job_renewed_runs_once_more() -> None:
    job = claimed()
    jobs.promise(KIND, key="one", renew=True)
    assert not jobs.end(job, JobState.DONE)
    again = jobs.claim_next("tests")
    assert again is not None
    assert jobs.end(again, JobState.DONE)
    assert jobs.claim_next("tests") is None


def test_without_renew_a_live_promise_is_left_alone() -> None:
    job = claimed()
    jobs.promise(KIND, key="one")
    assert jobs.end(job, JobState.DONE)
    assert jobs.claim_next("tests") is None


def test_a_waiting_job_renewed_comes_forward() -> None:
    job = claimed()
    jobs.release(job, seconds=500)
    assert jobs.claim_next("tests") is None
    jobs.promise(KIND, key="one", renew=True)
    assert jobs.claim_next("tests") is not None


def test_a_job_renewed_while_it_runs_does_not_wait_as_long_as_it_meant_to() -> None:
    job = claimed()
    jobs.promise(KIND, key="one", renew=True)
    jobs.release(job, seconds=500)
    assert Job.objects.get().run_after <= timezone.now() + timedelta(seconds=1)


def test_a_job_asked_to_stop_and_then_renewed_goes_on() -> None:
    job = claimed()
    jobs.request_cancel(key="one")
    jobs.promise(KIND, key="one", renew=True)
    assert not jobs.end(job, JobState.CANCELLED)
    assert Job.objects.get().state == JobState.QUEUED


def test_a_job_renewed_and_then_asked_to_stop_stops() -> None:
    job = claimed()
    jobs.promise(KIND, key="one", renew=True)
    jobs.request_cancel(key="one")
    assert jobs.end(job, JobState.CANCELLED)
    assert Job.objects.get().state == JobState.CANCELLED
