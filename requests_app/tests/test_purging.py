"""Requests that were deleted 30 days ago are removed."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from operations.models import Job
from requests_app import jobs, tasks
from requests_app.models import MediaRequest, RequestEvent
from requests_app.tests.rows import stored_film, stored_series

pytestmark = pytest.mark.django_db
MONTH, MOMENT = dt.timedelta(days=30), dt.timedelta(minutes=1)


class Breath:
    """A run that is never asked to stop."""

    breaths = 0

    def breathe(self) -> None:
        self.breaths += 1


def test_only_what_was_deleted_30_days_ago_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "_AT_ONCE", 2)
    now = timezone.now()
    gone = [stored_series([1], tmdb_id=n, deleted_at=now - MONTH - MOMENT) for n in range(1, 6)]
    RequestEvent.objects.create(request=gone[0], kind="requested")
    kept = {stored_film(), stored_film(deleted_at=now - MONTH + MOMENT)}
    run: Any = Breath()
    jobs.purge(run)
    assert set(MediaRequest.everything.all()) == kept
    assert not RequestEvent.objects.exists()
    assert run.breaths == 3


def test_the_scheduler_promises_it_once() -> None:
    tasks.purge()
    tasks.purge()
    assert Job.objects.get().kind == jobs.PURGE
