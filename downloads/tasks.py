"""Celery's side of downloads: the regular tidying."""

from __future__ import annotations

from celery import shared_task

from downloads import promises


@shared_task(name="downloads.tidy")
def tidy() -> None:
    promises.tidy()
