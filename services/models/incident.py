"""Outages as people remember them: opened and closed by the probes, explained by administrators."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from operations.audit import audited
from services import internals
from services.providers import registry
from services.querysets import IncidentQuerySet


def watched_choices() -> list[tuple[str, str]]:
    """Everything that is looked at: external services, the database and Redis."""
    outside = [(kind.kind, str(kind.label)) for kind in registry.all()]
    return outside + [(one.kind, str(one.label)) for one in internals.ALL]


class Severity(models.TextChoices):
    """The worst that happened so far."""

    DEGRADED = "degraded", _("degraded")
    OFFLINE = "offline", _("offline")


@audited()
class Incident(models.Model):
    """A stretch of time in which a service was not well. Kept for ever.

    The probes open one when a service becomes degraded or offline, make it worse but never milder, and end it when the
    service is well again or nobody looks at it any more. `title` and `note` are an administrator's words for everyone;
    the probes never touch them. `cause` is the probe's own message, for administrators. One that an administrator adds
    (`is_automatic` false) is also ended by one.

    An index by service and time was left out: with a handful of services PostgreSQL reads one service's latest incidents
    from the index by time, also among 100,000.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    service_name = models.CharField(_("service"), max_length=40, choices=watched_choices)
    severity = models.CharField(_("severity"), max_length=12, choices=Severity, default=Severity.OFFLINE)
    started_at = models.DateTimeField(_("began"))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    is_automatic = models.BooleanField(_("found by MediaNest"), default=False, editable=False)
    cause = models.CharField(_("cause"), max_length=300, blank=True, editable=False)
    title = models.CharField(_("title"), max_length=200, blank=True, help_text=_("Shown to everyone."))
    note = models.TextField(_("note"), max_length=5000, blank=True, help_text=_("Shown to everyone."))
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = IncidentQuerySet.as_manager()

    class Meta:
        db_table = "incidents"
        verbose_name = _("incident")
        verbose_name_plural = _("incidents")
        ordering = ["-started_at"]
        indexes = [
            models.Index(fields=["-started_at"], name="incidents_started"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["service_name"],
                condition=Q(ended_at__isnull=True, is_automatic=True),
                name="incidents_one_open",
                violation_error_message=_("MediaNest has an open incident for this service already."),
            ),
            models.CheckConstraint(
                condition=Q(severity__in=Severity.values),
                name="incidents_severity_known",
                violation_error_message=_("Choose how bad it is."),
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("started_at")),
                name="incidents_end_after_start",
                violation_error_message=_("An incident ends after it began."),
            ),
            models.CheckConstraint(
                condition=~Q(service_name=""),
                name="incidents_named",
                violation_error_message=_("Name the service."),
            ),
        ]

    def __str__(self) -> str:
        return self.title or f"{self.service_name}: {self.severity}"
