"""TMDB and Overseerr tell the same of a title; whoever asks need not know which of them answered."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest

from medianest.lib.http import BadCredentials, Malformed, ProviderError, Refused
from medianest.tests.wire import page, saying, server
from sandbox.overseerr import Overseerr as SimulatedOverseerr
from sandbox.tmdb import Tmdb as SimulatedTmdb
from services.providers.base import Connection
from services.providers.describing import CanDescribeTitles, Listing, Named, NoSuchTitle, Wanted
from services.providers.overseerr import Overseerr
from services.providers.tmdb import Tmdb

FIGHT_CLUB, BREAKING_BAD, HARBOUR_LIGHTS = 550, 1396, 95001


@pytest.fixture(scope="module")
def tmdb() -> Iterator[SimulatedTmdb]:
    running = SimulatedTmdb()
    running.start()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def overseerr() -> Iterator[SimulatedOverseerr]:
    running = SimulatedOverseerr()
    running.start()
    yield running
    running.stop()


@pytest.fixture(params=["tmdb", "overseerr"])
def source(
    request: pytest.FixtureRequest, tmdb: SimulatedTmdb, overseerr: SimulatedOverseerr
) -> Iterator[CanDescribeTitles]:
    if request.param == "tmdb":
        yield Tmdb(Connection(tmdb.url, tmdb.token))
    else:
        yield Overseerr(Connection(overseerr.url, overseerr.api_key))


def names(titles: tuple[Listing, ...]) -> list[str]:
    return [one.title for one in titles]


def test_a_film_is_described_with_all_that_its_page_shows(source: CanDescribeTitles) -> None:
    told = source.describe("movie", FIGHT_CLUB, language="en")

    assert (told.listing.title, told.listing.release_date, told.imdb_id) == (
        "Fight Club",
        dt.date(1999, 10, 15),
        "tt0137523",
    )
    assert (told.runtime, told.genres, told.creators) == (139, ("Drama",), ("David Fincher",))
    assert told.certifications["US"] == "R"
    assert told.trailer
    assert [(one.name, one.role) for one in told.cast[:2]] == [
        ("Edward Norton", "Narrator"),
        ("Brad Pitt", "Tyler Durden"),
    ]
    assert told.listing.poster_path.startswith("/")
    assert {one.tmdb_id for one in told.recommendations}.isdisjoint({FIGHT_CLUB})
    assert told.recommendations
    disney = next(one for one in told.offers if one.provider == "Disney Plus")
    assert (disney.kind, disney.regions) == ("flatrate", ("DE", "GB"))


def test_a_series_is_described_season_by_season(source: CanDescribeTitles) -> None:
    told = source.describe("tv", BREAKING_BAD, language="en")

    assert told.listing.media_type == "tv"
    assert told.tvdb_id == 81189
    assert told.creators == ("Vince Gilligan",)
    assert [season.number for season in told.seasons if season.number] == [1, 2, 3, 4, 5]
    assert told.certifications["US"] == "TV-MA"
    first = source.episodes(BREAKING_BAD, 1, language="en")
    assert len(first) == next(season.episodes for season in told.seasons if season.number == 1)
    assert (first[0].season, first[0].number) == (1, 1)


def test_texts_come_in_the_language_asked_for(source: CanDescribeTitles) -> None:
    english = source.describe("movie", 278, language="en").listing
    german = source.describe("movie", 278, language="de").listing

    assert english.title == "The Shawshank Redemption"
    assert german.title == "Die Verurteilten"


def test_search_finds_titles_and_people(source: CanDescribeTitles) -> None:
    assert names(source.search("fight cl", page=1, language="en").titles) == ["Fight Club"]
    assert names(source.search("fight year:1999", page=1, language="en").titles) == ["Fight Club"]
    assert source.search("fight year:2001", page=1, language="en").titles == ()
    (brad,) = source.search("brad pitt", page=1, language="en").people
    assert (brad.name, brad.known_for) == ("Brad Pitt", ("Fight Club",))


def test_what_is_typed_reaches_the_source_as_typed(source: CanDescribeTitles) -> None:
    for typed in ("50% & more", "a+b=c", "ein: Traum?", "#1", "\u2603"):
        assert source.search(typed, page=1, language="en").total == 0


def test_outside_ids_lead_to_titles_of_the_right_kind(source: CanDescribeTitles) -> None:
    assert [one.tmdb_id for one in source.by_outside_id("tt0137523", "imdb", language="en").titles] == [FIGHT_CLUB]
    (series,) = source.by_outside_id("81189", "tvdb", language="en").titles
    assert (series.media_type, series.tmdb_id) == ("tv", BREAKING_BAD)


def test_discovery_filters_and_sorts(source: CanDescribeTitles) -> None:
    drama = next(one.key for one in source.genres("movie", language="en") if one.name == "Drama")
    wanted = Wanted("movie", genres=(drama,), year_from=1990, year_to=1999, score_from=8.0, sort="newest")

    found = source.discover(wanted, page=1, language="en").titles

    years = [one.release_date.year for one in found if one.release_date]
    assert "Fight Club" in names(found)
    assert years == sorted(years, reverse=True)
    assert all(1990 <= year <= 1999 for year in years)


def test_discovery_by_a_streaming_service_of_a_country(source: CanDescribeTitles) -> None:
    disney = next(one for one in source.services("movie", region="DE") if one.name == "Disney Plus")
    found = source.discover(Wanted(services=(disney.key,), region="DE"), page=1, language="en")
    assert "Fight Club" in names(found.titles)
    assert "Fight Club" not in names(
        source.discover(Wanted(services=(disney.key,), region="US"), page=1, language="en").titles
    )
    assert Named(15, "Hulu", "") not in [Named(one.key, one.name) for one in source.services("tv", region="DE")]


def test_lists_are_paged(source: CanDescribeTitles) -> None:
    first, second = (source.discover(Wanted("movie"), page=number, language="en") for number in (1, 2))
    assert len(first.titles) == 20
    assert first.pages >= 2
    assert second.page == 2
    assert set(names(first.titles)).isdisjoint(names(second.titles))


def test_what_is_upcoming_is_not_out(source: CanDescribeTitles) -> None:
    found = source.upcoming("movie", page=1, language="en", region="US").titles
    assert found
    assert all(one.release_date and one.release_date > dt.datetime.now(dt.UTC).date() for one in found)


def test_trending_mixes_films_and_series(source: CanDescribeTitles) -> None:
    assert {one.media_type for one in source.trending(page=1, language="en").titles} == {"movie", "tv"}


def test_people_and_collections_lead_to_their_titles(source: CanDescribeTitles) -> None:
    pitt = source.person(287, language="en")
    assert (pitt.name, [(one.title, role) for one, role in pitt.credits]) == (
        "Brad Pitt",
        [("Fight Club", "Tyler Durden")],
    )
    lights = source.collection(HARBOUR_LIGHTS, language="en")
    assert len(lights.parts) == 3
    assert lights.parts[0].release_date
    assert source.describe("movie", lights.parts[0].tmdb_id, language="en").collection is not None


def test_a_wrong_key_is_told_apart(tmdb: SimulatedTmdb, overseerr: SimulatedOverseerr) -> None:
    for wrong in (Tmdb(Connection(tmdb.url, "no")), Overseerr(Connection(overseerr.url, "no"))):
        with pytest.raises(BadCredentials):
            wrong.trending(page=1, language="en")


def test_only_tmdb_is_sure_that_a_title_is_gone(tmdb: SimulatedTmdb, overseerr: SimulatedOverseerr) -> None:
    with pytest.raises(NoSuchTitle):
        Tmdb(Connection(tmdb.url, tmdb.token)).describe("movie", 999_999, language="en")
    with pytest.raises(Refused):
        Overseerr(Connection(overseerr.url, overseerr.api_key)).describe("movie", 999_999, language="en")


def test_a_404_of_something_else_is_not_a_missing_title() -> None:
    nothing = b"HTTP/1.1 404 Not Found\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\n{}"
    with server(saying(nothing)) as wire, pytest.raises(Refused, match="no TMDB at this address"):
        Tmdb(Connection(wire.url, "key")).describe("movie", 1, language="en")


@pytest.mark.parametrize(
    "body",
    [b"[]", b"null", b'{"id": "550"}', b'{"id": 550, "title": null, "name": 7}', b'"text"'],
)
def test_answers_of_another_shape_are_refused(body: bytes) -> None:
    with server(saying(page(body))) as wire, pytest.raises(Malformed):
        Tmdb(Connection(wire.url, "key")).describe("movie", 550, language="en")


def test_nonsense_within_an_answer_is_passed_over() -> None:
    body = (
        b'{"id": 550, "title": "Fight\\u0000 Club", "release_date": "soon", "vote_average": 900, "runtime": -4,'
        b' "genres": [null, {"name": 3}, {"name": "Drama"}], "poster_path": "//evil", "credits": [], "videos": 5,'
        b' "seasons": "none", "external_ids": null, "watch/providers": {"results": {"DE": {"flatrate": "x"}, "toolong": 1}}}'
    )
    with server(saying(page(body))) as wire:
        told = Tmdb(Connection(wire.url, "key")).describe("movie", 550, language="en")
    assert (told.listing.title, told.listing.release_date, told.listing.score) == ("Fight Club", None, None)
    assert (told.genres, told.cast, told.offers, told.runtime) == (("Drama",), (), (), None)


def test_every_error_is_one_of_the_family(tmdb: SimulatedTmdb) -> None:
    tmdb.turn("error")
    try:
        with pytest.raises(ProviderError):
            Tmdb(Connection(tmdb.url, tmdb.token)).search("x", page=1, language="en")
    finally:
        tmdb.turn("up")
