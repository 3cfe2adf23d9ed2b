from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import Profile, User
from catalog import marks
from catalog.models import MediaItem
from catalog.tests import shelves
from catalog.tests.rows import starting_rows, stored_title
from medianest.tests.people import SCOPE
from sandbox.overseerr import Overseerr
from sandbox.tmdb import Tmdb

AS_TYPED: dict[str, Any] = {"HTTP_HX_REQUEST": "true", "HTTP_HX_TARGET": "results"}


def text(client: Client, address: str, *, status: int = 200, **headers: Any) -> str:
    answer = client.get(address, **headers)
    assert answer.status_code == status
    return answer.content.decode()


# --- search ---------------------------------------------------------------------------------------------------------------
def test_search_shows_titles_with_our_own_pictures_and_people(annas: Client, tmdb: Tmdb) -> None:
    page = text(annas, "/search?q=fight")
    assert "/title/movie/550" in page
    assert "/pictures/tmdb/w342/" in page
    assert "image.tmdb.org" not in page
    assert "/person/287" in text(annas, "/search?q=brad pitt")
    assert "not endorsed, certified" in page


def test_results_come_alone_while_somebody_types(annas: Client, tmdb: Tmdb) -> None:
    page = text(annas, "/search?link=fight", **AS_TYPED)
    assert "/title/movie/550" in page
    assert "<html" not in page


def test_what_is_typed_is_shown_as_text(annas: Client, tmdb: Tmdb) -> None:
    page = text(annas, "/search?q=<script>alert(1)</script>")
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


def test_the_box_on_every_page_searches_and_takes_links(annas: Client, tmdb: Tmdb) -> None:
    found = annas.post("/look-for", {"link": "fight club & more"})
    assert found.headers["Location"] == "/search?q=fight+club+%26+more"
    refused = annas.post("/look-for", {"link": "https://example.org/x"})
    assert refused.status_code == 200
    assert b"example.org/x" in refused.content


def test_search_says_when_only_kept_titles_are_searched(annas: Client, tmdb: Tmdb) -> None:
    stored_title(title="Lantern Night")
    tmdb.turn("down")
    page = text(annas, "/search?q=lantern")
    assert "Lantern Night" in page
    assert "Only what MediaNest knows already" in page


def test_strangers_are_asked_to_sign_in(client: Client, db: None) -> None:
    for address in ("/search?q=x", "/discover", "/discover/trending", "/title/movie/550", "/person/287"):
        assert client.get(address).status_code == 302


# --- a title --------------------------------------------------------------------------------------------------------------
def test_a_title_page_tells_all_and_keeps_it(annas: Client, tmdb: Tmdb) -> None:
    page = text(annas, "/title/movie/550")
    for told in ("Fight Club", "1999", "2 h 19 min", "Drama", "David Fincher", "Edward Norton", "Narrator", "Hulu"):
        assert told in page
    assert "https://www.imdb.com/title/tt0137523/" in page
    assert "Data by JustWatch" in page
    assert MediaItem.objects.get(tmdb_id=550, media_type="movie").title == "Fight Club"


def test_streaming_and_age_rating_are_those_of_ones_country(annas: Client, anna: User, tmdb: Tmdb) -> None:
    Profile.objects.update_or_create(
        user=anna,
        defaults={"region": "DE", "language": "de", "preferences": {"streaming_services": ["Disney Plus"]}},
    )
    page = text(annas, "/title/movie/550")
    assert "Disney Plus" in page
    assert "you have it" in page
    assert "Hulu" not in page
    assert ">16</li>" in page


def test_a_series_shows_its_seasons_and_each_its_episodes(annas: Client, tmdb: Tmdb) -> None:
    page = text(annas, "/title/tv/1396")
    assert "5 seasons" in page
    assert "/title/tv/1396/season/1" in page
    part = text(annas, "/title/tv/1396/season/1", HTTP_HX_REQUEST="true")
    assert "Episode 1" in part
    assert "<html" not in part
    assert "Breaking Bad" in text(annas, "/title/tv/1396/season/1")


def test_a_title_that_never_was_is_404(annas: Client, tmdb: Tmdb) -> None:
    for address in ("/title/movie/999999", "/title/tv/550", "/title/movie/99999999999999", "/title/book/1"):
        assert annas.get(address).status_code == 404


def test_a_title_dropped_by_tmdb_stays_with_what_was_known(annas: Client, tmdb: Tmdb) -> None:
    text(annas, "/title/movie/550")
    tmdb.remove(550, "movie")
    cache.clear()
    page = text(annas, "/title/movie/550")
    assert "no longer lists this title" in page
    assert "Fight Club" in page
    assert MediaItem.objects.get(tmdb_id=550).gone_at is not None


def test_with_tmdb_down_a_kept_title_is_shown_and_another_told_apart(annas: Client, tmdb: Tmdb) -> None:
    text(annas, "/title/movie/550")
    tmdb.turn("down")
    cache.clear()
    MediaItem.objects.filter(tmdb_id=550).update(fetched_at=timezone.now() - dt.timedelta(days=3, hours=1))
    assert "what MediaNest knew last, 3\xa0days, 1\xa0hour ago." in text(annas, "/title/movie/550")
    assert "Nobody can tell about this just now" in text(annas, "/title/movie/278", status=503)
    assert "Nothing is lost" in text(annas, "/title/tv/1396/season/1", status=503)
    assert "Nothing is lost" in text(annas, "/title/tv/1396/season/1", HTTP_HX_REQUEST="true")


def test_overseerr_tells_as_much(annas: Client, overseerr: Overseerr) -> None:
    page = text(annas, "/title/movie/550")
    for told in ("Fight Club", "David Fincher", "Edward Norton", "Recommended"):
        assert told in page
    assert "olive@nest.example" not in page


@pytest.mark.parametrize(
    "address",
    ["/title/movie/550", "/title/tv/1396", "/search?q=the", "/person/287", "/collection/95001", "/discover/trending"],
)
def test_pictures_are_our_own_and_come_in_sizes_when_they_are_seen(annas: Client, tmdb: Tmdb, address: str) -> None:
    starting_rows()
    main = text(annas, address).partition("<main")[2]
    found = [dict(re.findall(r'([a-z]+)="([^"]*)"', tag)) for tag in re.findall(r"<img([^>]*)>", main)]
    assert found
    for one in found:
        places = [one["src"], *(part.split()[0] for part in one.get("srcset", "").split(", ") if part)]
        assert all(place.startswith("/pictures/tmdb/") for place in places)
        assert ("srcset" in one) == ("sizes" in one)
        assert one["decoding"] == "async"
    seen_at_once = [one for one in found if "loading" not in one]
    assert len(seen_at_once) <= 2
    large = [one for one in found if "/w342/" in one["src"] or "/w500/" in one["src"] or "/w1280/" in one["src"]]
    assert all(one["srcset"].count(", ") >= 1 for one in large)


def test_people_and_collections_have_pages(annas: Client, tmdb: Tmdb) -> None:
    assert "Fight Club" in text(annas, "/person/287")
    assert "Harbour Lights Collection" in text(annas, "/collection/95001")
    assert annas.get("/person/1").status_code == 404
    assert annas.get("/collection/1").status_code == 404


@pytest.mark.parametrize("address", ["/title/movie/550", "/title/tv/1396"])
def test_a_title_page_costs_few_queries(
    annas: Client, anna: User, tmdb: Tmdb, django_assert_max_num_queries: DjangoAssertNumQueries, address: str
) -> None:
    section = shelves.section(anna, type="show")
    shelves.film(section, 550)
    series = shelves.film(section, 1396, type="show")
    for number in range(1, 4):
        season = shelves.film(section, None, type="season", parent=series, number=number)
        for episode in range(1, 11):
            shelves.film(section, None, type="episode", parent=season, number=episode)
    text(annas, address)
    # Scopes: what the person likes, the page, and two looks at what others asked for.
    with django_assert_max_num_queries(8 + 4 * SCOPE):
        text(annas, address)


@pytest.mark.parametrize("address", ["/search?q=the", "/discover/trending", "/discover?sort=newest", "/person/287"])
def test_lists_cost_few_queries(
    annas: Client, tmdb: Tmdb, django_assert_max_num_queries: DjangoAssertNumQueries, address: str
) -> None:
    starting_rows()
    assert text(annas, address).count("/title/") >= (1 if "person" in address else 20)
    # Scopes: what the person likes, the page, and the look at what others asked for.
    with django_assert_max_num_queries(8 + 3 * SCOPE):
        text(annas, address)


def test_an_address_with_a_slash_leads_to_the_page(annas: Client, db: None) -> None:
    for address in ("/discover", "/library", "/search"):
        answer = annas.get(f"{address}/?q=x&page=2")
        assert (answer.status_code, answer.headers["Location"]) == (301, f"{address}?q=x&page=2")


def test_the_library_is_in_everybodys_menu(annas: Client, db: None) -> None:
    menu = text(annas, "/search").partition('class="sheet"')[2].partition("</details>")[0]
    assert 'href="/library"' in menu


def test_a_title_page_says_first_how_it_stands(annas: Client, anna: User, ben: User, tmdb: Tmdb) -> None:
    page = text(annas, "/title/movie/278")
    assert page.index("Request") < page.index("A banker sentenced")
    assert "Recommended" in page
    assert page.index("Recommended") < page.index("More like this")
    shelves = page[page.index("Recommended") :]
    links = re.findall(r'href="(/title/[^"]+)"', shelves)
    assert len(links) == len(set(links))


def test_others_mark_posters_and_add_to_pages(annas: Client, tmdb: Tmdb, monkeypatch: pytest.MonkeyPatch) -> None:
    def known(user: User, keys: object) -> dict[marks.Key, marks.Mark]:
        return {("movie", 550): marks.Mark("ok", "well known", 5)}

    monkeypatch.setattr(marks, "_MARKERS", [known])
    assert "well known" in text(annas, "/search?q=fight")


# --- discover -------------------------------------------------------------------------------------------------------------
def test_discover_shows_rows_that_come_as_they_are_seen(annas: Client, tmdb: Tmdb) -> None:
    starting_rows()
    page = text(annas, "/discover")
    assert "/discover/trending" in page
    shelf = text(annas, "/discover/trending", HTTP_HX_REQUEST="true")
    assert "/title/" in shelf
    assert "<html" not in shelf
    assert "Films to come" in text(annas, "/discover/upcoming-films?page=1")
    assert annas.get("/discover/nothing").status_code == 404


def test_discover_filters(annas: Client, tmdb: Tmdb) -> None:
    page = text(annas, "/discover?type=movie&year_from=1999&year_to=1999&score=8")
    assert "Fight Club" in page
    assert "Shawshank" not in page
    assert "lies before the first one" in text(annas, "/discover?year_from=2000&year_to=1990")
    assert "Select a valid choice" in text(annas, "/discover?genre=nonsense")


@pytest.mark.parametrize("type", ["movie", "tv"])
def test_what_the_source_cannot_filter_by_age_rating_is_left_out_here_and_said(
    annas: Client, overseerr: Overseerr, type: str
) -> None:
    wide = text(annas, f"/discover?type={type}&sort=popularity")
    narrow = text(annas, f"/discover?type={type}&certification={'PG-13' if type == 'movie' else 'TV-14'}")
    strict = {"movie": "/title/movie/550", "tv": "/title/tv/1396"}[type]
    assert strict in wide
    assert strict not in narrow
    assert f"/title/{type}/" in narrow
    assert "cannot filter them by age rating" in narrow
    assert "cannot filter" not in wide


def test_tmdb_filters_films_by_age_rating_itself(annas: Client, tmdb: Tmdb) -> None:
    assert "cannot filter" not in text(annas, "/discover?type=movie&certification=PG-13")
    assert "cannot filter" in text(annas, "/discover?type=tv&certification=TV-14")


def test_where_it_is_not_known_how_a_country_rates_plain_ages_are_offered(
    annas: Client, anna: User, tmdb: Tmdb
) -> None:
    Profile.objects.update_or_create(user=anna, defaults={"region": "FR"})
    page = text(annas, "/discover?type=movie&certification=age:16")
    assert "/title/movie/" in page
    assert "/title/movie/550" not in page


def test_parts_and_pages_are_kept_apart_by_browsers(annas: Client, tmdb: Tmdb) -> None:
    starting_rows()
    for address in ("/search?q=fight", "/discover/trending", "/title/tv/1396/season/1"):
        assert "HX-Request" in annas.get(address)["Vary"]


def test_discover_tells_when_nobody_answers(annas: Client, tmdb: Tmdb) -> None:
    starting_rows()
    tmdb.turn("down")
    assert "cannot be reached" in text(annas, "/discover/trending", HTTP_HX_REQUEST="true")
    assert "cannot be reached" in text(annas, "/discover?sort=newest")
    assert text(annas, "/discover")


def test_odd_page_numbers_give_the_first_page(annas: Client, tmdb: Tmdb) -> None:
    starting_rows()
    for odd in ("0", "-1", "x", "99999999", "²"):
        assert "/title/" in text(annas, f"/discover/popular-films?page={odd}")
