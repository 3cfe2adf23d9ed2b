"""How it lasts: each time a backup was made, and whether it was proven."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from maintenance.querysets import BackupRunQuerySet
from operations.audit import untold


class BackupKind(models.TextChoices):
    """Why a backup was made."""

    SCHEDULED = "scheduled", _("by schedule")
    MANUAL = "manual", _("by hand")
    BEFORE_UPGRADE = "before_upgrade", _("before an upgrade")
    BEFORE_RESTORE = "before_restore", _("before a restore")


@untold("Is a record itself, of what a job did.")
class BackupRun(models.Model):
    """One making of a backup: running until `finished_at`, good without `error`, proven once `verified_at` is set.

    `path` is relative to the backup folder; `sha256` is the file's. A file that was tidied away leaves its row.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(_("why"), max_length=14, choices=BackupKind, default=BackupKind.SCHEDULED)
    started_at = models.DateTimeField(_("began"))
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    path = models.CharField(_("file"), max_length=500, blank=True)
    bytes = models.PositiveBigIntegerField(_("size"), null=True, blank=True, help_text=_("Bytes."))
    sha256 = models.CharField(_("SHA-256"), max_length=64, blank=True)
    verified_at = models.DateTimeField(_("proven by restoring"), null=True, blank=True)
    removed_at = models.DateTimeField(_("tidied away"), null=True, blank=True)
    error = models.TextField(_("error"), blank=True)

    objects = BackupRunQuerySet.as_manager()

    class Meta:
        db_table = "backup_runs"
        verbose_name = _("backup")
        ordering = ["-started_at"]
        indexes = [models.Index(fields=["-started_at"], name="backup_runs_started")]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=BackupKind.values),
                name="backup_runs_kind_known",
                violation_error_message=_("Say why the backup is made."),
            ),
            models.CheckConstraint(
                condition=Q(finished_at__isnull=True) | Q(finished_at__gte=F("started_at")),
                name="backup_runs_end_after_start",
                violation_error_message=_("A backup does not end before it begins; look at the server's clock."),
            ),
            models.CheckConstraint(
                condition=Q(sha256="") | Q(sha256__regex=r"^[0-9a-f]{64}$"),
                name="backup_runs_sha256_shape",
                violation_error_message=_("A SHA-256 has 64 digits from 0 to f."),
            ),
            models.CheckConstraint(
                condition=Q(finished_at__isnull=True)
                | ~Q(error="")
                | (~Q(path="") & ~Q(sha256="") & Q(bytes__isnull=False)),
                name="backup_runs_finished_has_file",
                violation_error_message=_("A finished backup has a file with size and SHA-256, or an error."),
            ),
            models.CheckConstraint(
                condition=Q(verified_at__isnull=True) | Q(finished_at__isnull=False, error=""),
                name="backup_runs_only_good_ones_proven",
                violation_error_message=_("Only a backup that finished without error can be proven."),
            ),
        ]

    def __str__(self) -> str:
        return self.path or f"{self.get_kind_display()} {self.started_at:%Y-%m-%d %H:%M}"

    @property
    def is_good(self) -> bool:
        """Finished, without error, and still there."""
        return self.finished_at is not None and not self.error and self.removed_at is None
