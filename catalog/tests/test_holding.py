"""Is it there, which seasons, and what is new: as far as the sections shared with whoever asks."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from accounts.models import User
from catalog import here, holding, marks, shelf
from catalog.ages import Limit
from catalog.models import LibraryItem
from catalog.tests import shelves
from catalog.tests.rows import item, stored_title
from medianest.lib.breaker import Breaker
from medianest.tests.people import person
from sandbox.plex import Plex
from sandbox.tmdb import Tmdb

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _folder(settings: Settings, tmp_path: Any) -> None:
    settings.DATA_DIR = tmp_path


def titles_of(user: User) -> list[str]:
    return [one.title for one in holding.newest(user, Limit(), 10)]


# --- is it there ----------------------------------------------------------------------------------------------------------
def test_one_look_tells_what_the_single_questions_tell(anna: User, ben: User, administrator: User) -> None:
    """Part of a series is shared with one, all of it with the other, and a hidden section with nobody."""
    first = shelves.section(anna, ben, type="show", title="A", server_id="m")
    second = shelves.section(ben, type="show", title="B", server_id="m")
    hidden = shelves.section(anna, type="show", title="C", is_shown=False)
    for section, numbers in ((first, (1, 2)), (second, (2, 3)), (hidden, (4,))):
        series = shelves.film(section, 1396, type="show", rating_key=f"s{section.title}")
        season = shelves.film(section, None, type="season", parent=series, number=1, child_count=1)
        for number in numbers:
            shelves.film(section, None, type="episode", parent=season, number=number)
    for user, places in ((anna, ["A"]), (ben, ["A", "B"]), (administrator, ["A", "B"])):
        found = here.of(user, ("tv", 1396))
        assert [one.section for one in found.places] == places
        assert found.seasons == holding.seasons_held(1396, user)
        assert found.seasons_anywhere == holding.seasons_held(1396) == {1: 4}
    assert here.of(anna, ("tv", 1396)).places[0] == here.Place("m", "sA", "A")
    assert here.of(person("ida"), ("tv", 1396)).is_anywhere
    assert here.of(anna, ("movie", 1396)) == here.Here()


def test_a_film_is_there_for_whom_its_section_is_shared_with(anna: User, ben: User, administrator: User) -> None:
    shelves.film(shelves.section(anna))
    assert holding.has_film(550)
    assert holding.has_film(550, anna)
    assert holding.has_film(550, administrator)
    assert not holding.has_film(550, ben)
    assert not holding.has_film(551)


def test_a_series_with_a_films_number_is_no_film(anna: User) -> None:
    shelves.series(shelves.section(anna, type="show"), 550, {1: 1})
    assert not holding.has_film(550, anna)
    assert holding.held_among(anna, [("movie", 550), ("tv", 550)]) == {("tv", 550)}


def test_seasons_count_what_is_there(anna: User, ben: User) -> None:
    shelves.series(shelves.section(anna, type="show"), 1396, {0: 1, 1: 7, 2: 3, 3: 0})
    assert holding.seasons_held(1396) == {0: 1, 1: 7, 2: 3}
    assert holding.seasons_held(1396, anna) == {0: 1, 1: 7, 2: 3}
    assert holding.seasons_held(1396, ben) == {}
    assert holding.seasons_held(1, anna) == {}


def test_a_season_in_two_sections_counts_each_episode_once(anna: User) -> None:
    shelves.series(shelves.section(anna, type="show"), 1396, {1: 4})
    other = shelves.series(shelves.section(anna, type="show"), 1396, {1: 3})
    season = other.children.get()
    item(other.section, type="episode", parent=season, number=9).save()
    assert holding.seasons_held(1396, anna) == {1: 5}


def test_a_section_that_is_not_shown_holds_nothing_for_anybody(anna: User, administrator: User) -> None:
    shelves.film(shelves.section(anna, is_shown=False))
    assert not holding.has_film(550, anna)
    assert not holding.has_film(550, administrator)


# --- marks and panels -----------------------------------------------------------------------------------------------------
def test_posters_are_marked_with_one_query_for_all(
    anna: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    films, shows = shelves.section(anna), shelves.section(anna, type="show")
    for number in range(1, 30):
        shelves.film(films, number)
    shelves.series(shows, 40, {1: 1})
    keys = [*(("movie", number) for number in range(1, 60)), ("tv", 40), ("tv", 41)]
    with django_assert_num_queries(1):
        found = holding.held_among(anna, keys)
    assert len(found) == 30
    known = marks.marks_for(anna, keys)
    assert (known["movie", 1].text, known["movie", 1].kind) == ("in library", "ok")
    assert ("movie", 30) not in known


def test_a_title_page_leads_to_plex_and_tells_the_seasons(annas: Client, anna: User, tmdb: Tmdb) -> None:
    films = shelves.section(anna, server_id="abc", title="Films")
    shelves.film(films, 550, rating_key="77")
    page = annas.get("/title/movie/550").text
    assert "https://app.plex.tv/desktop/#!/server/abc/details?key=%2Flibrary%2Fmetadata%2F77" in page
    assert "Play on Plex" in page

    shelves.series(shelves.section(anna, type="show"), 1396, {1: 7, 2: 5})
    page = annas.get("/title/tv/1396").text
    assert "Play on Plex" in page
    assert "In the library" in page
    assert "5 of 13 episodes" in page


def test_a_title_page_offers_each_section_that_holds_it(annas: Client, anna: User, tmdb: Tmdb) -> None:
    for name in ("Films", "Films in 4K"):
        shelves.film(shelves.section(anna, title=name))
    shelves.film(shelves.section(title="Secret"))
    page = annas.get("/title/movie/550").text
    assert "(Films in 4K)" in page
    assert "Secret" not in page


def test_what_is_not_shared_is_not_offered(annas: Client, anna: User, tmdb: Tmdb) -> None:
    shelves.film(shelves.section(title="Films"))
    shelves.series(shelves.section(type="show"), 1396, {1: 7})
    assert "Play on Plex" not in annas.get("/title/movie/550").text
    assert "In the library" not in annas.get("/title/tv/1396").text


# --- what is new ----------------------------------------------------------------------------------------------------------
def test_the_newest_come_first_and_a_series_once(anna: User, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    films = shelves.section(anna)
    shelves.film(films, 1, hours=3, title="Older")
    shelves.film(films, 2, hours=1, title="Newer")
    shelves.series(shelves.section(anna, type="show"), 3, {1: 4, 2: 2}, hours=2, title="Series")
    shelves.film(shelves.section(), 4, hours=0.1, title="Not shared")
    shelves.film(films, 5, hours=0.1, title="Woodworking", type="other")
    with django_assert_num_queries(1):
        found = holding.newest(anna, Limit(), 10)
    assert [one.title for one in found] == ["Newer", "Series", "Older"]
    assert (found[1].season, found[1].episode, found[1].episodes) == (2, 2, 6)
    assert [one.sub for one in shelf.newest(anna)][1] == "Season 2"


def test_a_single_new_episode_is_named(anna: User) -> None:
    shelves.series(shelves.section(anna, type="show"), 3, {1: 1}, title="Series")
    assert [one.sub for one in shelf.newest(anna)] == ["Season 1, episode 1"]


def test_home_shows_what_is_new_to_those_who_may_see_it(annas: Client, bens: Client, anna: User) -> None:
    assert "New on the server" not in annas.get("/").text
    known = stored_title(tmdb_id=550, poster_path="/poster.jpg")
    films = shelves.section(anna, server_id="abc")
    shelves.film(films, 550, title="Fight Club", media_item=known)
    unknown = shelves.film(films, None, title="A home film", rating_key="9", thumb="/library/metadata/9/thumb/1")
    page = annas.get("/").text
    assert "New on the server" in page
    assert "/title/movie/550" in page
    assert "/pictures/tmdb/w342/poster.jpg" in page
    assert f"/pictures/plex/{unknown.pk}" in page
    assert "server/abc/details" in page
    assert "Fight Club" not in bens.get("/").text


# --- pictures -------------------------------------------------------------------------------------------------------------
def pictured(plex: Plex, *people: User) -> LibraryItem:
    film = plex.items("Films")[0]
    thumb = f"/library/metadata/{film.rating_key}/thumb/{film.updated_at}"
    return shelves.film(shelves.section(*people), rating_key=str(film.rating_key), thumb=thumb)


def test_a_picture_comes_from_plex_once_and_without_its_token(annas: Client, anna: User, plex: Plex) -> None:
    address = f"/pictures/plex/{pictured(plex, anna).pk}"
    first = annas.get(address)
    assert (first.status_code, first["Content-Type"]) == (200, "image/png")
    assert "private" in first["Cache-Control"]
    assert plex.token not in str(first.headers)
    plex.turn("down")
    assert annas.get(address).content == first.content


def test_a_picture_is_kept_for_long_and_another_one_has_another_address(annas: Client, anna: User, plex: Plex) -> None:
    item = pictured(plex, anna)
    LibraryItem.objects.filter(pk=item.pk).update(added_at=shelves.ago(1), tmdb_id=None)
    shown = re.search(rf"/pictures/plex/{item.pk}\?v=[0-9a-f]+", annas.get("/library").text)
    assert shown is not None
    assert "immutable" in annas.get(shown[0])["Cache-Control"]
    assert "immutable" not in annas.get(f"/pictures/plex/{item.pk}")["Cache-Control"]
    LibraryItem.objects.filter(pk=item.pk).update(thumb=f"{item.thumb}9")
    assert shown[0] not in annas.get("/library").text


def test_a_picture_is_for_those_who_may_see_the_section(
    annas: Client, bens: Client, stranger: Client, anna: User, plex: Plex
) -> None:
    address = f"/pictures/plex/{pictured(plex, anna).pk}"
    assert annas.get(address).status_code == 200
    assert bens.get(address).status_code == 404
    assert stranger.get(address).status_code == 302


def test_a_picture_that_cannot_be_had_leaves_its_place_empty(annas: Client, anna: User, plex: Plex) -> None:
    plex.turn("down")
    missing = annas.get(f"/pictures/plex/{pictured(plex, anna).pk}")
    assert (missing.status_code, missing["Content-Type"]) == (200, "image/svg+xml")
    Breaker("plex").succeeded()


def test_a_picture_is_never_fetched_from_elsewhere(annas: Client, anna: User, db: None) -> None:
    bare = shelves.film(shelves.section(anna), thumb="")
    assert annas.get(f"/pictures/plex/{bare.pk}")["Content-Type"] == "image/svg+xml"
