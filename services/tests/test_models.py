"""Each rule of the services' tables is broken once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import models

from medianest.tests.rules import assert_refused, rules_of
from services.models import (
    Incident,
    ServiceCheck,
    ServiceConfig,
    ServiceDay,
    ServiceHour,
    ServiceStatus,
    StateChange,
)

pytestmark = pytest.mark.django_db
NOON = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)


def check(**said: Any) -> ServiceCheck:
    return ServiceCheck(**{"service_name": "plex", "checked_at": NOON, "status": "online", **said})


def hour(**said: Any) -> ServiceHour:
    return ServiceHour(**{"service_name": "plex", "hour": NOON, **said})


def day(**said: Any) -> ServiceDay:
    return ServiceDay(**{"service_name": "plex", "day": NOON.date(), **said})


def change(**said: Any) -> StateChange:
    facts = {"service_name": "plex", "changed_at": NOON, "old_status": "online", "new_status": "offline"}
    return StateChange(**{**facts, **said})


def incident(**said: Any) -> Incident:
    return Incident(**{"service_name": "plex", "started_at": NOON, **said})


def twice(make: Callable[..., models.Model], **said: Any) -> models.Model:
    make(**said).save()
    return make(**said)


BROKEN: dict[str, Callable[[], models.Model]] = {
    "service_config_named": lambda: ServiceConfig(service_name="Plex at home"),
    "service_status_known": lambda: ServiceStatus(service_name="plex", status="asleep"),
    "service_status_uptime_percent": lambda: ServiceStatus(service_name="plex", uptime_percentage="100.01"),
    "service_status_one_streak": lambda: ServiceStatus(service_name="plex", failures=1, successes=1),
    "service_status_named": lambda: ServiceStatus(service_name=""),
    "service_checks_once": lambda: twice(check),
    "service_checks_status_known": lambda: check(status="asleep"),
    "service_checks_named": lambda: check(service_name=""),
    "service_hours_once": lambda: twice(hour),
    "service_hours_whole": lambda: hour(hour=NOON + dt.timedelta(minutes=30)),
    "service_hours_not_too_long": lambda: hour(online_seconds=1800, offline_seconds=1800, unknown_seconds=1),
    "service_hours_answers_of_checks": lambda: hour(checks=1, answers=2, ms_sum=5, ms_max=3),
    "service_hours_times_of_answers": lambda: hour(checks=2, answers=2, ms_sum=5, ms_max=6),
    "service_hours_named": lambda: hour(service_name=""),
    "service_days_once": lambda: twice(day),
    "service_days_not_too_long": lambda: day(online_seconds=86_400, degraded_seconds=1),
    "service_days_answers_of_checks": lambda: day(checks=1, answers=2, ms_sum=5, ms_max=3),
    "service_days_times_of_answers": lambda: day(checks=2, answers=0, ms_sum=5),
    "service_days_named": lambda: day(service_name=""),
    "service_changes_once": lambda: twice(change),
    "service_changes_status_known": lambda: change(new_status="asleep"),
    "service_changes_real": lambda: change(new_status="online"),
    "service_changes_named": lambda: change(service_name=""),
    "incidents_one_open": lambda: twice(incident, is_automatic=True),
    "incidents_severity_known": lambda: incident(severity="bad"),
    "incidents_end_after_start": lambda: incident(ended_at=NOON - dt.timedelta(seconds=1)),
    "incidents_named": lambda: incident(service_name=""),
}


def test_no_rule_is_forgotten_here() -> None:
    assert set(BROKEN) == rules_of("services")


@pytest.mark.parametrize("rule", BROKEN)
def test_a_broken_rule_is_refused_with_its_sentence(rule: str) -> None:
    assert_refused(BROKEN[rule](), rule)


def test_whole_rows_are_taken() -> None:
    check(status="checking").save()
    hour(online_seconds=3000, unknown_seconds=600, checks=50, answers=50, ms_sum=1000, ms_max=90).save()
    day(online_seconds=86_400).save()
    change().save()
    incident(is_automatic=True).save()
    incident(is_automatic=True, ended_at=NOON).save()
    incident().save()  # an administrator's own beside the probes'
    assert Incident.objects.open().found_by_probes().count() == 1


def test_uptime_is_of_what_is_known_and_nothing_where_nothing_is() -> None:
    assert (
        str(hour(online_seconds=1800, degraded_seconds=600, offline_seconds=600, unknown_seconds=600).uptime) == "80.00"
    )
    assert hour(maintenance_seconds=1800, unknown_seconds=1800).uptime is None


def test_a_hundred_percent_means_never_away() -> None:
    assert str(day(online_seconds=86_399, offline_seconds=1).uptime) == "99.99"
    assert str(day(online_seconds=86_400).uptime) == "100.00"


def test_the_average_is_of_answers_only() -> None:
    assert hour(checks=3, answers=2, ms_sum=101, ms_max=60).average_ms == 50
    assert hour(checks=3).average_ms is None


def test_incidents_during_a_time_are_found() -> None:
    later = NOON + dt.timedelta(hours=2)
    incident(ended_at=NOON + dt.timedelta(hours=1)).save()
    assert Incident.objects.during(NOON - dt.timedelta(hours=1), later).count() == 1
    assert Incident.objects.during(NOON + dt.timedelta(minutes=30), later).count() == 1
    assert Incident.objects.during(NOON + dt.timedelta(minutes=61), later).count() == 0
    assert Incident.objects.during(NOON - dt.timedelta(hours=1), NOON).count() == 0
