from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from services import summary
from services.models import ServiceState, ServiceStatus
from services.summary import ServiceView


def row(name: str, state: str = ServiceState.ONLINE, *, ago: float = 20, **more: Any) -> ServiceStatus:
    when = timezone.now() - timedelta(seconds=ago)
    cache.clear()
    return ServiceStatus.objects.create(
        service_name=name, status=state, last_check_at=when, **({"changed_at": when} | more)
    )


def view(name: str) -> ServiceView:
    return next(one for one in summary.everything() if one.name == name)


@pytest.fixture
def well(db: None) -> None:
    for name in ("plex", "overseerr", "uptime-kuma", "redis", "database"):
        row(name, response_time_ms=41, uptime_percentage="99.94")


def test_services_are_shown_in_the_order_in_which_they_matter(well: None) -> None:
    assert [one.label for one in summary.strip()] == ["Plex", "Overseerr", "Uptime Kuma", "Database", "Redis"]


def test_a_service_is_shown_with_its_figures(well: None) -> None:
    plex = view("plex")
    assert (plex.word, plex.pill, plex.response, plex.age, plex.uptime) == (
        "online", "ok", "41 ms", "20 s ago", "99.94 % of the last 24 hours",
    )  # fmt: skip
    assert plex.is_well
    assert plex.sentence == ""


def test_what_is_not_in_use_is_left_out_of_the_strip(well: None) -> None:
    ServiceStatus.objects.filter(service_name="overseerr").update(status=ServiceState.UNKNOWN)
    cache.clear()
    assert "Overseerr" not in [one.label for one in summary.strip()]
    assert view("overseerr").age == "20 s ago"


def test_nothing_is_known_before_the_first_look(db: None) -> None:
    assert summary.strip() == []
    assert summary.headline(summary.everything()) == "Nothing has been looked at yet"


def test_all_is_well(well: None) -> None:
    assert summary.headline(summary.everything()) == "All is well"
    assert summary.trouble() == []


def test_trouble_is_told_by_what_it_means(well: None) -> None:
    ServiceStatus.objects.filter(service_name="overseerr").update(status=ServiceState.OFFLINE, message="Refused.")
    cache.clear()
    views = summary.everything()
    assert summary.headline(views) == "One thing is not well"
    assert summary.consequence(views) == "Requests can be made and approved; they are handed over when it is back."
    assert [one.name for one in summary.trouble()] == ["overseerr"]
    assert view("overseerr").detail == "Refused."
    assert view("overseerr").since == "for 20 s"


def test_several_troubles_are_counted(well: None) -> None:
    ServiceStatus.objects.filter(service_name__in=["plex", "redis"]).update(status=ServiceState.DEGRADED)
    cache.clear()
    assert summary.headline(summary.everything()) == "2 things are not well"


def test_old_news_is_no_news(db: None) -> None:
    row("plex", ago=600)
    plex = view("plex")
    assert (plex.word, plex.pill, plex.age, plex.response) == ("no news", "warn", "10 minutes ago", "")
    assert not plex.is_well


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 s ago"),
        (59, "59 s ago"),
        (89, "89 s ago"),
        (90, "1 minute ago"),
        (600, "10 minutes ago"),
        (5400, "1 hour ago"),
        (9000, "2 hours ago"),
        (3 * 86400, "3 days ago"),
    ],
)
def test_times_are_told_as_people_do(seconds: int, words: str) -> None:
    now = timezone.now()
    assert summary.ago(now - timedelta(seconds=seconds), now) == words


def test_a_clock_that_runs_ahead_is_not_told_as_the_future() -> None:
    now = timezone.now()
    assert summary.ago(now + timedelta(seconds=3), now) == "0 s ago"


@pytest.mark.parametrize(("ms", "words"), [(None, ""), (0, "0 ms"), (999, "999 ms"), (2400, "2.4 s")])
def test_response_times_are_short(ms: int | None, words: str) -> None:
    assert summary._milliseconds(ms) == words


def test_it_takes_one_query_and_then_none_for_a_moment(
    well: None, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):
        summary.strip()
        summary.trouble()
        summary.everything()
    summary.forget()
    with django_assert_num_queries(1):
        summary.strip()


def test_rows_of_services_that_are_gone_are_passed_over(well: None) -> None:
    row("once-a-service", ServiceState.OFFLINE)
    assert summary.trouble() == []
