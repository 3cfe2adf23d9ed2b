"""Celery's side of people: the regular work is promised."""

from __future__ import annotations

from typing import Any

import structlog
from celery import shared_task
from celery.signals import worker_ready
from django.db import DatabaseError, connection

from accounts import jobs

log = structlog.get_logger(__name__)


@shared_task(name="accounts.check_plex")
def check_plex() -> None:
    jobs.promise_check()


@shared_task(name="accounts.tidy")
def tidy() -> None:
    jobs.promise_tidying()


def check_at_start(**_signal: Any) -> None:
    """After a longer stop those who were removed meanwhile are out at once: the first turn comes after an interval."""
    try:
        jobs.promise_check()
    except DatabaseError as error:
        log.warning("first_check_not_promised", error=type(error).__name__)
    finally:
        if not connection.in_atomic_block:
            connection.close()  # a worker's first thread asks for nothing more


worker_ready.connect(check_at_start, dispatch_uid="accounts.check_at_start")
