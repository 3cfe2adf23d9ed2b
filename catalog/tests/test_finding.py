from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from catalog import finding
from catalog.tests.rows import stored_title
from sandbox.tmdb import Tmdb


def names(found: finding.Results) -> list[str]:
    return [one.title for one in found.titles]


def find(typed: str) -> finding.Results:
    return finding.find(typed, page=1, language="en")


@pytest.mark.parametrize(
    "typed", ["fight club", "  FIGHT   cl ", "tmdb:550", "imdb:tt0137523", "tt0137523", "IMDB: tt0137523"]
)
def test_a_film_is_found_by_name_and_by_id(tmdb: Tmdb, typed: str) -> None:
    assert "Fight Club" in names(find(typed))


def test_a_series_is_found_by_its_tvdb_id(tmdb: Tmdb) -> None:
    assert names(find("tvdb:81189")) == ["Breaking Bad"]


def test_a_bare_number_is_a_name(tmdb: Tmdb) -> None:
    assert "Fight Club" not in names(find("550"))


def test_nothing_typed_asks_nobody(tmdb: Tmdb) -> None:
    before = tmdb.requests
    assert find(" \x00 ") == finding.Results()
    assert tmdb.requests == before


def test_what_is_typed_endlessly_is_cut(tmdb: Tmdb) -> None:
    assert find("fight " + "x" * 10_000).titles == ()


def test_without_the_outside_kept_titles_are_found_even_mistyped(tmdb: Tmdb) -> None:
    stored_title(title="The Lantern Keeper", release_date=dt.date(2025, 3, 1))
    stored_title(title="Lantern Night", release_date=dt.date(2019, 3, 1))
    stored_title(title="Gone Lantern", gone_at=timezone.now())
    tmdb.turn("down")

    found = find("lant")
    assert sorted(names(found)) == ["Lantern Night", "The Lantern Keeper"]
    assert found.only_kept
    assert "cannot be reached" in found.trouble
    assert names(find("lantern year:2019")) == ["Lantern Night"]
    assert names(find("the latern keper"))[0] == "The Lantern Keeper"
    assert names(find("zzzzqqqq")) == []


def test_without_anybody_to_ask_the_reason_is_told(db: None) -> None:
    found = find("anything")
    assert (found.only_kept, found.titles) == (True, ())
    assert "Neither TMDB nor Overseerr" in found.trouble
