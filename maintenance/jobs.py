"""What workers do for those who take their data along, and for those who leave."""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import Any
from uuid import UUID

import structlog
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from maintenance import erasing, exporting, promises
from maintenance.models import Departure, PersonalExport
from operations.jobs import Retry, kind
from operations.lease import Run

log = structlog.get_logger(__name__)

KEEP_EXPORT = dt.timedelta(days=7)
_AT_A_TIME = 50


def _export_gave_up(args: dict[str, Any], code: str, reason: str) -> None:
    transaction.on_commit(partial(_end_without_file, UUID(args["export_id"]), reason))


def _end_without_file(export_id: UUID, reason: str) -> None:
    now = timezone.now()
    PersonalExport.objects.being_made().filter(pk=export_id).update(error=reason[:500], finished_at=now, updated_at=now)


@kind(promises.EXPORT, max_attempts=3, on_giving_up=_export_gave_up)
def export_person(run: Run, export_id: str) -> None:
    """Make the zip of a person's data."""
    wanted = PersonalExport.objects.being_made().select_related("user").filter(pk=export_id).first()
    if wanted is None:  # they left meanwhile, or it was made by a worker that could not say so
        return
    PersonalExport.objects.filter(pk=wanted.pk).update(parts=exporting.parts(), done=0)

    def told(done: int) -> None:
        run.breathe()
        PersonalExport.objects.filter(pk=wanted.pk).update(done=done, updated_at=timezone.now())

    name = f"{wanted.pk}.zip"
    try:
        size = exporting.write(wanted.user, name, told)
    except OSError as error:
        log.warning("export_not_written", error=type(error).__name__)
        raise Retry(code="disk", reason="The file could not be written: the server's disk may be full.") from error
    now = timezone.now()
    kept = PersonalExport.objects.being_made().filter(pk=wanted.pk)
    if not kept.update(path=name, bytes=size, finished_at=now, updated_at=now, expires_at=now + KEEP_EXPORT):
        exporting.remove(name)


@kind(promises.LEAVING, max_attempts=3)
def leaving(run: Run) -> None:
    """Erase whose day has come or who was deleted 30 days ago, and remove exports that were kept long enough."""
    now = timezone.now()
    for departure in Departure.objects.due(now)[:_AT_A_TIME]:
        run.breathe()
        erasing.erase_due(departure)
    for person in User.objects.due_for_purging(now).order_by("deleted_at")[:_AT_A_TIME]:
        run.breathe()
        erasing.purge(person)
    for old in PersonalExport.objects.expired(now)[:_AT_A_TIME]:
        exporting.remove(old.path)
        PersonalExport.objects.filter(pk=old.pk).update(path="", bytes=None)
