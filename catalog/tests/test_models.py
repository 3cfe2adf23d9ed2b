"""Each rule of the catalogue's tables is broken once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import models

from accounts.models import User
from catalog.models import AgeLimit, CollectionMember, DiscoverRow, LibraryItem, LibraryShare, MediaItem
from catalog.tests.rows import (
    discover_row,
    item,
    section,
    stored_discover_row,
    stored_section,
    stored_title,
    streaming,
    title,
)
from medianest.tests.rules import assert_refused, rules_of

pytestmark = pytest.mark.django_db


def twice_known() -> models.Model:
    stored_title(tmdb_id=605)
    return title(tmdb_id=605)


def streamed_twice() -> models.Model:
    film = stored_title()
    streaming(film, provider="Netflix").save()
    return streaming(film, provider="Netflix")


def section_twice() -> models.Model:
    stored_section(section_key="7")
    return section(section_key="7")


def row_twice() -> DiscoverRow:
    stored_discover_row(slug="taken")
    return discover_row(slug="taken")


def shared_twice() -> models.Model:
    films, someone = stored_section(), User.objects.create_user("someone")
    LibraryShare.objects.create(section=films, user=someone)
    return LibraryShare(section=films, user=someone)


def item_twice() -> models.Model:
    films = stored_section()
    item(films, rating_key="42").save()
    return item(films, rating_key="42")


def inside_itself() -> models.Model:
    own = item(stored_section())
    own.parent = own
    return own


def collected(times: int) -> models.Model:
    films = stored_section()
    collection, film = item(films, type="collection"), item(films)
    collection.save()
    film.save()
    if times == 2:
        CollectionMember.objects.create(collection=collection, item=film, position=1)
        return CollectionMember(collection=collection, item=film, position=2)
    return CollectionMember(collection=collection, item=collection, position=1)


BROKEN: dict[str, Callable[[], models.Model]] = {
    "media_items_tmdb_unique": twice_known,
    "media_items_type_known": lambda: title(media_type="book"),
    "media_items_tmdb_positive": lambda: title(tmdb_id=0),
    "media_items_imdb_shape": lambda: title(imdb_id="0137523"),
    "media_items_has_title": lambda: title(title=""),
    "media_items_score_range": lambda: title(vote_average=11),
    "media_items_picture_paths": lambda: title(poster_path="https://image.tmdb.org/x.jpg"),
    "streaming_provider_unique": streamed_twice,
    "streaming_kind_known": lambda: streaming(stored_title(), kind="barter"),
    "streaming_regions_shape": lambda: streaming(stored_title(), regions=["de"]),
    "library_sections_key_unique": section_twice,
    "library_sections_type_known": lambda: section(type="games"),
    "library_shares_unique": shared_twice,
    "age_limits_years_range": lambda: AgeLimit(user=User.objects.create_user("someone"), years=22),
    "discover_rows_slug_unique": row_twice,
    "discover_rows_kind_known": lambda: discover_row(kind="nonsense", media_type="tv"),
    "discover_rows_type_fits": lambda: discover_row(kind="popular"),
    "discover_rows_has_title": lambda: discover_row(title=""),
    "library_items_key_unique": item_twice,
    "library_items_type_known": lambda: item(stored_section(), type="game"),
    "library_items_not_in_itself": inside_itself,
    "collection_members_unique": lambda: collected(2),
    "collection_members_not_itself": lambda: collected(1),
}


def test_every_rule_is_tried() -> None:
    assert set(BROKEN) == rules_of("catalog")


@pytest.mark.parametrize("rule", BROKEN)
def test_a_broken_rule_is_told_and_refused(rule: str) -> None:
    assert_refused(BROKEN[rule](), rule)


def test_a_provider_needs_a_country() -> None:
    with pytest.raises(ValidationError, match="at least one country"):
        streaming(stored_title(), regions=[]).validate_constraints()


def test_a_film_and_a_series_may_share_a_tmdb_id() -> None:
    stored_title(tmdb_id=605, media_type="movie")
    stored_title(tmdb_id=605, media_type="tv")
    assert MediaItem.objects.filter(tmdb_id=605).count() == 2


@pytest.mark.parametrize(
    ("seasons", "complaint"),
    [
        ({"number": 1}, "must be a list."),
        ([{"number": 1}], "entry 1: “episodes” is missing."),
        ([{"number": 1, "episodes": 7}, {"number": "2", "episodes": 7}], "entry 2, number: must be a whole number."),
        ([{"number": 1, "episodes": -1}], "entry 1, episodes: must be 0 or more."),
        ([{"number": 1, "episodes": 7, "air_date": "soon"}], "entry 1, air_date: is not a valid date."),
    ],
)
def test_seasons_that_do_not_fit_are_named(seasons: Any, complaint: str) -> None:
    series = title(media_type="tv", seasons=seasons)
    with pytest.raises(ValidationError) as said:
        series.full_clean()
    assert said.value.message_dict == {"seasons": [complaint]}
    with pytest.raises(ValidationError) as refused:
        series.save()
    assert refused.value.message_dict == {"seasons": [complaint]}


def test_a_title_shows_its_year() -> None:
    assert str(title(title="Fight Club", release_date=dt.date(1999, 10, 15))) == "Fight Club (1999)"
    assert str(title(title="Untold")) == "Untold"


def test_a_removed_title_leaves_the_library_item_standing() -> None:
    film = stored_title()
    held = item(stored_section(), media_item=film)
    held.save()
    film.delete()
    assert LibraryItem.objects.get(pk=held.pk).media_item is None
