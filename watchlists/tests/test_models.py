"""Each rule of the watchlists' tables is broken once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import models
from django.db.models import ProtectedError
from django.utils import timezone

from accounts.models import User
from catalog.models import MediaItem
from catalog.tests.rows import stored_title
from medianest.tests.rules import assert_refused, rules_of
from watchlists.models import TRANSITIONS, Viewing, ViewingCompanion, WatchlistEntry, WatchStatus

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def someone() -> User:
    return User.objects.get_or_create(username="someone")[0]


def entry(**said: Any) -> WatchlistEntry:
    return WatchlistEntry(**{"user": someone(), "media_item": said.pop("media_item", None) or stored_title(), **said})


def viewing(**said: Any) -> Viewing:
    return Viewing(user=someone(), media_item=stored_title(), **said)


def listed_twice() -> models.Model:
    film = stored_title()
    entry(media_item=film).save()
    return entry(media_item=film)


def heard_of_twice() -> models.Model:
    viewing(source="plex", source_key="77").save()
    return viewing(source="plex", source_key="77")


def named_twice() -> models.Model:
    seen = viewing()
    seen.save()
    ViewingCompanion.objects.create(viewing=seen, user=someone())
    return ViewingCompanion(viewing=seen, user=someone())


BROKEN: dict[str, Callable[[], models.Model]] = {
    "watchlist_once": listed_twice,
    "watchlist_status_known": lambda: entry(status="lost"),
    "watchlist_rating_range": lambda: entry(rating=0),
    "watchlist_end_after_start": lambda: entry(started_at=NOW, finished_at=NOW - dt.timedelta(hours=1)),
    "watchlist_visibility_known": lambda: entry(visibility="lost"),
    "viewings_source_unique": heard_of_twice,
    "viewings_source_known": lambda: viewing(source="lost"),
    "viewings_episode_and_season": lambda: viewing(episode=3),
    "viewing_companions_unique": named_twice,
}


def test_every_rule_is_tried() -> None:
    assert set(BROKEN) == rules_of("watchlists")


@pytest.mark.parametrize("rule", BROKEN)
def test_a_broken_rule_is_told_and_refused(rule: str) -> None:
    assert_refused(BROKEN[rule](), rule)


@pytest.mark.parametrize("rating", [0, 11])
def test_ratings_outside_one_to_ten_are_refused(rating: int) -> None:
    assert_refused(entry(rating=rating), "watchlist_rating_range")


def test_a_whole_entry_and_an_empty_one_are_fine() -> None:
    for said in ({}, {"rating": 10, "started_at": NOW, "finished_at": NOW}, {"finished_at": NOW}):
        fine = entry(**said)
        fine.full_clean()
        fine.save()
    assert WatchlistEntry.objects.count() == 3
    assert WatchlistEntry.objects.earliest("created_at").visibility == "private"


def test_a_title_on_a_list_is_not_removed() -> None:
    entry().save()
    with pytest.raises(ProtectedError):
        MediaItem.objects.get().delete()


def test_a_persons_lists_go_with_them() -> None:
    entry().save()
    viewing().save()
    someone().delete()
    assert not WatchlistEntry.objects.exists()
    assert not Viewing.objects.exists()


def test_every_status_leads_to_every_other() -> None:
    for status in WatchStatus.values:
        assert TRANSITIONS[status] == set(WatchStatus.values) - {status}
    assert entry(status="completed").may_become("watching")
    assert not entry(status="completed").may_become("completed")


def test_a_viewing_names_its_episode() -> None:
    assert str(Viewing(media_item=stored_title(title="Heat"))) == "Heat"
    assert str(Viewing(media_item=stored_title(title="Dark"), season=2, episode=3)) == "Dark 2×3"  # noqa: RUF001
