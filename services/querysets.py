"""Which looks, hours, days, changes and incidents."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q, Sum

if TYPE_CHECKING:
    from services.models import (  # noqa: F401  (named in quotes below)
        Incident,
        ServiceCheck,
        ServiceDay,
        ServiceHour,
        StateChange,
    )

Uptimes = dict[str, Decimal | None]
_UP = ("online_seconds", "degraded_seconds", "offline_seconds")


def uptime(online: int, degraded: int, offline: int) -> Decimal | None:
    """The percentage, with two digits, of being there among `online + degraded + offline` seconds; None of none.

    Rounded down: 100.00 means that it was never away.
    """
    known = online + degraded + offline
    return Decimal((online + degraded) * 10_000 // known).scaleb(-2) if known else None


def _uptimes(rows: models.QuerySet[models.Model]) -> Uptimes:
    sums = rows.order_by().values("service_name").annotate(**{name: Sum(name) for name in _UP})
    return {row["service_name"]: uptime(*(row[name] for name in _UP)) for row in sums}


class CheckQuerySet(models.QuerySet["ServiceCheck"]):
    def of(self, service_name: str) -> CheckQuerySet:
        """Looks at one service."""
        return self.filter(service_name=service_name)

    def since(self, moment: dt.datetime) -> CheckQuerySet:
        return self.filter(checked_at__gte=moment)

    def before(self, moment: dt.datetime) -> CheckQuerySet:
        return self.filter(checked_at__lt=moment)

    def undecided(self) -> CheckQuerySet:
        """Those on which the verdict has not fallen yet."""
        return self.filter(status="checking")


class HourQuerySet(models.QuerySet["ServiceHour"]):
    def of(self, service_name: str) -> HourQuerySet:
        """The hours of one service."""
        return self.filter(service_name=service_name)

    def since(self, moment: dt.datetime) -> HourQuerySet:
        return self.filter(hour__gte=moment)

    def before(self, moment: dt.datetime) -> HourQuerySet:
        return self.filter(hour__lt=moment)

    def uptimes(self) -> Uptimes:
        """The uptime of each service over all these hours, as a percentage; None where nothing is known."""
        return _uptimes(self)


class DayQuerySet(models.QuerySet["ServiceDay"]):
    def of(self, service_name: str) -> DayQuerySet:
        """The days of one service."""
        return self.filter(service_name=service_name)

    def since(self, day: dt.date) -> DayQuerySet:
        return self.filter(day__gte=day)

    def before(self, day: dt.date) -> DayQuerySet:
        return self.filter(day__lt=day)

    def uptimes(self) -> Uptimes:
        """The uptime of each service over all these days, as a percentage; None where nothing is known."""
        return _uptimes(self)


class ChangeQuerySet(models.QuerySet["StateChange"]):
    def of(self, service_name: str) -> ChangeQuerySet:
        """The changes of one service."""
        return self.filter(service_name=service_name)

    def since(self, moment: dt.datetime) -> ChangeQuerySet:
        return self.filter(changed_at__gte=moment)

    def latest_first(self) -> ChangeQuerySet:
        return self.order_by("-changed_at")


class IncidentQuerySet(models.QuerySet["Incident"]):
    def of(self, service_name: str) -> IncidentQuerySet:
        """The incidents of one service."""
        return self.filter(service_name=service_name)

    def open(self) -> IncidentQuerySet:
        """Not over yet."""
        return self.filter(ended_at__isnull=True)

    def found_by_probes(self) -> IncidentQuerySet:
        """Opened, and to be ended, by the probes."""
        return self.filter(is_automatic=True)

    def during(self, start: dt.datetime, end: dt.datetime) -> IncidentQuerySet:
        """Those that were going on at some time between `start` and `end`."""
        return self.filter(Q(ended_at__isnull=True) | Q(ended_at__gte=start), started_at__lt=end)

    def latest_first(self) -> IncidentQuerySet:
        return self.order_by("-started_at")
