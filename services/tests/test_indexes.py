"""With a hundred thousand rows, each list, window and look-up goes through its index."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from medianest.tests.plans import assert_uses, run
from services.models import Incident, ServiceCheck, ServiceDay, ServiceHour, StateChange

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
SERVICE = "(ARRAY['plex', 'overseerr', 'uptime-kuma', 'redis', 'database'])[1 + n % 5]"


@pytest.fixture
def years() -> dt.datetime:
    """A hundred thousand rows in each table, of five services; the time now."""
    run(
        "INSERT INTO service_checks (id, service_name, checked_at, status, response_time_ms, message)"
        f" SELECT gen_random_uuid(), {SERVICE}, now() - n * interval '10 seconds', 'online', 40, ''"
        " FROM generate_series(1, 100000) n"
    )
    tally = "online_seconds, degraded_seconds, offline_seconds, maintenance_seconds, unknown_seconds, checks, answers"
    run(
        f"INSERT INTO service_hours (id, service_name, hour, {tally}, ms_sum)"
        f" SELECT gen_random_uuid(), {SERVICE}, date_trunc('hour', now()) - n * interval '1 hour', 3600, 0, 0, 0, 0,"
        " 60, 0, 0 FROM generate_series(1, 100000) n"
    )
    run(
        f"INSERT INTO service_days (id, service_name, day, {tally}, ms_sum)"
        f" SELECT gen_random_uuid(), {SERVICE}, current_date - n, 86400, 0, 0, 0, 0, 60, 0, 0"
        " FROM generate_series(1, 100000) n"
    )
    run(
        "INSERT INTO service_state_changes (id, service_name, changed_at, old_status, new_status, message)"
        f" SELECT gen_random_uuid(), {SERVICE}, now() - n * interval '10 minutes', 'online', 'offline', ''"
        " FROM generate_series(1, 100000) n"
    )
    run(
        "INSERT INTO incidents (id, service_name, severity, started_at, ended_at, is_automatic, cause, title, note,"
        f" created_at, updated_at) SELECT gen_random_uuid(), {SERVICE}, 'offline', now() - n * interval '1 hour',"
        " CASE WHEN n > 5 THEN now() - n * interval '50 minutes' END, true, '', '', '', now(), now()"
        " FROM generate_series(1, 100000) n"
    )
    run("ANALYZE service_checks, service_hours, service_days, service_state_changes, incidents")
    return timezone.now()


def test_each_list_and_look_up_has_its_index(years: dt.datetime) -> None:
    day = dt.timedelta(days=1)
    checks = ServiceCheck.objects.of("plex")
    assert_uses(checks.since(years - dt.timedelta(hours=3)), "service_checks_once", "service_checks_checked")
    assert_uses(
        checks.since(years - dt.timedelta(minutes=2)).undecided(), "service_checks_once", "service_checks_checked"
    )
    assert_uses(ServiceCheck.objects.all()[:50], "service_checks_checked")
    assert_uses(checks.order_by("-checked_at")[:50], "service_checks_once", "service_checks_checked")
    assert_uses(ServiceCheck.objects.before(years - 11 * day).order_by()[:5000], "service_checks_checked")
    assert_uses(ServiceCheck.objects.since(years - dt.timedelta(hours=2)), "service_checks_checked")
    hours = ServiceHour.objects
    assert_uses(hours.of("plex").since(years - 7 * day), "service_hours_once", "service_hours_hour")
    assert_uses(hours.since(years - day), "service_hours_hour")
    assert_uses(hours.order_by("-hour")[:1], "service_hours_hour")
    assert_uses(hours.before(years - 4150 * day).order_by()[:5000], "service_hours_hour")
    assert_uses(ServiceDay.objects.of("plex").since((years - 90 * day).date()), "service_days_once")
    changes = StateChange.objects
    assert_uses(changes.latest_first()[:50], "service_changes_changed")
    assert_uses(changes.of("plex").latest_first()[:20], "service_changes_once", "service_changes_changed")
    assert_uses(changes.since(years - dt.timedelta(minutes=30)), "service_changes_changed")
    incidents = Incident.objects
    assert_uses(incidents.latest_first()[:50], "incidents_started")
    assert_uses(incidents.of("plex").latest_first()[:20], "incidents_started")
    assert_uses(incidents.of("plex").open().found_by_probes(), "incidents_one_open")
    assert_uses(incidents.open().found_by_probes(), "incidents_one_open")
