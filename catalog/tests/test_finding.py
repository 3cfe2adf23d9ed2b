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
    "typed",
    [
        "fight club",
        "  FIGHT   cl ",
        "tmdb:550",
        "imdb:tt0137523",
        "tt0137523",
        "IMDB: tt0137523",
        "imdb:0137523",
        "TMDB : 0550",
    ],
)
def test_a_film_is_found_by_name_and_by_id(tmdb: Tmdb, typed: str) -> None:
    assert "Fight Club" in names(find(typed))


def test_a_series_is_found_by_its_tvdb_id(tmdb: Tmdb) -> None:
    assert names(find("tvdb:81189")) == ["Breaking Bad"]


def test_a_bare_number_is_a_name(tmdb: Tmdb) -> None:
    assert "Fight Club" not in names(find("550"))


@pytest.mark.parametrize("odd", ["tmdb:tt0137523", "tvdb:tt0137523", "tmdb:", "imdb:x", "tmdb:99999999999", "tmdb:0"])
def test_an_id_that_is_none_finds_nothing_and_breaks_nothing(tmdb: Tmdb, odd: str) -> None:
    assert find(odd).titles == ()


@pytest.mark.parametrize("typed", ["year:1999", "Year: 1999"])
def test_a_year_alone_lists_its_films(tmdb: Tmdb, typed: str) -> None:
    assert "Fight Club" in names(find(typed))
    assert "The Shawshank Redemption" not in names(find(typed))


def test_a_year_narrows_a_name_down(tmdb: Tmdb) -> None:
    assert names(find("fight YEAR:1999")) == ["Fight Club"]
    assert "Fight Club" not in names(find("fight year:1998"))
    assert find("year:0001").titles == ()


def test_a_mistyped_name_leads_to_what_is_kept(tmdb: Tmdb) -> None:
    stored_title(title="The Lantern Keeper")
    found = find("the latern keper")
    assert (names(found)[0], found.is_near, found.only_kept) == ("The Lantern Keeper", True, False)
    assert not find("zzzzqqqq").is_near


def test_without_the_outside_ids_and_years_are_looked_for_among_what_is_kept(tmdb: Tmdb) -> None:
    stored_title(title="Kept", tmdb_id=550, imdb_id="tt0137523", release_date=dt.date(1999, 3, 1))
    stored_title(title="Kept series", tmdb_id=550, media_type="tv", tvdb_id=81189)
    tmdb.turn("down")
    assert names(find("tmdb:550")) == ["Kept", "Kept series"]
    assert names(find("imdb:tt0137523")) == ["Kept"]
    assert names(find("tvdb:81189")) == ["Kept series"]
    assert names(find("year:1999")) == ["Kept"]
    assert find("tmdb:551").only_kept


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
