"""What is rated for older people than somebody may see stays out of their sight, on every surface."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from catalog import ages, shelving
from catalog.models import AgeLimit, LibrarySection
from catalog.tests import shelves
from catalog.tests.rows import starting_rows, stored_title
from requests_app.models import MediaRequest
from sandbox.tmdb import Tmdb
from sandbox.tmdb.titles import ALL
from services.providers import title_facts
from services.providers.describing import Listing
from services.providers.holding import HeldItem, HeldSection

pytestmark = pytest.mark.django_db


@pytest.fixture
def child(anna: User) -> User:
    AgeLimit.objects.create(user=anna, years=13)
    return anna


def body(client: Client, address: str, *, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status
    return answer.text


SURFACES = [
    "/",
    "/library",
    "/library/{section}",
    "/library/{section}?sort=new",
    "/library/{section}?q=fight",
    "/search?q=fight",
    "/search?q=fihgt clab",
    "/search?q=tmdb:550",
    "/search?q=imdb:tt0137523",
    "/search?q=year:1999",
    "/search?q=brad pitt",
    "/discover",
    "/discover/trending",
    "/discover/popular-films",
    "/discover/best-films",
    "/discover?year_from=1999&year_to=1999",
    "/title/movie/{open}",
    "/title/movie/550",
    "/title/movie/278",
    "/title/tv/1396/season/1",
    "/person/287",
    "/collection/95001",
    "/requests/problems/new/movie/550",
    "/requests/",
    "/requests/all",
    "/requests/collection/95001",
    "/api/v1/search?q=fight",
    "/api/v1/search?q=brad pitt",
    "/api/v1/titles/movie/550",
]


@pytest.mark.parametrize("outside", ["up", "down"])
@pytest.mark.parametrize("is_known", [True, False])
def test_no_surface_shows_what_is_rated_for_older_people(
    annas: Client, anna: User, child: User, tmdb: Tmdb, outside: str, is_known: bool
) -> None:
    """Neither name, nor page, nor picture; whether the catalogue knows the title or only Plex told its rating."""
    starting_rows()
    young = next(one for one in ALL if one.media_type == "movie" and one.certification == "12")
    film = stored_title(
        tmdb_id=550,
        title="Fight Club",
        imdb_id="tt0137523",
        minimum_age=17,
        poster_path="/fightclub.jpg",
        release_date="1999-10-15",
        overview="A soap maker",
        fetched_at=timezone.now(),
    )
    section = shelves.section(anna, title="Films")
    held = shelves.film(
        section,
        550,
        title="Fight Club",
        sort_title="fight club",
        thumb="/library/1/thumb",
        minimum_age=17,
        media_item=film if is_known else None,
    )
    shelves.film(section, 1, title="Puddle", minimum_age=0)
    if not is_known:
        film.delete()
    tmdb.turn(outside)
    for surface in SURFACES:
        address = surface.format(section=section.pk, open=young.tmdb_id)
        for headers in ({}, {"HX-Request": "true"}):
            answer = annas.get(address, headers=headers)
            for told in ("Fight Club", "soap maker", "fightclub.jpg", f"/pictures/plex/{held.pk}"):
                assert told not in answer.text, (address, told)
            assert 'class="poster" href="/title/movie/550"' not in answer.text, address
    assert annas.get(f"/pictures/plex/{held.pk}").status_code == 404
    assert "Puddle" in body(annas, f"/library/{section.pk}")
    assert "Puddle" in body(annas, "/library")


def test_what_is_not_open_says_so(annas: Client, child: User, tmdb: Tmdb) -> None:
    assert "not open to you" in body(annas, "/title/movie/550", status=403)
    body(annas, "/title/tv/1396/season/1", status=403)
    annas.get("/title/movie/550")
    refused = annas.post("/requests/ask/movie/550", follow=True)
    assert "Fight Club" not in refused.text
    assert not MediaRequest.objects.exists()


def test_a_rating_that_is_no_longer_told_holds_for_seasons_too(
    annas: Client, anna: User, tmdb: Tmdb, monkeypatch: pytest.MonkeyPatch
) -> None:
    AgeLimit.objects.create(user=anna, years=13, sees_unrated=True)
    stored_title(tmdb_id=1396, media_type="tv", minimum_age=17, fetched_at=timezone.now())
    monkeypatch.setattr(title_facts, "_certifications", lambda _body: {})
    for address in ("/title/tv/1396", "/title/tv/1396/season/1"):
        assert "not open to you" in body(annas, address, status=403)


def test_parts_of_a_series_are_rated_with_it(annas: Client, anna: User, child: User, tmdb: Tmdb) -> None:
    section = shelves.section(anna, type="show")
    series = shelves.film(section, 7, type="show", title="Grim", minimum_age=17, thumb="/1")
    season = shelves.film(section, None, type="season", parent=series, number=1, title="Season 1", thumb="/2")
    episode = shelves.film(section, None, type="episode", parent=season, number=1, title="Grim end", thumb="/3")
    for item in (series, season, episode):
        assert annas.get(f"/pictures/plex/{item.pk}").status_code == 404
    assert "Grim" not in body(annas, "/library")
    AgeLimit.objects.update(years=17)
    assert "Grim" in body(annas, "/library")
    assert annas.get(f"/pictures/plex/{episode.pk}").status_code == 200


def test_what_could_not_be_asked_about_is_not_taken_for_unrated(annas: Client, anna: User, tmdb: Tmdb) -> None:
    AgeLimit.objects.create(user=anna, years=12, sees_unrated=True)
    tmdb.turn("down")
    unknown = Listing("movie", 550, "Fight Club")
    assert ages.open_ones(ages.Limit(12, sees_unrated=True), [unknown]) == ()
    stored_title(tmdb_id=550, fetched_at=timezone.now())
    assert ages.open_ones(ages.Limit(12, sees_unrated=True), [unknown]) == (unknown,)


@pytest.mark.parametrize(
    ("plexes", "age"), [("de/16", 16), ("gb/15", 15), ("gb/U", 0), ("PG-13", 13), ("Not Rated", None), ("", None)]
)
def test_plexs_ratings_say_an_age_too(plexes: str, age: int | None) -> None:
    held = LibrarySection(server_id="m", section_key="9", type="movie", title="Films")
    held.save()
    told = HeldSection("9", "movie", "Films")
    shelving.put(held, told, [HeldItem("1", "movie", "A film", certification=plexes)], timezone.now())
    assert held.items.get().minimum_age == age
