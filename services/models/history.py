"""How the services were: single looks, hours, days, and every change. Written by workers only."""

from __future__ import annotations

import uuid
from decimal import Decimal

from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Mod
from django.utils.translation import gettext_lazy as _

from operations.audit import untold
from services.models.states import CheckState, ServiceState
from services.querysets import ChangeQuerySet, CheckQuerySet, DayQuerySet, HourQuerySet, uptime

HOUR_SECONDS, DAY_SECONDS = 3600, 86_400
_NAMED = _("Name the service.")


@untold("What the probes found.")
class ServiceCheck(models.Model):
    """One look at one service. Kept 48 hours, by then counted into hours and days.

    About 1,500 rows a day for each service, so some 15,000 in all for five: with rows of a hundred bytes the table and
    its three indexes stay around 5 MB for ever, and the random order of UUIDs costs nothing at that size.
    A look stands for the time since the look before it, for two minutes at most; `status` is the verdict that was
    reached for that time, which for the first of several failures falls only with the next look.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    service_name = models.CharField(_("service"), max_length=40)
    checked_at = models.DateTimeField(_("looked at"))
    status = models.CharField(_("counts as"), max_length=12, choices=CheckState)
    response_time_ms = models.PositiveIntegerField(
        _("answered in"), null=True, blank=True, help_text=_("Milliseconds.")
    )
    message = models.CharField(_("message"), max_length=300, blank=True)

    objects = CheckQuerySet.as_manager()

    class Meta:
        db_table = "service_checks"
        verbose_name = _("look at a service")
        verbose_name_plural = _("looks at services")
        ordering = ["-checked_at"]
        indexes = [models.Index(fields=["-checked_at"], name="service_checks_checked")]
        constraints = [
            models.UniqueConstraint(
                fields=["service_name", "checked_at"],
                name="service_checks_once",
                violation_error_message=_("This look is written down already."),
            ),
            models.CheckConstraint(
                condition=Q(status__in=CheckState.values),
                name="service_checks_status_known",
                violation_error_message=_("This is not what a look can show."),
            ),
            models.CheckConstraint(
                condition=~Q(service_name=""), name="service_checks_named", violation_error_message=_NAMED
            ),
        ]

    def __str__(self) -> str:
        return f"{self.service_name} {self.checked_at:%Y-%m-%d %H:%M:%S}: {self.status}"


class Tally(models.Model):
    """What is known of a stretch of time, in whole seconds, and of the answers in it, in milliseconds.

    `unknown_seconds` is the part of it (up to now, where it is not over) in which nobody looked.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    service_name = models.CharField(_("service"), max_length=40)
    online_seconds = models.PositiveIntegerField(_("online"), default=0)
    degraded_seconds = models.PositiveIntegerField(_("degraded"), default=0)
    offline_seconds = models.PositiveIntegerField(_("offline"), default=0)
    maintenance_seconds = models.PositiveIntegerField(_("maintenance"), default=0)
    unknown_seconds = models.PositiveIntegerField(_("unknown"), default=0)
    checks = models.PositiveIntegerField(_("looks"), default=0)
    answers = models.PositiveIntegerField(_("answers"), default=0)
    ms_sum = models.PositiveBigIntegerField(_("sum of answer times"), default=0)
    ms_max = models.PositiveIntegerField(_("slowest answer"), null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def uptime(self) -> Decimal | None:
        """The percentage of online and degraded among what is known, maintenance left out; None without any."""
        return uptime(self.online_seconds, self.degraded_seconds, self.offline_seconds)

    @property
    def average_ms(self) -> int | None:
        return round(self.ms_sum / self.answers) if self.answers else None


def _tally_rules(table: str, longest_seconds: int) -> list[models.BaseConstraint]:
    """The rules that hours and days share; `table` begins their names."""
    seconds = (
        F("online_seconds")
        + F("degraded_seconds")
        + F("offline_seconds")
        + F("maintenance_seconds")
        + F("unknown_seconds")
    )
    return [
        models.CheckConstraint(
            condition=models.lookups.LessThanOrEqual(seconds, Value(longest_seconds)),
            name=f"{table}_not_too_long",
            violation_error_message=_("The seconds add up to more than there are."),
        ),
        models.CheckConstraint(
            condition=Q(answers__lte=F("checks")),
            name=f"{table}_answers_of_checks",
            violation_error_message=_("There are more answers than looks."),
        ),
        models.CheckConstraint(
            condition=Q(answers=0, ms_max__isnull=True, ms_sum=0)
            | Q(answers__gt=0, ms_max__isnull=False, ms_sum__gte=F("ms_max")),
            name=f"{table}_times_of_answers",
            violation_error_message=_("Answer times do not fit the number of answers."),
        ),
        models.CheckConstraint(condition=~Q(service_name=""), name=f"{table}_named", violation_error_message=_NAMED),
    ]


class _Epoch(Func):
    """Seconds since 1970; unlike Django's own, free of the time zone of whoever migrates."""

    template = "EXTRACT(EPOCH FROM %(expressions)s)"
    output_field = models.DecimalField()


@untold("What the probes found.")
class ServiceHour(Tally):
    """One service in one hour of UTC, counted from its looks by time. Kept 90 days. No row: nobody looked."""

    hour = models.DateTimeField(_("hour"))

    objects = HourQuerySet.as_manager()

    class Meta:
        db_table = "service_hours"
        verbose_name = _("hour of a service")
        verbose_name_plural = _("hours of services")
        ordering = ["-hour", "service_name"]
        indexes = [models.Index(fields=["-hour"], name="service_hours_hour")]
        constraints = [
            models.UniqueConstraint(
                fields=["service_name", "hour"],
                name="service_hours_once",
                violation_error_message=_("This hour is counted already."),
            ),
            models.CheckConstraint(
                condition=models.lookups.Exact(Mod(_Epoch(F("hour")), Value(HOUR_SECONDS)), Value(0)),
                name="service_hours_whole",
                violation_error_message=_("An hour begins on the hour."),
            ),
            *_tally_rules("service_hours", HOUR_SECONDS),
        ]

    def __str__(self) -> str:
        return f"{self.service_name} {self.hour:%Y-%m-%d %H}:00"


@untold("What the probes found.")
class ServiceDay(Tally):
    """One service on one day of UTC, added up from its hours. Kept two years. No row: nobody looked.

    At most 730 rows for each service. An index on the day alone was left out: what is read is one service's days,
    which the unique rule's index gives, and the deleting of old ones reads the whole small table once a day.
    """

    day = models.DateField(_("day"))

    objects = DayQuerySet.as_manager()

    class Meta:
        db_table = "service_days"
        verbose_name = _("day of a service")
        verbose_name_plural = _("days of services")
        ordering = ["-day", "service_name"]
        constraints = [
            models.UniqueConstraint(
                fields=["service_name", "day"],
                name="service_days_once",
                violation_error_message=_("This day is counted already."),
            ),
            *_tally_rules("service_days", DAY_SECONDS),
        ]

    def __str__(self) -> str:
        return f"{self.service_name} {self.day}"


@untold("What the probes found.")
class StateChange(models.Model):
    """A service changed from one state to another. Kept for ever.

    An outage is dated from the first failure and a recovery from the first answer, although the verdict on either
    falls with the second one.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    service_name = models.CharField(_("service"), max_length=40)
    changed_at = models.DateTimeField(_("changed"))
    old_status = models.CharField(_("before"), max_length=12, choices=ServiceState)
    new_status = models.CharField(_("after"), max_length=12, choices=ServiceState)
    message = models.CharField(_("message"), max_length=300, blank=True)

    objects = ChangeQuerySet.as_manager()

    class Meta:
        db_table = "service_state_changes"
        verbose_name = _("change of state")
        verbose_name_plural = _("changes of state")
        ordering = ["-changed_at"]
        indexes = [models.Index(fields=["-changed_at"], name="service_changes_changed")]
        constraints = [
            models.UniqueConstraint(
                fields=["service_name", "changed_at"],
                name="service_changes_once",
                violation_error_message=_("This change is written down already."),
            ),
            models.CheckConstraint(
                condition=Q(old_status__in=ServiceState.values, new_status__in=ServiceState.values),
                name="service_changes_status_known",
                violation_error_message=_("This is not a state that a service can be in."),
            ),
            models.CheckConstraint(
                condition=~Q(old_status=F("new_status")),
                name="service_changes_real",
                violation_error_message=_("A change leads to another state."),
            ),
            models.CheckConstraint(
                condition=~Q(service_name=""), name="service_changes_named", violation_error_message=_NAMED
            ),
        ]

    def __str__(self) -> str:
        return f"{self.service_name}: {self.old_status} → {self.new_status}"
