"""Celery's side of the catalogue: the regular work is promised."""

from __future__ import annotations

from celery import shared_task

from catalog import jobs, pictures


@shared_task(name="catalog.sync_library")
def sync_library() -> None:
    jobs.promise_when_due()


@shared_task(name="catalog.refresh_titles")
def refresh_titles() -> None:
    jobs.promise_refresh_when_due()


@shared_task(name="catalog.tidy_pictures")
def tidy_pictures() -> None:
    pictures.tidy()
