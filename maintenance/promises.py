"""What is promised to be done for maintenance, and under which keys."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.utils import timezone

from maintenance.models import PersonalExport
from operations.jobs import promise

EXPORT = "maintenance.export_person"
LEAVING = "maintenance.leaving"


def export(wanted: PersonalExport) -> None:
    """Make the zip of a person's data."""
    promise(EXPORT, key=f"export:{wanted.pk}", args={"export_id": str(wanted.pk)}, created_by=wanted.user)


def leaving(*, person_id: UUID | None = None, due: dt.datetime | None = None) -> None:
    """See who has to be erased and which exports are old: now, or for one person when they are due."""
    delay = max(dt.timedelta(0), due - timezone.now()) if due else dt.timedelta(0)
    promise(LEAVING, key=f"leaving:{person_id or 'all'}", delay=delay, renew=True)
