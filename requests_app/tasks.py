"""Celery's side of requests: the regular work is promised."""

from __future__ import annotations

from celery import shared_task

from operations.jobs import promise
from requests_app import jobs, promises


@shared_task(name="requests.purge")
def purge() -> None:
    promise(jobs.PURGE, key=jobs.PURGE)


@shared_task(name="requests.follow")
def follow() -> None:
    promises.follow()
