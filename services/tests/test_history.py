"""Looks become hours, hours become days, and each is deleted in its time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

import pytest
from django.db.models import QuerySet

from services import history
from services.models import ServiceCheck, ServiceDay, ServiceHour, ServiceStatus

pytestmark = pytest.mark.django_db
NOON = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)
MINUTE, HOUR = dt.timedelta(minutes=1), dt.timedelta(hours=1)


def looks(
    first: dt.datetime, states: Iterable[str], *, every: dt.timedelta = MINUTE, name: str = "plex"
) -> dt.datetime:
    """Look again and again from `first` on; the time of the last one."""
    rows = [
        ServiceCheck(service_name=name, checked_at=first + n * every, status=state, response_time_ms=ms(state))
        for n, state in enumerate(states)
    ]
    ServiceCheck.objects.bulk_create(rows)
    return rows[-1].checked_at


def ms(state: str) -> int | None:
    return None if state in ("offline", "checking") else 40


def seconds(row: ServiceHour | ServiceDay) -> tuple[int, ...]:
    return (
        row.online_seconds,
        row.degraded_seconds,
        row.offline_seconds,
        row.maintenance_seconds,
        row.unknown_seconds,
    )


def everything(rows: QuerySet[Any]) -> list[dict[str, Any]]:
    return [{k: v for k, v in row.items() if k != "id"} for row in rows.order_by("service_name", "pk").values()]


def test_a_look_stands_for_the_time_since_the_one_before() -> None:
    looks(NOON - MINUTE, ["online"] * 31 + ["degraded"] * 10 + ["offline"] * 10 + ["maintenance"] * 10)
    history.count(NOON + HOUR)
    hour = ServiceHour.objects.get(hour=NOON)
    assert seconds(hour) == (1740 + 0, 600, 600, 600, 60)
    assert (hour.checks, hour.answers, hour.ms_sum, hour.ms_max) == (60, 50, 2000, 40)
    assert str(hour.uptime) == "79.59"


def test_an_interval_is_divided_where_the_hour_ends() -> None:
    looks(NOON - 30 * dt.timedelta(seconds=1), ["online", "offline"])
    history.count(NOON + MINUTE)
    before, after = ServiceHour.objects.order_by("hour")
    assert (before.offline_seconds, after.offline_seconds) == (30, 30)
    assert (before.checks, after.checks) == (1, 1)


def test_a_look_stands_for_two_minutes_at_most() -> None:
    looks(NOON, ["online"] * 5, every=10 * MINUTE)
    history.count(NOON + HOUR)
    assert seconds(ServiceHour.objects.get()) == (4 * 120, 0, 0, 0, 3600 - 4 * 120)


def test_the_first_look_stands_for_nothing() -> None:
    looks(NOON, ["online"])
    history.count(NOON + MINUTE)
    hour = ServiceHour.objects.get()
    assert (seconds(hour), hour.checks, hour.uptime) == ((0, 0, 0, 0, 60), 1, None)


def test_a_look_without_verdict_counts_as_unknown_until_it_has_one() -> None:
    looks(NOON, ["online", "online", "checking"])
    history.count(NOON + 2 * MINUTE)
    assert seconds(ServiceHour.objects.get()) == (60, 0, 0, 0, 60)
    ServiceCheck.objects.undecided().update(status="offline")
    history.count(NOON + 2 * MINUTE)
    assert seconds(ServiceHour.objects.get()) == (60, 0, 60, 0, 0)


def test_counting_again_changes_nothing() -> None:
    end = looks(NOON, ["online"] * 200)
    looks(NOON, ["offline"] * 200, name="redis")
    history.count(end)
    before = everything(ServiceHour.objects.all()), everything(ServiceDay.objects.all())
    ids = set(ServiceHour.objects.values_list("pk", flat=True))
    for _time in range(3):
        history.count(end)
    assert (everything(ServiceHour.objects.all()), everything(ServiceDay.objects.all())) == before
    assert set(ServiceHour.objects.values_list("pk", flat=True)) == ids


def test_counting_in_small_steps_gives_the_same_as_all_at_once() -> None:
    looks(NOON - 30 * MINUTE, (["online"] * 7 + ["offline"] * 2) * 20)
    for n in range(0, 200, 7):
        history.count(NOON + n * MINUTE)
    step_by_step = [seconds(row) for row in ServiceHour.objects.order_by("hour")]
    ServiceHour.objects.all().delete()
    history.count(NOON + 196 * MINUTE)
    assert [seconds(row) for row in ServiceHour.objects.order_by("hour")] == step_by_step


def test_days_off_are_made_good() -> None:
    """The machine looked for two hours, nothing was counted, and it was off for four days."""
    end = looks(NOON, ["online"] * 120)
    later = looks(end + dt.timedelta(days=4), ["offline"] * 2)
    history.keep(later)
    assert ServiceCheck.objects.count() == 122  # what was counted just now stays until the next time
    history.keep(later)
    assert sorted(row.online_seconds for row in ServiceHour.objects.all()) == [0, 0, 3540, 3600]
    first, last = ServiceDay.objects.order_by("day")
    assert (first.online_seconds, first.day) == (7140, NOON.date())
    assert last.offline_seconds == 60  # the first look after so long stands for nothing
    assert ServiceCheck.objects.count() == 2


def test_a_day_is_the_sum_of_its_hours() -> None:
    midnight = NOON.replace(hour=0)
    looks(midnight, ["online"] * 60 * 23 + ["offline"] * 30)
    history.count(midnight + dt.timedelta(days=1, hours=1))
    day = ServiceDay.objects.get()
    assert seconds(day) == (23 * 3600 - 60, 0, 30 * 60, 0, 86_400 - 23 * 3600 + 60 - 30 * 60)
    assert day.uptime == ServiceDay.objects.all().uptimes()["plex"]


def test_the_uptime_told_is_that_of_the_last_day() -> None:
    ServiceStatus.objects.create(service_name="plex", uptime_percentage="12.00")
    ServiceStatus.objects.create(service_name="redis", uptime_percentage="50.00")
    looks(NOON - dt.timedelta(hours=40), ["offline"] * 60)
    end = looks(NOON, ["online"] * 91 + ["offline"] * 30)
    history.keep(end)
    told = dict(ServiceStatus.objects.values_list("service_name", "uptime_percentage"))
    assert str(told["plex"]) == "75.00"  # 5400 s of 7200
    assert told["redis"] is None


def test_each_kind_of_row_is_deleted_in_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "_BATCH", 2)
    day = dt.timedelta(days=1)
    for age in (1, 47, 49, 50, 51, 52, 53):
        looks(NOON - age * HOUR, ["online"])
    ServiceHour.objects.bulk_create(ServiceHour(service_name="plex", hour=NOON - n * day) for n in (89, 90, 91, 92, 93))
    ServiceDay.objects.bulk_create(ServiceDay(service_name="plex", day=(NOON - n * day).date()) for n in (729, 731))
    assert history.forget_old(NOON, NOON) == 5 + 3 + 1
    assert ServiceCheck.objects.count() == 2


def test_nothing_is_deleted_before_it_was_counted() -> None:
    looks(NOON - 60 * HOUR, ["online"] * 3)
    assert history.forget_old(NOON, NOON - 70 * HOUR) == 0
    assert ServiceCheck.objects.count() == 3


def test_a_clock_that_was_ahead_does_not_stop_the_counting() -> None:
    looks(NOON + dt.timedelta(days=400), ["online"] * 2)
    history.count(NOON + dt.timedelta(days=400, hours=1))
    end = looks(NOON, ["online"] * 31)
    history.count(end)
    assert ServiceHour.objects.get(hour=NOON).online_seconds == 1800


def test_a_house_without_looks_has_nothing_to_count() -> None:
    history.keep(NOON)
    assert not ServiceHour.objects.exists()
