"""Celery's side of maintenance: the regular look at who leaves."""

from __future__ import annotations

from celery import shared_task

from maintenance import promises


@shared_task(name="maintenance.leaving")
def leaving() -> None:
    promises.leaving()
