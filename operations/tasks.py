"""Celery's side of promised work: a wake-up for a queue, and the sweep."""

from __future__ import annotations

from celery import shared_task
from celery.signals import worker_shutting_down

from operations import jobs, lease, runner

worker_shutting_down.connect(lease.shut_down, dispatch_uid="operations.shut_down")


@shared_task(name="operations.work")
def work(queue: str) -> None:
    runner.work(queue)


@shared_task(name="operations.sweep")
def sweep() -> None:
    jobs.sweep()
