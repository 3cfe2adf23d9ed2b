"""Promised work: promise, claim, renew, end, sweep.

The database is the truth and Redis only wakes workers: a promise is a row written in the
caller's transaction. A worker claims it by one conditional update, holds it by a lease that a
keeper thread renews, and writes the outcome on it. Whatever is lost on the way (a wake-up, a
worker, a whole Redis) is found again by the sweep. Every handler may therefore run twice.
"""

from __future__ import annotations

import dataclasses
import functools
import os
import socket
import time
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import structlog
from celery import current_app
from django.conf import settings
from django.db import transaction
from django.db.models import Case, Count, F, Q, Value, When
from django.utils import timezone
from kombu.exceptions import OperationalError

from medianest.lib import correlation
from operations import error_log
from operations.models import LIVE_STATES, Job, JobQuerySet, JobState

log = structlog.get_logger(__name__)

LEASE = timedelta(seconds=settings.JOB_LEASE_SECONDS)
SHORT_WAIT = 60  # seconds; longer waits are left to the sweep
SWEEP_LIMIT = 200
WAKE_LIMIT = 8  # wake-ups for one queue at a time: a woken worker goes on until nothing is due
REDIS_PAUSE = 10.0  # seconds without wake-ups after Redis did not answer; the sweep wakes all the same
_redis_away_until = 0.0
_BACKOFF = (5, 15, 60, 300, 900)  # seconds after the 1st, 2nd, … failure
_BOOT = f"{socket.gethostname()}:{uuid.uuid4().hex[:6]}"  # forked workers share it, so the process id is added


# --- how a handler ends early ---------------------------------------------------------------------------------------------
class Outcome(Exception):
    """Raised by a handler to end its run in a way other than done."""

    def settle(self, job: Job) -> None:
        """Write this outcome on the job's row."""


class Wait(Outcome):
    """Not now: come back after `seconds`. Costs no attempt; `reason` is shown while waiting."""

    def __init__(self, seconds: float, *, code: str, reason: str) -> None:
        super().__init__(reason)
        self.seconds, self.code, self.reason = seconds, code, reason

    def settle(self, job: Job) -> None:
        release(job, seconds=self.seconds, code=self.code, text=self.reason)


class Retry(Outcome):
    """It failed but may succeed later; counts towards `max_attempts`. `seconds` overrides the back-off."""

    def __init__(self, *, code: str, reason: str, seconds: float | None = None) -> None:
        super().__init__(reason)
        self.seconds, self.code, self.reason = seconds, code, reason

    def settle(self, job: Job) -> None:
        fail(job, code=self.code, reason=self.reason, seconds=self.seconds)


class GiveUp(Outcome):
    """It will never succeed."""

    def __init__(self, *, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code, self.reason = code, reason

    def settle(self, job: Job) -> None:
        fail(job, code=self.code, reason=self.reason, final=True)


class Cancelled(Outcome):
    """Somebody asked for it to stop, and it did."""

    def settle(self, job: Job) -> None:
        end(job, JobState.CANCELLED)


class Interrupted(Outcome):
    """The worker is shutting down; the job goes back to the queue at once."""

    def settle(self, job: Job) -> None:
        release(job, seconds=0)


class LeaseLost(Outcome):
    """Another worker has the job now: nothing more may be written."""


# --- kinds ------------------------------------------------------------------------------------------------------------------
Handler = Callable[..., None]


@dataclasses.dataclass(frozen=True)
class Kind:
    """A kind of job: the function that does it, `handler(run, **args)`, and where and how often.

    `on_giving_up(args, code, reason)` records a final failure where people see it.
    """

    name: str
    handler: Handler
    queue: str
    max_attempts: int
    on_giving_up: Callable[[dict[str, Any], str, str], None] | None


_KINDS: dict[str, Kind] = {}


def kind(
    name: str,
    *,
    queue: str = "default",
    max_attempts: int = 5,
    on_giving_up: Callable[[dict[str, Any], str, str], None] | None = None,
) -> Callable[[Handler], Handler]:
    """Declare a handler. Apps' `jobs` modules are imported at start-up, so declaring is enough."""

    def declare(handler: Handler) -> Handler:
        if name in _KINDS:
            raise ValueError(f"The job kind {name!r} is declared twice.")
        _KINDS[name] = Kind(name, handler, queue, max_attempts, on_giving_up)
        return handler

    return declare


_CLEARED: dict[str, Any] = {
    "state": JobState.QUEUED,
    "failures": 0,
    "cancel_requested_at": None,
    "finished_at": None,
    "error_code": "",
    "error_text": "",
    "progress": {},
}


# --- promising --------------------------------------------------------------------------------------------------------------
def promise(
    name: str,
    *,
    key: str,
    args: dict[str, Any] | None = None,
    created_by: Any = None,
    delay: timedelta = timedelta(0),
    renew: bool = False,
) -> Job:
    """Promise that `name` will be done, once, under `key`; call it inside the transaction it belongs to.

    While a promise under the key is live this changes nothing; after it ended, the same row starts
    afresh. With `renew`, a live promise is made due as well: one that waits comes forward, one that
    runs will run once more (it may have looked already), one that was asked to stop goes on.
    Workers are woken on commit; if Redis is away the sweep wakes them later.
    """
    declared = _KINDS[name]
    now = timezone.now()
    fresh: dict[str, Any] = {
        "kind": name,
        "queue": declared.queue,
        "args": args or {},
        "max_attempts": declared.max_attempts,
        "run_after": now + delay,
        "correlation_id": correlation.current(),
        "created_by": created_by,
    }
    with transaction.atomic():
        mine = Job(idempotency_key=key, **fresh)
        Job.objects.bulk_create([mine], ignore_conflicts=True)
        job = Job.objects.select_for_update().get(idempotency_key=key)
        due = job.pk == mine.pk
        if not due and job.state not in LIVE_STATES:
            due = bool(Job.objects.filter(pk=job.pk).update(**fresh, **_CLEARED))
        elif not due and renew:
            forward = fresh["run_after"] if job.state == JobState.RUNNING else min(job.run_after, fresh["run_after"])
            due = bool(Job.objects.filter(pk=job.pk).update(run_after=forward, cancel_requested_at=None))
        if due:
            job.refresh_from_db()
        if due and not delay:
            transaction.on_commit(functools.partial(wake, declared.queue), robust=True)
    return job


def wake(queue: str, *, count: int = 1, seconds: float = 0) -> bool:
    """Tell the workers of `queue` that there is something to do. False when Redis does not take it; the sweep follows.

    A Redis that did not answer is left alone for a while: a page must not wait for it again and again.
    """
    global _redis_away_until  # noqa: PLW0603  (one fact about this process)
    if time.monotonic() < _redis_away_until:
        return False
    try:
        for _ in range(count):
            current_app.send_task(
                "operations.work",
                args=[queue],
                queue=queue,
                countdown=seconds or None,
                expires=seconds + 60,
                retry=True,
                retry_policy={"max_retries": 1, "interval_start": 0.1, "interval_max": 0.1},
            )
    except (OperationalError, OSError) as error:
        log.warning("queue_away", queue=queue, error=type(error).__name__)
        _redis_away_until = time.monotonic() + REDIS_PAUSE
        return False
    return True


def request_cancel(*, key: str) -> bool:
    """Ask for a live promise to stop: at once when queued, at its next breath when running. False if none is live."""
    now = timezone.now()
    queued = Q(state=JobState.QUEUED)
    # One statement: between two of them the job could change from running to queued and be missed by both.
    asked = (
        Job.objects.live()
        .filter(idempotency_key=key)
        .update(
            state=Case(When(queued, then=Value(JobState.CANCELLED)), default=F("state")),
            finished_at=Case(When(queued, then=Value(now)), default=F("finished_at")),
            cancel_requested_at=now,
            updated_at=now,
        )
    )
    return bool(asked)


def try_again(job: Job) -> bool:
    """Queue an ended job once more, as it was promised. False when it is live already."""
    now = timezone.now()
    ended = Job.objects.filter(pk=job.pk).exclude(state__in=LIVE_STATES)
    revived = ended.update(**_CLEARED, run_after=now, updated_at=now)
    if revived:
        transaction.on_commit(functools.partial(wake, job.queue), robust=True)
    return bool(revived)


def worker_name() -> str:
    """This process among all workers on all machines."""
    return f"{_BOOT}:{os.getpid()}"


# --- claiming and ending ------------------------------------------------------------------------------------------------------
def claim_next(queue: str) -> Job | None:
    """Take the longest-due queued job of `queue` for this worker; None when there is none to be had."""
    now = timezone.now()
    with transaction.atomic():
        job = (
            Job.objects.select_for_update(skip_locked=True)
            .filter(queue=queue, state=JobState.QUEUED, run_after__lte=now)
            .order_by("run_after", "created_at")
            .first()
        )
        if job is None:
            return None
        job.state, job.attempt = JobState.RUNNING, job.attempt + 1
        job.owner, job.lease_until = worker_name(), now + LEASE
        job.save(update_fields=["state", "attempt", "owner", "lease_until", "updated_at"])
    return job


def _held(job: Job) -> JobQuerySet:
    """The job's row, if this claim still holds it: the attempt number fences off whoever lost the lease."""
    return Job.objects.filter(pk=job.pk, state=JobState.RUNNING, attempt=job.attempt)


def end(job: Job, state: JobState, *, code: str = "", text: str = "") -> bool:
    """Write the final outcome, or queue the job once more if its promise was renewed meanwhile.

    False when it did not end: it was renewed, or the lease had been lost.
    """
    now = timezone.now()
    changes = {"error_code": code, "error_text": text[:2000], "lease_until": None, "updated_at": now}
    not_renewed = Q(run_after=job.run_after) | Q(cancel_requested_at__isnull=False)
    if _held(job).filter(not_renewed).update(**changes, state=state, finished_at=now):
        return True
    if _held(job).update(**changes, state=JobState.QUEUED):
        transaction.on_commit(functools.partial(wake, job.queue), robust=True)
    return False


def release(job: Job, *, seconds: float, code: str = "", text: str = "", failed: bool = False) -> bool:
    """Put the job back in the queue, due in `seconds`; one that was asked to stop ends instead.

    If its promise was renewed meanwhile it is due at once.

    False when the lease had been lost.
    """
    now = timezone.now()
    changes = {"state": JobState.QUEUED, "error_code": code, "error_text": text[:2000], "lease_until": None}
    later = Value(now + timedelta(seconds=seconds))
    released = (
        _held(job)
        .filter(cancel_requested_at__isnull=True)
        .update(
            **changes,
            run_after=Case(When(run_after=job.run_after, then=later), default=F("run_after")),
            failures=F("failures") + int(failed),
            updated_at=now,
        )
    )
    if not released:
        return end(job, JobState.CANCELLED)
    if seconds <= SHORT_WAIT:
        transaction.on_commit(functools.partial(wake, job.queue, seconds=seconds), robust=True)
    return True


def fail(
    job: Job,
    *,
    code: str,
    reason: str,
    seconds: float | None = None,
    final: bool = False,
    error: BaseException | None = None,
) -> None:
    """Count a failure: try again after the back-off, or give up when the attempts are used up.

    An `error` (a mistake of ours) is written down each time, anything else when it is given up.
    """
    is_over = final or job.failures + 1 >= job.max_attempts
    if is_over:
        with transaction.atomic():
            is_over = end(job, JobState.FAILED, code=code, text=reason)
            if is_over:
                _tell_giving_up(job, code, reason)
    else:
        pause = seconds if seconds is not None else _BACKOFF[min(job.failures, len(_BACKOFF) - 1)]
        release(job, seconds=pause, code=code, text=reason, failed=True)
    if is_over or error is not None:
        error_log.record(error_log.of_job(job, code=code, reason=reason, error=error))


def _tell_giving_up(job: Job, code: str, reason: str) -> None:
    declared = _KINDS.get(job.kind)
    if declared is None or declared.on_giving_up is None:
        return
    try:
        with transaction.atomic():
            declared.on_giving_up(job.args, code, reason)
    except Exception:  # a bug there would else bring the job back for ever, and stop the sweep for all others
        log.exception("giving_up_crashed", job_id=str(job.pk), kind=job.kind)


def handler_of(job: Job) -> Handler | None:
    """The declared function for the job's kind; None for a kind this version does not know."""
    declared = _KINDS.get(job.kind)
    return declared.handler if declared else None


# --- the sweep ------------------------------------------------------------------------------------------------------------------
def sweep() -> int:
    """Bring back jobs whose worker was lost and wake workers for what is due; how many wake-ups and returns.

    Harmless when two run at once.
    """
    now = timezone.now()
    with transaction.atomic():
        lost = Job.objects.select_for_update(skip_locked=True).filter(state=JobState.RUNNING, lease_until__lt=now)
        returned = list(lost[:SWEEP_LIMIT])
        for job in returned:
            log.warning("lease_expired", job_id=str(job.pk), kind=job.kind, owner=job.owner)
            fail(job, code="worker_lost", reason="The worker that did this went away.", seconds=0)
    due = Job.objects.filter(state=JobState.QUEUED, run_after__lte=now).order_by().values_list("queue")
    woken = 0
    for queue, count in due.annotate(n=Count("id")):
        woken += wake(queue, count=min(count, WAKE_LIMIT))
    return len(returned) + woken
