"""Celery's side of looking at services."""

from __future__ import annotations

from typing import Any

import structlog
from celery import shared_task
from celery.signals import worker_ready
from django.db import DatabaseError, connection

from services import jobs

log = structlog.get_logger(__name__)


@shared_task(name="services.probe_all")
def probe_all() -> None:
    jobs.probe_all()


@shared_task(name="services.keep_history")
def keep_history() -> None:
    jobs.promise_history()


def look_at_start(**_signal: Any) -> None:
    """The status page is true from the first minute on: the scheduler's own first turn comes after an interval."""
    try:
        jobs.promise_first_probe()
    except DatabaseError as error:
        log.warning("first_probe_not_promised", error=type(error).__name__)
    finally:
        if not connection.in_atomic_block:
            connection.close()  # a worker's first thread asks for nothing more


worker_ready.connect(look_at_start, dispatch_uid="services.look_at_start")
