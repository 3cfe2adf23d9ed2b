"""Celery's side of promised work: a wake-up for a queue, and the sweep."""

from __future__ import annotations

from typing import Any

from celery import shared_task
from celery.signals import task_failure, worker_shutting_down

from operations import audit_context, error_log, jobs, lease, retention, runner

worker_shutting_down.connect(lease.shut_down, dispatch_uid="operations.shut_down")


def write_down_crash(sender: Any = None, exception: BaseException | None = None, **_: Any) -> None:
    """A task crashed outside of any job, which write down their own."""
    if exception is not None:
        error_log.record(error_log.of_task(str(getattr(sender, "name", "")), exception))


task_failure.connect(write_down_crash, dispatch_uid="operations.write_down_crash")


@shared_task(name="operations.work")
def work(queue: str) -> None:
    runner.work(queue)


@shared_task(name="operations.sweep")
def sweep() -> None:
    with audit_context.of_task("sweep"):
        jobs.sweep()


@shared_task(name="operations.retain")
def retain() -> None:
    jobs.promise(retention.KIND, key=retention.KIND)
