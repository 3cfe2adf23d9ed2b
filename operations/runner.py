"""What a woken worker does: takes due jobs of its queue one after the other until there is none."""

from __future__ import annotations

import structlog
from django.db import Error, InterfaceError, OperationalError, close_old_connections, connection

from medianest.lib import correlation
from medianest.lib.crypto import CannotDecrypt
from operations import audit_context, error_log, jobs
from operations.jobs import Outcome
from operations.lease import Run, is_shutting_down, keeper
from operations.models import Job, JobState

log = structlog.get_logger(__name__)

INTERNAL = "internal"
INTERNAL_REASON = (
    "Something went wrong inside MediaNest. The administrator can find it in the log by this job's reference."
)
KEY_LOST = "key_lost"
KEY_LOST_REASON = (
    "A stored secret can no longer be read, because its encryption key is gone. Enter it again or reconnect."
)
DATABASE = "database"
DATABASE_REASON = "The database was away for a moment."


def work(queue: str) -> int:
    """Run due jobs of `queue` until none is left or the worker shuts down; how many were run."""
    done = 0
    while not is_shutting_down():
        job = jobs.claim_next(queue)
        if job is None:
            break
        run_one(job)
        error_log.write_waiting()
        close_old_connections()
        done += 1
    return done


def run_one(job: Job) -> None:
    """Run one claimed job and write its outcome. Does not raise for anything the handler does."""
    correlation.bind(job.correlation_id)
    run = Run(job)
    keeper.hold(run)
    try:
        with audit_context.of_job(job):
            _settle(run)
    except Error as error:
        # Nothing can be written now. The lease runs out and the sweep brings the job back.
        log.exception("job_lost_database", job_id=str(job.pk), kind=job.kind, error=type(error).__name__)
        connection.close()
        error_log.record(error_log.of_job(job, error=error), is_database_away=True)
    finally:
        keeper.drop(run)


def _settle(run: Run) -> None:
    job = run.job
    handler = jobs.handler_of(job)
    if handler is None:
        jobs.fail(job, code="unknown_kind", reason=f"This version does not know {job.kind!r}.", final=True)
        return
    try:
        handler(run, **job.args)
    except Outcome as outcome:
        outcome.settle(job)
    except CannotDecrypt:
        log.warning("job_lost_key", job_id=str(job.pk), kind=job.kind)
        jobs.fail(job, code=KEY_LOST, reason=KEY_LOST_REASON, final=True)
    except Exception as error:  # the one place where a bug in any handler must still leave its row in a known state
        log.exception("job_crashed", job_id=str(job.pk), kind=job.kind)
        close_old_connections()  # a broken one would not take the outcome either
        if isinstance(error, OperationalError | InterfaceError):
            jobs.fail(job, code=DATABASE, reason=DATABASE_REASON, error=error)
        else:
            jobs.fail(job, code=INTERNAL, reason=INTERNAL_REASON, error=error)
    else:
        jobs.end(job, JobState.DONE)
