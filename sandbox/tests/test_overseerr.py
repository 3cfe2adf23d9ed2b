"""The simulated Overseerr's doors: who may come in, what is checked, and what each version answers."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from sandbox.overseerr import MediaStatus, Overseerr, Permission
from sandbox.switches import Mode
from sandbox.tests.overseerr_client import call, get, refusal, wish, wished
from sandbox.tests.receiver import Receiver

VERSIONS = ("1.34.0", "2.7.3", "3.1.0")


@pytest.fixture
def version() -> str:
    return "3.1.0"


@pytest.fixture
def server(version: str) -> Iterator[Overseerr]:
    started = Overseerr(version=version)
    started.start()
    yield started
    started.stop()


def bare(server: Overseerr, path: str, **headers: str) -> httpx2.Response:
    return httpx2.get(f"{server.url}/api/v1{path}", headers=headers, trust_env=False, verify=False, timeout=5)


@pytest.mark.parametrize(
    ("version", "name"), [("1.34.0", "Overseerr API"), ("2.7.3", "Jellyseerr API"), ("3.1.0", "Seerr API")]
)
def test_version_and_name_are_told_to_everybody(server: Overseerr, version: str, name: str) -> None:
    assert bare(server, "/status").json().keys() == {
        "version",
        "commitTag",
        "updateAvailable",
        "commitsBehind",
        "restartRequired",
    }
    assert bare(server, "/status").json()["version"] == version
    assert bare(server, "/").json()["api"] == name
    assert bare(server, "/settings/public").json()["initialized"] is True


@pytest.mark.parametrize("version", VERSIONS)
def test_without_a_key_it_is_401_and_with_a_wrong_one_403(server: Overseerr) -> None:
    answer = bare(server, "/request")
    assert refusal(answer) == (401, "cookie 'connect.sid' required")
    assert answer.json()["errors"]
    answer = bare(server, "/request", **{"X-Api-Key": "wrong"})
    assert (answer.status_code, answer.json()["status"]) == (403, 403)
    assert "message" not in answer.json()
    assert bare(server, "/request", Cookie="connect.sid=stale").status_code == 403


def test_the_key_alone_is_the_owner(server: Overseerr) -> None:
    assert get(server, "/auth/me")["id"] == 1
    assert get(server, "/auth/me", by="ben")["displayName"] == "ben"


def test_an_unknown_person_is_403(server: Overseerr) -> None:
    answer = call(server, "GET", "/request", headers={"X-Api-User": "99"})
    assert (answer.status_code, answer.json()["status"]) == (403, 403)


@pytest.mark.parametrize("version", VERSIONS)
def test_a_person_who_is_no_number_is_never_answered(server: Overseerr) -> None:
    with pytest.raises(httpx2.TimeoutException):
        call(server, "GET", "/request", headers={"X-Api-User": "ben"}, timeout=0.3)


def test_that_silence_ends_with_the_connection(server: Overseerr) -> None:
    server.control({"hang_limit": 0.2})
    with pytest.raises(httpx2.TransportError) as caught:
        call(server, "GET", "/status", headers={"X-Api-User": "ben"})
    assert not isinstance(caught.value, httpx2.TimeoutException)


def test_stopping_lets_those_go_who_wait(server: Overseerr) -> None:
    failures: list[Exception] = []

    def ask() -> None:
        try:
            call(server, "GET", "/request", headers={"X-Api-User": "ben"}, timeout=15)
        except httpx2.TransportError as error:
            failures.append(error)

    waiting = threading.Thread(target=ask)
    waiting.start()
    waiting.join(0.3)
    assert waiting.is_alive()
    server.stop()
    waiting.join(5)
    assert not waiting.is_alive()
    assert len(failures) == 1


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("/request?page=1", "Unknown query parameter 'page'"),
        ("/request?take=many", "request/query/take must be number"),
        ("/request?filter=nice", "request/query/filter must be equal to one of the allowed values: all, approved, "),
        ("/movie/abc", "request/params/movieId must be number"),
        ("/search", "request/query must have required property 'query'"),
        ("/search?query=", "Empty value found for query parameter 'query'"),
    ],
)
def test_what_is_not_described_is_400(server: Overseerr, path: str, message: str) -> None:
    status, told = refusal(call(server, "GET", path))
    assert status == 400
    assert told.startswith(message)


def test_an_address_that_is_not_described_is_404(server: Overseerr) -> None:
    assert refusal(call(server, "GET", "/nonsense")) == (404, "not found")
    assert refusal(call(server, "POST", "/nonsense", {})) == (404, "not found")


@pytest.mark.parametrize(
    ("path", "since"),
    [
        ("/request?sortDirection=asc", 2),
        ("/request?mediaType=movie", 2),
        ("/request?filter=completed", 2),
        ("/request?filter=deleted", 2),
        ("/user?q=ben", 2),
        ("/user?includeIds=1", 2),
        ("/discover/movies?certification=12", 2),
        ("/blocklist", 3),
        ("/blacklist", 2),
    ],
)
@pytest.mark.parametrize("version", VERSIONS)
def test_newer_things_are_refused_by_older_versions(server: Overseerr, path: str, since: int, version: str) -> None:
    answer = call(server, "GET", path)
    assert (answer.status_code == 200) is (int(version[0]) >= since)
    assert answer.status_code in (200, 400, 404)


def test_the_older_name_of_the_blocklist_warns(server: Overseerr) -> None:
    answer = call(server, "GET", "/blacklist")
    assert answer.headers["Sunset"] == "2026-06-01"
    assert "Sunset" not in call(server, "GET", "/blocklist").headers


@pytest.mark.parametrize("query", ["fight+club", "tmdb:550", "it's", "what?", "a,b", "(a)"])
def test_a_search_must_be_encoded_through_and_through(server: Overseerr, query: str) -> None:
    status, told = refusal(call(server, "GET", f"/search?query={query}"))
    assert (status, told.startswith("Parameter 'query' must be url encoded")) == (400, True)


@pytest.mark.parametrize("query", ["fight%20club", "tmdb%3A550", "imdb%3Att0137523", "fight%20year%3A1999"])
def test_a_search_finds_names_numbers_and_years(server: Overseerr, query: str) -> None:
    found = get(server, f"/search?query={query}")
    assert [(one["id"], one["mediaType"], one["title"]) for one in found["results"][:1]] == [
        (550, "movie", "Fight Club")
    ]
    assert found.keys() == {"page", "totalPages", "totalResults", "results"}


def test_a_search_finds_people(server: Overseerr) -> None:
    person = get(server, "/search?query=pitt")["results"][0]
    assert (person["mediaType"], person["knownFor"][0]["title"]) == ("person", "Fight Club")


def test_results_say_what_is_already_there(server: Overseerr) -> None:
    found = get(server, "/search?query=breaking")["results"][0]
    assert found["mediaInfo"]["status"] == MediaStatus.AVAILABLE
    assert {one["status"] for one in found["mediaInfo"]["seasons"]} == {MediaStatus.AVAILABLE}
    assert "mediaInfo" not in get(server, "/search?query=shawshank")["results"][0]


def test_the_same_number_is_a_film_and_a_series(server: Overseerr) -> None:
    server.set_media_status(90001, "tv", "PENDING")
    assert get(server, "/movie/90001")["mediaInfo"]["status"] == MediaStatus.AVAILABLE
    assert get(server, "/tv/90001")["mediaInfo"]["status"] == MediaStatus.PENDING


def test_with_tmdb_out_of_reach_a_search_is_merely_empty(server: Overseerr) -> None:
    server.control({"tmdb_down": True})
    assert get(server, "/search?query=fight")["results"] == []
    for path in ("/movie/550", "/tv/1396", "/discover/trending", "/genres/movie", "/person/819"):
        assert call(server, "GET", path).status_code == 500
    assert refusal(call(server, "GET", "/movie/550")) == (500, "Unable to retrieve movie.")
    for path in ("/request", "/user", "/issue", "/status", "/request/count"):
        assert call(server, "GET", path).status_code == 200
    assert wish(server).status_code == 500


def test_an_unknown_title_is_500_and_not_404(server: Overseerr) -> None:
    assert refusal(call(server, "GET", "/movie/999999")) == (500, "Unable to retrieve movie.")
    assert refusal(call(server, "GET", "/tv/550")) == (500, "Unable to retrieve series.")
    assert call(server, "GET", "/tv/1396/season/9").status_code == 500


def test_everybody_sees_who_asked_and_their_address(server: Overseerr) -> None:
    wished(server, by="ben")
    info = get(server, "/movie/278", by="anna")["mediaInfo"]
    asked_by = info["requests"][0]["requestedBy"]
    assert (asked_by["email"], asked_by["plexId"]) == ("ben@nest.example", 1002)
    assert "email" not in get(server, "/user/2", by="anna")


@pytest.mark.parametrize("version", VERSIONS)
def test_addresses_in_the_list_of_people_are_for_managers(server: Overseerr) -> None:
    seen = get(server, "/user", by="ben")["results"]
    assert [one["displayName"] for one in seen] == ["olive", "ben", "anna"]
    assert not {"email", "plexId"} & seen[0].keys()
    assert get(server, "/user")["results"][1]["plexId"] == 1002
    server.permit("ben", Permission.REQUEST | Permission.MANAGE_USERS)
    assert get(server, "/user", by="ben")["results"][0]["email"] == "olive@nest.example"


def test_people_come_in_pages_and_are_searched(server: Overseerr) -> None:
    page = get(server, "/user?take=2&skip=2")
    assert page["pageInfo"] == {"pages": 2, "pageSize": 2, "results": 3, "page": 2}
    assert [one["displayName"] for one in page["results"]] == ["anna"]
    assert [one["id"] for one in get(server, "/user?q=BEN")["results"]] == [2]
    assert [one["id"] for one in get(server, "/user?includeIds=1%2C3")["results"]] == [1, 3]
    wished(server, by="anna")
    assert get(server, "/user?sort=requests")["results"][0]["requestCount"] == 1
    assert refusal(call(server, "GET", "/user/99")) == (404, "User not found.")


def imported(server: Overseerr, *ids: object) -> httpx2.Response:
    return call(server, "POST", "/user/import-from-plex", {"plexIds": list(ids)})


def test_an_import_gives_only_those_who_are_new(server: Overseerr) -> None:
    assert imported(server, "1002").json() == []
    answer = imported(server, "1002", "1004")
    assert (answer.status_code, [one["plexUsername"] for one in answer.json()]) == (201, ["carl"])


def test_an_import_passes_over_those_without_address_or_access(server: Overseerr) -> None:
    assert imported(server, "1005", "1006", "1007").json() == []
    assert [one["plexId"] for one in call(server, "POST", "/user/import-from-plex").json()] == [1004]


def test_an_import_takes_plex_numbers_as_text_only(server: Overseerr) -> None:
    assert refusal(imported(server, 1004)) == (400, "request/body/plexIds must be string")


def test_an_import_needs_permission_and_plex_tv(server: Overseerr) -> None:
    answer = call(server, "POST", "/user/import-from-plex", {}, by="ben")
    assert (answer.status_code, answer.json()["status"]) == (403, 403)
    server.control({"plextv_down": True})
    assert imported(server, "1004").status_code == 500


def test_a_local_account_is_made_once(server: Overseerr) -> None:
    body = {"email": "mia@home.example", "username": "Mia", "password": "long-enough"}
    answer = call(server, "POST", "/user", body)
    assert (answer.status_code, answer.json()["userType"], answer.json()["plexId"]) == (201, 2, None)
    assert refusal(call(server, "POST", "/user", body)) == (409, "USER_EXISTS")
    assert call(server, "POST", "/user", {"email": "other@home.example"}).status_code == 500


def test_protection_against_forgery_lets_no_key_write(server: Overseerr) -> None:
    server.control({"csrf": True})
    assert get(server, "/request")["results"] == []
    assert refusal(wish(server)) == (403, "invalid csrf token")
    assert call(server, "DELETE", "/request/1").status_code == 403


def test_what_only_administrators_see(server: Overseerr) -> None:
    assert get(server, "/settings/about")["totalMediaItems"] == len(server.media)
    assert call(server, "GET", "/settings/about", by="ben").status_code == 403


@pytest.mark.parametrize(
    ("path", "first"),
    [
        ("/discover/movies?genre=18&sortBy=vote_average.desc", 278),
        ("/discover/movies/genre/18", None),
        ("/discover/tv?watchRegion=DE&watchProviders=8", 1396),
        ("/discover/movies/upcoming", None),
        ("/discover/tv/genre/18", None),
        ("/discover/movies/language/en", None),
        ("/discover/trending", None),
        ("/movie/550/recommendations", None),
        ("/tv/1396/similar", None),
    ],
)
def test_lists_come_in_pages_of_twenty(server: Overseerr, path: str, first: int | None) -> None:
    found = get(server, path)
    assert found["results"]
    assert len(found["results"]) <= 20
    assert found["totalResults"] >= len(found["results"])
    assert first is None or found["results"][0]["id"] == first


def test_genres_people_collections_and_providers(server: Overseerr) -> None:
    assert {"id": 18, "name": "Drama"} in get(server, "/genres/tv")
    assert get(server, "/discover/genreslider/movie")[0].keys() == {"id", "name", "backdrops"}
    assert get(server, "/person/17419")["name"] == "Bryan Cranston"
    assert get(server, "/person/17419/combined_credits")["cast"][0]["name"] == "Breaking Bad"
    assert [one["id"] for one in get(server, "/collection/95001")["parts"]] == [90003, 91012, 91034]
    assert "Hafenkino" in {one["name"] for one in get(server, "/watchproviders/tv?watchRegion=DE")}
    assert call(server, "GET", "/watchproviders/tv").status_code == 400


@pytest.mark.parametrize(
    ("version", "good", "bad"),
    [("1.34.0", "t/p", "tmdb/t/p"), ("2.7.3", "tmdb/t/p", "t/p"), ("3.1.0", "tmdb/t/p", "t/p")],
)
def test_pictures_need_no_key_and_moved(server: Overseerr, good: str, bad: str) -> None:
    path = get(server, "/movie/550")["posterPath"]

    def picture(prefix: str) -> httpx2.Response:
        return httpx2.get(f"{server.url}/imageproxy/{prefix}/w92{path}", trust_env=False, verify=False)

    assert (picture(good).status_code, picture(good).headers["Content-Type"]) == (200, "image/png")
    assert picture(bad).status_code == 400


def test_other_pages_send_people_to_sign_in(server: Overseerr) -> None:
    answer = httpx2.get(f"{server.url}/requests", trust_env=False, verify=False)
    assert (answer.status_code, answer.headers["Location"]) == (307, "/login")
    assert "Seerr" in httpx2.get(f"{server.url}/login", trust_env=False, verify=False).text


def test_problems_are_reported_discussed_and_resolved(server: Overseerr) -> None:
    media_id = get(server, "/movie/550")["mediaInfo"]["id"]
    body = {"issueType": 2, "message": "No sound", "mediaId": media_id}
    assert call(server, "POST", "/issue", body, by="ben").status_code == 403
    server.permit("ben", Permission.REQUEST | Permission.CREATE_ISSUES)
    made = call(server, "POST", "/issue", body, by="ben")
    assert (made.status_code, made.json()["createdBy"]["id"]) == (201, 2)
    assert refusal(call(server, "POST", "/issue", body | {"mediaId": 550})) == (404, "Media does not exist.")
    assert call(server, "POST", "/issue/1/comment", {"message": "Really"}, by="ben").status_code == 200
    assert get(server, "/issue/count") == {
        "total": 1, "video": 0, "audio": 1, "subtitles": 0, "others": 0, "open": 1, "closed": 0
    }  # fmt: skip
    assert call(server, "POST", "/issue/1/resolved").json()["status"] == 2
    assert get(server, "/issue")["results"] == []
    assert [len(one["comments"]) for one in get(server, "/issue?filter=all")["results"]] == [2]
    assert call(server, "POST", "/issue/1/nonsense").status_code == 400
    assert refusal(call(server, "GET", "/issue/9")) == (500, "Issue not found.")
    assert call(server, "DELETE", "/issue/1", by="ben").status_code == 401
    assert call(server, "DELETE", "/issue/1").status_code == 204


def test_a_hung_radarr_delays_the_list_and_is_named(server: Overseerr) -> None:
    assert get(server, "/request")["serviceErrors"] == {"radarr": [], "sonarr": []}
    server.control({"servarr_hung": True, "servarr_timeout": 0.3})
    begun = time.monotonic()
    assert get(server, "/request")["serviceErrors"]["radarr"] == [{"id": 0, "name": "Radarr"}]
    assert time.monotonic() - begun >= 0.3


@pytest.mark.parametrize(("version", "hangs"), [("1.34.0", False), ("2.7.3", True)])
def test_a_hung_radarr_in_older_versions(server: Overseerr, hangs: bool) -> None:
    server.control({"servarr_hung": True})
    if hangs:
        with pytest.raises(httpx2.TimeoutException):
            call(server, "GET", "/request", timeout=0.3)
    else:
        assert call(server, "GET", "/request", timeout=1).status_code == 200


def test_webhooks_are_set_over_the_api_and_tested(server: Overseerr) -> None:
    with Receiver() as receiver:
        options = {"webhookUrl": receiver.url, "authHeader": "Bearer hook"}
        body: dict[str, Any] = {"enabled": True, "types": 4, "options": options}
        told = call(server, "POST", "/settings/notifications/webhook", body).json()
        assert told["options"]["webhookUrl"] == receiver.url
        assert get(server, "/settings/notifications/webhook") == told
        call(server, "POST", "/settings/notifications/webhook/test", body)
        assert server.sent == []
        body["types"] = 4 | 32
        call(server, "POST", "/settings/notifications/webhook", body)
        assert call(server, "POST", "/settings/notifications/webhook/test", body).status_code == 204
        assert len(server.sent) == 1
        headers, told = receiver.received[0]
    assert headers["authorization"] == "Bearer hook"
    assert (told["notification_type"], told["request"], told["media"]) == ("TEST_NOTIFICATION", None, None)


def test_it_can_be_switched_and_controlled(server: Overseerr) -> None:
    server.turn(Mode.GARBAGE)
    assert b"not json" in bare(server, "/status").content
    server.turn(Mode.UP)
    made = wished(server)
    assert server.control({"set_media_status": [550, "movie", "DELETED"]})["requests"][0]["by"] == "ben"
    call(server, "POST", f"/request/{made['id']}/approve")
    assert server.control({"advance": made["id"]})["requests"][0]["media_status"] == "PROCESSING"
    assert server.control({"permit": ["ben", 0], "webhook": {"url": ""}})["users"] == 3
    assert wish(server, mediaId=90004).status_code == 403
    with pytest.raises(KeyError):
        server.control({"nonsense": 1})
    with pytest.raises(KeyError):
        server.control({"advance": 77})
