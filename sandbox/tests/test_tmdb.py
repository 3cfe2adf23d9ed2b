"""The simulated TMDB, asked over HTTP as a client asks it."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from sandbox.switches import Mode
from sandbox.tmdb import Tmdb
from sandbox.tmdb.titles import BARE, COLLECTION_ID, ON_AIR
from sandbox.world import TITLES


@pytest.fixture(scope="module")
def shared() -> Iterator[Tmdb]:
    server = Tmdb()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def tmdb(shared: Tmdb) -> Iterator[Tmdb]:
    yield shared
    shared.control({"rate": None, "throttle_next": 0, "retry_after": 1})
    shared.settings.gone.clear()
    shared.settings.changed.clear()


def ask(tmdb: Tmdb, path: str, **params: Any) -> httpx2.Response:
    headers = {"Authorization": f"Bearer {tmdb.token}"}
    return httpx2.get(
        f"{tmdb.url}/3{path}", params=params or None, headers=headers, timeout=5, trust_env=False, verify=False
    )


def body(tmdb: Tmdb, path: str, **params: Any) -> dict[str, Any]:
    answer = ask(tmdb, path, **params)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def refusal(answer: httpx2.Response) -> tuple[int, int]:
    told = answer.json()
    assert told["success"] is False
    assert told["status_message"]
    return answer.status_code, told["status_code"]


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": "sandbox"}])
def test_nothing_without_the_token(tmdb: Tmdb, headers: dict[str, str]) -> None:
    answer = httpx2.get(f"{tmdb.url}/3/configuration", headers=headers, trust_env=False, verify=False)
    assert refusal(answer) == (401, 7)


def test_the_older_key_goes_into_the_address(tmdb: Tmdb) -> None:
    answer = httpx2.get(f"{tmdb.url}/3/authentication", params={"api_key": tmdb.api_key}, trust_env=False, verify=False)
    assert answer.json()["success"] is True


def test_a_mixed_search_says_what_each_result_is(tmdb: Tmdb) -> None:
    found = body(tmdb, "/search/multi", query="breaking")
    assert (found["page"], found["total_pages"], found["total_results"]) == (1, 1, 1)
    assert (
        found["results"][0] | {"media_type": "tv", "name": "Breaking Bad", "first_air_date": "2008-01-20"}
        == (found["results"][0])
    )
    person = body(tmdb, "/search/multi", query="pitt")["results"][0]
    assert (person["media_type"], person["name"]) == ("person", "Brad Pitt")
    assert person["known_for"][0]["title"] == "Fight Club"


def test_a_search_of_one_type_does_not_say_the_type(tmdb: Tmdb) -> None:
    found = body(tmdb, "/search/movie", query="fight", year="1999")["results"]
    assert [(one["id"], one["title"]) for one in found] == [(550, "Fight Club")]
    assert "media_type" not in found[0]
    assert body(tmdb, "/search/movie", query="fight", year="2001")["results"] == []


def test_a_search_knows_translated_names_and_small_letters(tmdb: Tmdb) -> None:
    assert body(tmdb, "/search/multi", query="VERURTEILTEN")["results"][0]["id"] == 278
    assert body(tmdb, "/search/tv", query="clockmaker s row")["results"][0]["id"] == 90001


def test_nothing_found_is_an_empty_page(tmdb: Tmdb) -> None:
    found = body(tmdb, "/search/multi", query="zzzz")
    assert found == {"page": 1, "results": [], "total_pages": 0, "total_results": 0}


def test_the_same_number_is_a_film_and_a_series(tmdb: Tmdb) -> None:
    assert body(tmdb, "/movie/90001")["title"] == "The Lantern Keeper"
    assert body(tmdb, "/tv/90001")["name"] == "Clockmaker's Row"


@pytest.mark.parametrize("path", ["/movie/1396", "/tv/550", "/movie/999999", "/nonsense", "/movie/550/nonsense"])
def test_an_unknown_thing_is_code_34(tmdb: Tmdb, path: str) -> None:
    assert refusal(ask(tmdb, path)) == (404, 34)


def test_a_film_with_everything_appended(tmdb: Tmdb) -> None:
    names = "credits,external_ids,recommendations,release_dates,videos,watch/providers,keywords,nonsense"
    film = body(tmdb, "/movie/550", append_to_response=names)
    assert (film["imdb_id"], film["runtime"], film["status"]) == ("tt0137523", 139, "Released")
    assert film["genres"] == [{"id": 18, "name": "Drama"}]
    assert film["external_ids"]["imdb_id"] == "tt0137523"
    assert film["credits"]["crew"][0]["job"] == "Director"
    american = next(one for one in film["release_dates"]["results"] if one["iso_3166_1"] == "US")
    assert american["release_dates"][0]["certification"] == "R"
    assert film["watch/providers"]["results"].keys() == {"US", "DE", "GB"}
    assert film["recommendations"]["results"][0]["media_type"] == "movie"
    assert "nonsense" not in film
    assert "id" not in film["credits"]


def test_a_series_with_seasons_appended(tmdb: Tmdb) -> None:
    series = body(tmdb, "/tv/1396", append_to_response="content_ratings,season/1,season/9")
    assert (series["number_of_seasons"], series["number_of_episodes"]) == (5, 62)
    assert [one["season_number"] for one in series["seasons"]] == [0, 1, 2, 3, 4, 5]
    assert len(series["season/1"]["episodes"]) == 7
    assert "season/9" not in series
    assert series["content_ratings"]["results"][0]["rating"] == "TV-MA"


def test_a_season_by_itself(tmdb: Tmdb) -> None:
    season = body(tmdb, "/tv/90002/season/2")
    assert season["season_number"] == 2
    assert [one["episode_number"] for one in season["episodes"]] == list(range(1, 9))
    assert season["episodes"][0].keys() >= {"air_date", "name", "runtime", "still_path"}
    assert refusal(ask(tmdb, "/tv/90002/season/3")) == (404, 34)


def test_more_than_twenty_parts_are_refused(tmdb: Tmdb) -> None:
    names = ",".join(f"season/{number}" for number in range(1, 22))
    assert refusal(ask(tmdb, "/tv/1396", append_to_response=names)) == (400, 27)


def test_a_series_on_the_air_knows_its_next_episode(tmdb: Tmdb) -> None:
    series = body(tmdb, f"/tv/{ON_AIR}")
    assert (series["last_episode_to_air"]["episode_number"], series["next_episode_to_air"]["episode_number"]) == (4, 5)
    assert series["status"] == "Returning Series"
    assert body(tmdb, "/tv/1396")["next_episode_to_air"] is None


def test_a_bare_title_has_empty_dates_and_no_pictures(tmdb: Tmdb) -> None:
    film = body(tmdb, f"/movie/{BARE}", append_to_response="release_dates,watch/providers,videos")
    assert (film["release_date"], film["poster_path"], film["imdb_id"], film["overview"]) == ("", None, None, "")
    assert film["watch/providers"]["results"] == {}


def test_without_a_translation_the_overview_is_empty(tmdb: Tmdb) -> None:
    translated = body(tmdb, "/movie/278", language="de-DE")
    assert (translated["title"], translated["original_title"]) == ("Die Verurteilten", "The Shawshank Redemption")
    assert translated["overview"]
    assert translated["genres"][1] == {"id": 80, "name": "Krimi"}
    assert body(tmdb, "/movie/91001", language="de-DE")["overview"] == ""
    assert body(tmdb, "/movie/91001", language="en-US")["overview"]


def test_pages_run_from_1_to_500(tmdb: Tmdb) -> None:
    first = body(tmdb, "/discover/movie")
    second = body(tmdb, "/discover/movie", page=2)
    assert (len(first["results"]), first["total_pages"]) == (20, 3)
    assert not {one["id"] for one in first["results"]} & {one["id"] for one in second["results"]}
    assert body(tmdb, "/discover/movie", page=500)["results"] == []
    for page in (0, 501, "x", -1):
        assert refusal(ask(tmdb, "/discover/movie", page=page)) == (400, 22)


def test_discovery_filters_and_sorts(tmdb: Tmdb) -> None:
    films = body(tmdb, "/discover/movie", with_genres="18,80", sort_by="vote_average.desc")["results"]
    assert films[0]["id"] == 278
    assert all({18, 80} <= set(film["genre_ids"]) for film in films)
    either = body(tmdb, "/discover/movie", with_genres="27|37")["results"]
    assert {genre for film in either for genre in film["genre_ids"]} >= {27, 37}
    years = body(tmdb, "/discover/movie", primary_release_year=1999)["results"]
    assert [film["id"] for film in years] == [550]
    streaming = body(tmdb, "/discover/tv", with_watch_providers="8", watch_region="DE")["results"]
    assert [series["id"] for series in streaming] == [1396]
    assert refusal(ask(tmdb, "/discover/movie", **{"vote_average.gte": "much"})) == (422, 5)


def test_the_fixed_lists(tmdb: Tmdb) -> None:
    assert {one["media_type"] for one in body(tmdb, "/trending/all/week")["results"]} == {"movie", "tv"}
    coming = body(tmdb, "/movie/upcoming")
    assert coming["results"]
    assert all(film["release_date"] > coming["dates"]["minimum"] for film in coming["results"])
    assert body(tmdb, "/movie/top_rated")["results"][0]["id"] == 278
    assert body(tmdb, "/tv/popular")["results"][0].keys() >= {"name", "first_air_date", "genre_ids"}


def test_an_outside_number_may_hit_a_series_and_an_episode(tmdb: Tmdb) -> None:
    found = body(tmdb, "/find/990002", external_source="tvdb_id")
    assert [one["id"] for one in found["tv_results"]] == [90002]
    assert [one["show_id"] for one in found["tv_episode_results"]] == [90001]
    film = body(tmdb, "/find/tt0137523", external_source="imdb_id")
    assert [one["id"] for one in film["movie_results"]] == [550]
    assert film["tv_results"] == film["tv_episode_results"] == []
    assert body(tmdb, "/find/tt7777777", external_source="imdb_id")["movie_results"] == []
    assert refusal(ask(tmdb, "/find/550", external_source="tmdb_id")) == (422, 5)


def test_providers_by_region_carry_no_link_but_tmdbs_own(tmdb: Tmdb) -> None:
    for title in TITLES[:3]:
        results = body(tmdb, f"/{title.media_type}/{title.tmdb_id}/watch/providers")["results"]
        assert results.keys() == {"US", "DE", "GB"}
        for region in results.values():
            assert region["link"].startswith("https://www.themoviedb.org/")
            offers = [offer for kind, listed in region.items() if kind != "link" for offer in listed]
            assert offers
            assert all(o.keys() == {"logo_path", "provider_id", "provider_name", "display_priority"} for o in offers)
    german = {one["provider_name"] for one in body(tmdb, "/watch/providers/movie", watch_region="DE")["results"]}
    assert "Hafenkino" in german
    assert "Hulu" not in german
    assert "DE" in {one["iso_3166_1"] for one in body(tmdb, "/watch/providers/regions")["results"]}


def test_people_and_collections(tmdb: Tmdb) -> None:
    person = body(tmdb, "/person/17419", append_to_response="combined_credits")
    assert person["name"] == "Bryan Cranston"
    assert person["combined_credits"]["cast"][0]["episode_count"] == 62
    collection = body(tmdb, f"/collection/{COLLECTION_ID}")
    assert [part["id"] for part in collection["parts"]] == [90003, 91012, 91034]
    assert body(tmdb, "/movie/90003")["belongs_to_collection"]["id"] == COLLECTION_ID


def test_genres_have_other_names_for_series(tmdb: Tmdb) -> None:
    films = {one["name"] for one in body(tmdb, "/genre/movie/list")["genres"]}
    series = {one["name"] for one in body(tmdb, "/genre/tv/list")["genres"]}
    assert ("Thriller" in films, "Thriller" in series) == (True, False)
    assert "Komödie" in {one["name"] for one in body(tmdb, "/genre/tv/list", language="de")["genres"]}


def test_changes_look_back_at_most_two_weeks(tmdb: Tmdb) -> None:
    assert body(tmdb, "/movie/changes")["results"] == []
    tmdb.change(550, "movie")
    assert body(tmdb, "/movie/changes")["results"] == [{"id": 550, "adult": False}]
    assert body(tmdb, "/tv/changes")["results"] == []
    assert refusal(ask(tmdb, "/movie/changes", start_date="2026-01-01", end_date="2026-02-01")) == (422, 20)


def test_a_removed_title_is_gone_everywhere(tmdb: Tmdb) -> None:
    tmdb.remove(550, "movie")
    assert refusal(ask(tmdb, "/movie/550")) == (404, 34)
    assert body(tmdb, "/search/multi", query="fight club")["results"] == []
    with pytest.raises(KeyError):
        tmdb.remove(1, "movie")


def test_too_many_questions_are_429(tmdb: Tmdb) -> None:
    tmdb.control({"throttle_next": 1, "retry_after": 7})
    answer = ask(tmdb, "/configuration")
    assert refusal(answer) == (429, 25)
    assert answer.headers["Retry-After"] == "7"
    assert ask(tmdb, "/configuration").status_code == 200
    tmdb.control({"rate": 3, "retry_after": 0})
    answers = [ask(tmdb, "/configuration") for _ in range(8)]
    refused = [one for one in answers if one.status_code == 429]
    assert refused
    assert "Retry-After" not in refused[0].headers


def png_size(data: bytes) -> tuple[int, int]:
    """Reads the whole picture: every chunk's checksum, and as many bytes as its size needs."""
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    at, packed, size = 8, b"", (0, 0)
    while at < len(data):
        length = struct.unpack(">I", data[at : at + 4])[0]
        kind, content = data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        assert struct.unpack(">I", data[at + 8 + length : at + 12 + length])[0] == zlib.crc32(kind + content)
        if kind == b"IHDR":
            size = struct.unpack(">II", content[:8])
        packed += content if kind == b"IDAT" else b""
        at += 12 + length
    assert len(zlib.decompress(packed)) == (size[0] + 1) * size[1]
    return size


def picture(tmdb: Tmdb, size: str, path: str) -> httpx2.Response:
    return httpx2.get(f"{tmdb.url}/t/p/{size}{path}", timeout=10, trust_env=False, verify=False)


def test_pictures_are_real_and_of_the_size_asked_for(tmdb: Tmdb) -> None:
    film = body(tmdb, "/movie/550")
    images = body(tmdb, "/configuration")["images"]
    assert images["secure_base_url"] == f"{tmdb.url}/t/p/"
    poster = picture(tmdb, "w185", film["poster_path"])
    assert poster.headers["Content-Type"] == "image/png"
    assert png_size(poster.content) == (185, 277)
    assert png_size(picture(tmdb, "w300", film["backdrop_path"]).content) == (300, 168)
    other = body(tmdb, "/movie/278")["poster_path"]
    assert picture(tmdb, "w185", other).content != poster.content
    still = body(tmdb, "/tv/1396/season/1")["episodes"][0]["still_path"]
    assert picture(tmdb, "w92", still).status_code == 200
    logo = body(tmdb, "/movie/550/watch/providers")["results"]["DE"]["flatrate"][0]["logo_path"]
    assert png_size(picture(tmdb, "w45", logo).content) == (45, 45)


@pytest.mark.parametrize(("size", "path"), [("w185", "/nothing.png"), ("w7", "")])
def test_there_is_no_picture_of_an_unknown_name_or_size(tmdb: Tmdb, size: str, path: str) -> None:
    path = path or body(tmdb, "/movie/550")["poster_path"]
    assert picture(tmdb, size, path).status_code == 404


def test_every_path_handed_out_leads_to_a_picture(tmdb: Tmdb) -> None:
    paths = set()
    for title in TITLES:
        found = body(tmdb, f"/{title.media_type}/{title.tmdb_id}", append_to_response="credits")
        paths |= {found["poster_path"], found["backdrop_path"], found["credits"]["cast"][0]["profile_path"]}
    assert {picture(tmdb, "w92", path).status_code for path in paths} == {200}


def test_it_can_be_switched_and_says_its_state() -> None:
    server = Tmdb()
    server.start()
    try:
        assert server.state()["requests"] == 0
        server.turn(Mode.UNAUTHORIZED)
        assert ask(server, "/configuration").status_code == 401
        server.turn(Mode.UP)
        assert ask(server, "/configuration").status_code == 200
        assert server.state() | {"name": "tmdb", "mode": "up", "requests": 1} == server.state()
        with pytest.raises(KeyError):
            server.control({"nonsense": 1})
    finally:
        server.stop()
