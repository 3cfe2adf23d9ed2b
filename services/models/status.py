"""How each service was when it was last looked at."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from operations.audit import untold
from services.models.states import ServiceState


@untold("What the probes found.")
class ServiceStatus(models.Model):
    """How a service was when it was last probed. Written by the workers' probes only; pages only read.

    `uptime_percentage` is that of the last 24 hours, counted by time from `service_hours`: the share of online and
    degraded among what is known. It is empty, not 0 or 100, when nothing is known of these hours.
    `checking_since` is set from the first look that contradicts `status` until the verdict on it falls.
    """

    id = models.BigAutoField(primary_key=True)
    service_name = models.CharField(max_length=40, unique=True)
    status = models.CharField(max_length=12, choices=ServiceState, default=ServiceState.UNKNOWN)
    response_time_ms = models.PositiveIntegerField(null=True, blank=True)
    last_check_at = models.DateTimeField(null=True, blank=True, db_index=True)
    changed_at = models.DateTimeField(null=True, blank=True)
    checking_since = models.DateTimeField(null=True, blank=True)
    uptime_percentage = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    failures = models.PositiveIntegerField(_("failures in a row"), default=0)
    successes = models.PositiveIntegerField(_("answers in a row"), default=0)
    slow_checks = models.PositiveIntegerField(_("slow answers in a row"), default=0)
    message = models.CharField(max_length=300, blank=True)

    class Meta:
        db_table = "service_status"
        verbose_name = _("service status")
        verbose_name_plural = _("service status")
        ordering = ["service_name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=ServiceState.values),
                name="service_status_known",
                violation_error_message=_("This is not a state that a service can be in."),
            ),
            models.CheckConstraint(
                condition=Q(uptime_percentage__isnull=True) | Q(uptime_percentage__gte=0, uptime_percentage__lte=100),
                name="service_status_uptime_percent",
                violation_error_message=_("A percentage lies between 0 and 100."),
            ),
            models.CheckConstraint(
                condition=Q(failures=0) | Q(successes=0),
                name="service_status_one_streak",
                violation_error_message=_("A service either failed or answered last, not both."),
            ),
            models.CheckConstraint(
                condition=~Q(service_name=""),
                name="service_status_named",
                violation_error_message=_("Name the service."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.service_name}: {self.status}"
