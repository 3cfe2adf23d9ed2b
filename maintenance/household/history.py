"""Ninety days of each service: hours, days, and one evening on which Overseerr was away."""

from __future__ import annotations

import datetime as dt

from maintenance.household.people import Household
from services.models import Incident, ServiceDay, ServiceHour, ServiceState, Severity, StateChange

KINDS = {"plex": 40, "overseerr": 90, "uptime-kuma": 25}
"""Services and how many milliseconds they usually take to answer."""
DAYS = 90
_AWAY = "overseerr"
_AWAY_DAYS_AGO, _AWAY_MINUTES = 9, 42
_LOOKS_AN_HOUR = 60


def make(household: Household) -> str:
    this_hour = household.now.replace(minute=0, second=0, microsecond=0)
    away_from = this_hour - dt.timedelta(days=_AWAY_DAYS_AGO)
    hours = [
        _hour(kind, usual_ms, this_hour - dt.timedelta(hours=ago), away_from)
        for kind, usual_ms in KINDS.items()
        for ago in range(1, DAYS * 24)
    ]
    ServiceHour.objects.bulk_create(hours, ignore_conflicts=True)
    ServiceDay.objects.bulk_create(_days(hours), ignore_conflicts=True)
    back = away_from + dt.timedelta(minutes=_AWAY_MINUTES)
    StateChange.objects.bulk_create(
        [
            StateChange(
                service_name=_AWAY,
                changed_at=when,
                old_status=before,
                new_status=after,
            )
            for when, before, after in (
                (away_from, ServiceState.ONLINE, ServiceState.OFFLINE),
                (back, ServiceState.OFFLINE, ServiceState.ONLINE),
            )
        ],
        ignore_conflicts=True,
    )
    Incident.objects.create(
        service_name=_AWAY,
        severity=Severity.OFFLINE,
        started_at=away_from,
        ended_at=back,
        is_automatic=True,
        cause="Connection refused.",
        title="Requests were not handed over for a while",
        note="The machine was restarted after an update. Requests of that evening were kept and went out later.",
    )
    return f"{DAYS} days of {len(KINDS)} services, with an incident"


def _hour(kind: str, usual_ms: int, hour: dt.datetime, away_from: dt.datetime) -> ServiceHour:
    """An hour with an answer a minute, a little slower in the evening; the services were well but for one hour."""
    offline = _AWAY_MINUTES * 60 if kind == _AWAY and hour == away_from else 0
    answers = _LOOKS_AN_HOUR - offline // 60
    ms = usual_ms + 3 * (hour.hour % 12) + hour.day % 7
    return ServiceHour(
        service_name=kind,
        hour=hour,
        online_seconds=3600 - offline,
        offline_seconds=offline,
        checks=_LOOKS_AN_HOUR,
        answers=answers,
        ms_sum=answers * ms,
        ms_max=ms + usual_ms // 2,
    )


def _days(hours: list[ServiceHour]) -> list[ServiceDay]:
    """The days that the hours add up to."""
    days: dict[tuple[str, dt.date], ServiceDay] = {}
    for hour in hours:
        key = (hour.service_name, hour.hour.astimezone(dt.UTC).date())
        day = days.setdefault(key, ServiceDay(service_name=key[0], day=key[1], ms_max=0))
        for name in ("online_seconds", "offline_seconds", "checks", "answers", "ms_sum"):
            setattr(day, name, getattr(day, name) + getattr(hour, name))
        day.ms_max = max(day.ms_max or 0, hour.ms_max or 0)
    return list(days.values())
