"""What a person takes along, when they leave, and that somebody left."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from maintenance.querysets import DepartureQuerySet, PersonalExportQuerySet
from medianest.lib.row_policies import own_rows
from operations.audit import untold


@untold("A file made for a person; security events say who asked and who fetched it.")
class PersonalExport(models.Model):
    """A person asked for everything about them: a zip made in the background, kept for a few days.

    Being made until `finished_at`; there when it has a `path` (relative to the export folder), failed when it has an
    `error` fit to show. The file goes at `expires_at`, the row says that it was there.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="personal_exports", db_index=False
    )
    done = models.PositiveIntegerField(_("parts made"), default=0)
    parts = models.PositiveIntegerField(_("parts in all"), default=0)
    path = models.CharField(_("file"), max_length=200, blank=True)
    bytes = models.PositiveBigIntegerField(_("size"), null=True, blank=True, help_text=_("Bytes."))
    error = models.CharField(_("error"), max_length=500, blank=True)
    created_at = models.DateTimeField(_("asked"), default=timezone.now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    expires_at = models.DateTimeField(_("kept until"), null=True, blank=True)

    objects = PersonalExportQuerySet.as_manager()

    class Meta:
        db_table = "personal_exports"
        verbose_name = _("export of a person")
        verbose_name_plural = _("exports of persons")
        ordering = ["-created_at"]
        indexes = [
            models.Index(fields=["user", "-created_at"], name="personal_exports_user"),
            models.Index(fields=["expires_at"], condition=~Q(path=""), name="personal_exports_expiry"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(finished_at__isnull=True),
                name="personal_exports_one_at_a_time",
                violation_error_message=_("Your export is being made already."),
            ),
            models.CheckConstraint(
                condition=Q(finished_at__isnull=True) | Q(finished_at__gte=F("created_at")),
                name="personal_exports_end_after_start",
                violation_error_message=_("An export does not end before it begins; look at the server's clock."),
            ),
            models.CheckConstraint(
                condition=Q(done__lte=F("parts")),
                name="personal_exports_done_in_parts",
                violation_error_message=_("No more parts can be made than there are."),
            ),
            models.CheckConstraint(
                condition=Q(path="") | Q(bytes__isnull=False, finished_at__isnull=False, expires_at__isnull=False),
                name="personal_exports_file_has_size",
                violation_error_message=_("A finished export has a size and a day until which it is kept."),
            ),
            own_rows("personal_exports_own_rows"),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.created_at:%Y-%m-%d}"

    @property
    def is_ready(self) -> bool:
        return bool(self.path)

    @property
    def is_being_made(self) -> bool:
        return self.finished_at is None

    @property
    def percent(self) -> float:
        """How far it is, 0 to 100."""
        return 100 * self.done / self.parts if self.parts else 0.0


@untold("Security events say who left and who stayed after all.")
class Departure(models.Model):
    """Somebody asked to be deleted. Until `due_at` they can change their mind; then they are erased."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="departure", primary_key=True
    )
    asked_at = models.DateTimeField(_("asked"), default=timezone.now, editable=False)
    due_at = models.DateTimeField(_("leaves"), db_index=True)
    problem = models.CharField(_("what hinders it"), max_length=500, blank=True)

    objects = DepartureQuerySet.as_manager()

    class Meta:
        db_table = "departures"
        verbose_name = _("departure")
        ordering = ["due_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(due_at__gt=F("asked_at")),
                name="departures_due_after_asking",
                violation_error_message=_("The day of leaving is after the day of asking."),
            ),
            own_rows("departures_own_rows"),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.due_at:%Y-%m-%d}"


@untold("Is a record itself, of whom nothing else is left.")
class Erasure(models.Model):
    """Somebody was erased. Their former id alone is kept, so that a restored backup can be told to forget them too."""

    id = models.UUIDField(primary_key=True, editable=False)
    erased_at = models.DateTimeField(_("erased"), default=timezone.now)

    class Meta:
        db_table = "erasures"
        verbose_name = _("erasure")
        ordering = ["-erased_at"]
        indexes = [models.Index(fields=["-erased_at"], name="erasures_newest")]

    def __str__(self) -> str:
        return str(self.id)
