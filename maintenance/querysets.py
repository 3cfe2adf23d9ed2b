"""Which backups, exports and departures."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from accounts.models import User
    from maintenance.models import BackupRun, Departure, PersonalExport  # noqa: F401  (named in quotes below)


class BackupRunQuerySet(models.QuerySet["BackupRun"]):
    def good(self) -> BackupRunQuerySet:
        """Finished without error, and the file is still there."""
        return self.filter(finished_at__isnull=False, error="", removed_at__isnull=True)

    def proven(self) -> BackupRunQuerySet:
        """Good, and restored once to see that they are."""
        return self.good().filter(verified_at__isnull=False)

    def older_than(self, moment: dt.datetime) -> BackupRunQuerySet:
        return self.filter(started_at__lt=moment)

    def newest_first(self) -> BackupRunQuerySet:
        return self.order_by("-started_at")


class PersonalExportQuerySet(models.QuerySet["PersonalExport"]):
    def of(self, user: User) -> PersonalExportQuerySet:
        return self.filter(user=user).order_by("-created_at")

    def being_made(self) -> PersonalExportQuerySet:
        return self.filter(finished_at__isnull=True)

    def expired(self, now: dt.datetime) -> PersonalExportQuerySet:
        """Those whose file has been kept long enough."""
        return self.filter(expires_at__lt=now).exclude(path="")


class DepartureQuerySet(models.QuerySet["Departure"]):
    def due(self, now: dt.datetime) -> DepartureQuerySet:
        return self.filter(due_at__lte=now).order_by("due_at")
