"""Celery's side of people: the regular work is promised."""

from __future__ import annotations

from celery import shared_task

from accounts import jobs


@shared_task(name="accounts.check_plex")
def check_plex() -> None:
    jobs.promise_check()
