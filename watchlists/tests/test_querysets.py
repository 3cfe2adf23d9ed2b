"""Whose entries are seen by whom, and which viewings count."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from accounts.models import User
from catalog.tests.rows import stored_title
from watchlists.models import Viewing, WatchlistEntry

pytestmark = pytest.mark.django_db


def test_one_sees_ones_own_what_is_for_everyone_and_what_is_for_the_family(anna: User, ben: User) -> None:
    shown = {
        visibility: WatchlistEntry.objects.create(user=ben, media_item=stored_title(), visibility=visibility)
        for visibility in ("private", "family", "everyone")
    }
    own = WatchlistEntry.objects.create(user=anna, media_item=stored_title())
    assert set(WatchlistEntry.objects.visible_to(anna)) == {own, shown["everyone"]}
    assert set(WatchlistEntry.objects.visible_to(anna, [ben.pk])) == {own, shown["everyone"], shown["family"]}
    assert list(WatchlistEntry.objects.of(anna)) == [own]


def test_entries_are_told_apart_by_how_far_one_is(anna: User) -> None:
    wanted, begun, done = (
        WatchlistEntry.objects.create(user=anna, media_item=stored_title(), status=status)
        for status in ("not_watched", "watching", "completed")
    )
    mine = WatchlistEntry.objects.of(anna)
    assert [list(mine.to_watch()), list(mine.watching()), list(mine.watched())] == [[wanted], [begun], [done]]
    assert list(mine.latest_first()) == [done, begun, wanted]


def test_an_opinion_is_the_average_of_those_who_rated(anna: User, ben: User) -> None:
    film = stored_title(tmdb_id=550)
    about = WatchlistEntry.objects.for_title(550, "movie")
    assert about.opinion() is None
    for person, rating in ((anna, 10), (ben, 7)):
        WatchlistEntry.objects.create(user=person, media_item=film, rating=rating)
    assert about.opinion() == 8.5


def test_specials_do_not_count_as_episodes(anna: User, ben: User) -> None:
    now, series = timezone.now(), stored_title(media_type="tv")
    special, first, second = (
        Viewing.objects.create(
            user=anna, media_item=series, season=season, episode=1, watched_at=now - dt.timedelta(days=3 - season)
        )
        for season in (0, 1, 2)
    )
    Viewing.objects.create(user=ben, media_item=series, season=1, episode=1)
    assert list(Viewing.objects.of(anna).of_episodes().latest_first()) == [second, first]
    assert special in Viewing.objects.of(anna)
