"""From looks to hours, from hours to days, and how long each is kept.

Counting may run at any time and any number of times: it counts anew everything from the hour before the last one
counted, so that it makes good for any time in which it did not run. Nothing is deleted before it was counted.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import connection, models, transaction
from django.db.models import Max, Min
from django.utils import timezone

from services.models import ServiceCheck, ServiceDay, ServiceHour, ServiceStatus

LONGEST_SPAN = timedelta(seconds=120)
"""For how long a look may stand: twice the time between two rounds. What lies before is unknown.

The first look after an hour without any stands for nothing, so that counting anew, which reads one hour more than it
counts, never needs to know of older looks.
"""
KEEP_CHECKS, KEEP_HOURS, KEEP_DAYS = timedelta(hours=48), timedelta(days=90), timedelta(days=730)
UPTIME_HOURS = 24
_HOUR = timedelta(hours=1)
_BATCH = 5_000

_COUNT_HOURS = """
WITH looks AS (
    SELECT service_name, status, response_time_ms, checked_at,
        CASE WHEN LAG(checked_at) OVER one >= checked_at - INTERVAL '1 hour'
            THEN GREATEST(LAG(checked_at) OVER one, checked_at - %(longest)s) ELSE checked_at END AS since
    FROM service_checks
    WHERE checked_at >= %(start)s - INTERVAL '1 hour'
    WINDOW one AS (PARTITION BY service_name ORDER BY checked_at)
), parts AS (
    SELECT service_name, status, response_time_ms, hour,
        EXTRACT(EPOCH FROM LEAST(checked_at, hour + INTERVAL '1 hour') - GREATEST(since, hour)) AS seconds,
        checked_at < hour + INTERVAL '1 hour' AS is_here
    FROM looks, generate_series(date_trunc('hour', since, 'UTC'), checked_at, INTERVAL '1 hour') AS hour
    WHERE hour >= %(start)s
), sums AS (
    SELECT service_name, hour,
        COALESCE(FLOOR(SUM(seconds) FILTER (WHERE status = 'online')), 0) AS online,
        COALESCE(FLOOR(SUM(seconds) FILTER (WHERE status = 'degraded')), 0) AS degraded,
        COALESCE(FLOOR(SUM(seconds) FILTER (WHERE status = 'offline')), 0) AS offline,
        COALESCE(FLOOR(SUM(seconds) FILTER (WHERE status = 'maintenance')), 0) AS maintenance,
        GREATEST(0, LEAST(3600, FLOOR(EXTRACT(EPOCH FROM %(now)s - hour)))) AS so_far,
        COUNT(*) FILTER (WHERE is_here) AS checks,
        COUNT(response_time_ms) FILTER (WHERE is_here) AS answers,
        COALESCE(SUM(response_time_ms) FILTER (WHERE is_here), 0) AS ms_sum,
        MAX(response_time_ms) FILTER (WHERE is_here) AS ms_max
    FROM parts GROUP BY service_name, hour
)
INSERT INTO service_hours (id, service_name, hour, online_seconds, degraded_seconds, offline_seconds,
    maintenance_seconds, unknown_seconds, checks, answers, ms_sum, ms_max)
SELECT gen_random_uuid(), service_name, hour, online, degraded, offline, maintenance,
    GREATEST(0, so_far - online - degraded - offline - maintenance), checks, answers, ms_sum, ms_max
FROM sums
"""
_COUNT_DAYS = """
WITH sums AS (
    SELECT service_name, (hour AT TIME ZONE 'UTC')::date AS day, SUM(online_seconds) AS online,
        SUM(degraded_seconds) AS degraded, SUM(offline_seconds) AS offline, SUM(maintenance_seconds) AS maintenance,
        SUM(checks) AS checks, SUM(answers) AS answers, SUM(ms_sum) AS ms_sum, MAX(ms_max) AS ms_max
    FROM service_hours WHERE hour >= date_trunc('day', %(start)s, 'UTC') GROUP BY 1, 2
), with_time AS (
    SELECT *, LEAST(86400, FLOOR(EXTRACT(EPOCH FROM %(now)s - day::timestamp AT TIME ZONE 'UTC'))) AS so_far FROM sums
)
INSERT INTO service_days (id, service_name, day, online_seconds, degraded_seconds, offline_seconds,
    maintenance_seconds, unknown_seconds, checks, answers, ms_sum, ms_max)
SELECT gen_random_uuid(), service_name, day, online, degraded, offline, maintenance,
    GREATEST(0, so_far - online - degraded - offline - maintenance), checks, answers, ms_sum, ms_max
FROM with_time
"""
_COUNTED = [
    "online_seconds",
    "degraded_seconds",
    "offline_seconds",
    "maintenance_seconds",
    "unknown_seconds",
    "checks",
    "answers",
    "ms_sum",
    "ms_max",
]


def keep(now: datetime | None = None) -> None:
    """Count what was not counted yet, tell the uptime of the last 24 hours, and delete what is old enough."""
    now = now or timezone.now()
    counted_from = count(now)
    tell_uptime(now)
    forget_old(now, counted_from)


@transaction.atomic
def count(now: datetime) -> datetime | None:
    """Count looks into hours and hours into days; the hour from which on was counted, None without anything to count.

    Repeating it changes nothing.
    """
    start = _first_hour(now)
    if start is None:
        return None
    values = {"start": start, "now": now, "longest": LONGEST_SPAN}
    _run(_COUNT_HOURS, "hour", values)
    _run(_COUNT_DAYS, "day", values)
    return start


def _first_hour(now: datetime) -> datetime | None:
    """The hour before the last one counted, or that of the first look; the last ones may still have changed."""
    counted = ServiceHour.objects.before(now)  # a clock that was ahead for a while left later ones
    last: datetime | None = counted.aggregate(last=Max("hour"))["last"]
    if last is not None:
        return last - _HOUR
    first: datetime | None = ServiceCheck.objects.before(now).aggregate(first=Min("checked_at"))["first"]
    return first.replace(minute=0, second=0, microsecond=0) if first is not None else None


def _run(statement: str, unit: str, values: dict[str, Any]) -> None:
    columns = ", ".join(f"{name} = EXCLUDED.{name}" for name in _COUNTED)
    with connection.cursor() as cursor:
        cursor.execute(f"{statement} ON CONFLICT (service_name, {unit}) DO UPDATE SET {columns}", values)


def tell_uptime(now: datetime) -> None:
    """Write the uptime of the last 24 hours on each service's status; None where nothing is known of them."""
    known = ServiceHour.objects.since(now - timedelta(hours=UPTIME_HOURS)).uptimes()
    rows = list(ServiceStatus.objects.only("service_name", "uptime_percentage"))
    changed = [row for row in rows if row.uptime_percentage != known.get(row.service_name)]
    for row in changed:
        row.uptime_percentage = known.get(row.service_name)
    ServiceStatus.objects.bulk_update(changed, ["uptime_percentage"])


def forget_old(now: datetime, counted_from: datetime | None) -> int:
    """Delete what was kept long enough, in batches that each end at once; how many rows. Looks only once counted."""
    looks = min(now - KEEP_CHECKS, counted_from - _HOUR) if counted_from is not None else now - KEEP_CHECKS
    return (
        _delete(ServiceCheck.objects.before(looks))
        + _delete(ServiceHour.objects.before(now - KEEP_HOURS))
        + _delete(ServiceDay.objects.before((now - KEEP_DAYS).date()))
    )


def _delete(rows: models.QuerySet[Any]) -> int:
    deleted = 0
    while batch := list(rows.order_by().values_list("pk", flat=True)[:_BATCH]):
        deleted += rows.model._default_manager.filter(pk__in=batch).delete()[0]
    return deleted
