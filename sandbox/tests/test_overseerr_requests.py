"""Requests at the simulated Overseerr: made, refused, decided, fulfilled and told about."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from sandbox.overseerr import MediaStatus, Overseerr, Permission, RequestStatus
from sandbox.tests.overseerr_client import call, get, refusal, wish, wished
from sandbox.tests.receiver import Receiver

VERSIONS = ("1.34.0", "2.7.3", "3.1.0")
SERIES: dict[str, Any] = {"mediaType": "tv", "mediaId": 92003}  # Quarry, three seasons, not in the library


@pytest.fixture
def version() -> str:
    return "3.1.0"


@pytest.fixture
def server(version: str) -> Iterator[Overseerr]:
    started = Overseerr(version=version)
    started.start()
    yield started
    started.stop()


@pytest.mark.parametrize("version", VERSIONS)
def test_a_request_waits_for_approval(server: Overseerr) -> None:
    made = wished(server)
    assert (made["status"], made["type"], made["is4k"]) == (RequestStatus.PENDING, "movie", False)
    assert (made["media"]["tmdbId"], made["media"]["status"]) == (278, MediaStatus.PENDING)
    assert made["modifiedBy"] is None
    assert made["requestedBy"]["email"] == "ben@nest.example"
    assert [one.status for one in server.requests] == [RequestStatus.PENDING]


def test_fields_nobody_described_are_passed_over(server: Overseerr) -> None:
    assert wish(server, nonsense=1).status_code == 201


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"mediaType": "movie"}, "request/body must have required property 'mediaId'"),
        ({"mediaType": "song", "mediaId": 1}, "request/body/mediaType must be equal to one of the allowed values"),
        ({"mediaType": "movie", "mediaId": "278"}, "request/body/mediaId must be number"),
        ({"mediaType": "movie", "mediaId": 278, "is4k": "no"}, "request/body/is4k must be boolean"),
        ({"mediaType": "tv", "mediaId": 1396, "seasons": "some"}, "request/body/seasons must be array"),
    ],
)
def test_a_badly_formed_request_is_400_with_errors(server: Overseerr, body: dict[str, Any], message: str) -> None:
    answer = call(server, "POST", "/request", body)
    status, told = refusal(answer)
    assert (status, told.startswith(message)) == (400, True)
    assert answer.json()["errors"][0]["path"].startswith("/body/")


def test_a_body_of_another_kind_is_415(server: Overseerr) -> None:
    answer = call(server, "POST", "/request", content=b"mediaType=movie", headers={"Content-Type": "text/plain"})
    assert answer.status_code == 415


@pytest.mark.parametrize("version", VERSIONS)
def test_the_same_film_twice_is_409(server: Overseerr) -> None:
    wished(server)
    assert refusal(wish(server, by="anna")) == (409, "Request for this media already exists.")
    assert len(server.requests) == 1


@pytest.mark.parametrize("version", VERSIONS)
def test_leaving_out_is4k_switches_the_check_for_duplicates_off(server: Overseerr) -> None:
    body = {"mediaType": "movie", "mediaId": 278}
    answers = [call(server, "POST", "/request", body, by="ben").status_code for _ in range(3)]
    assert answers == [201, 201, 201]
    series = {"mediaType": "tv", "mediaId": 92003, "seasons": [1]}
    assert [call(server, "POST", "/request", series, by="ben").status_code for _ in range(2)] == [201, 201]
    assert refusal(wish(server)) == (409, "Request for this media already exists.")


def test_a_declined_film_may_be_asked_for_again(server: Overseerr) -> None:
    made = wished(server)
    assert call(server, "POST", f"/request/{made['id']}/decline").json()["status"] == RequestStatus.DECLINED
    assert get(server, "/movie/278")["mediaInfo"]["status"] == MediaStatus.UNKNOWN
    assert wish(server).status_code == 201


@pytest.mark.parametrize(("version", "again"), [("1.34.0", 409), ("2.7.3", 201), ("3.1.0", 201)])
def test_an_available_film_may_be_asked_for_again_only_in_newer_versions(server: Overseerr, again: int) -> None:
    made = wished(server)
    call(server, "POST", f"/request/{made['id']}/approve")
    server.set_media_status(278, "movie", "AVAILABLE")
    assert wish(server, by="anna").status_code == again


def test_an_own_automatic_request_is_409_with_other_words(server: Overseerr) -> None:
    wished(server, **SERIES, seasons=[1])
    server.requests[0].is_auto = True
    assert refusal(wish(server, **SERIES, seasons=[2])) == (
        409,
        "Auto-request for this media and user already exists.",
    )


def test_many_at_once_make_duplicates(server: Overseerr) -> None:
    server.control({"race_window": 0.3})
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: wish(server).status_code, range(8)))
    assert answers.count(201) > 1
    assert len({one.media.media_id for one in server.requests}) > 1


@pytest.mark.parametrize("version", VERSIONS)
def test_a_refusal_of_seasons_is_202(server: Overseerr) -> None:
    made = wished(server, **SERIES, seasons=[1, 2])
    assert [season["seasonNumber"] for season in made["seasons"]] == [1, 2]
    for seasons in ([1, 2], [2], []):
        answer = wish(server, by="anna", **SERIES, seasons=seasons)
        assert refusal(answer) == (202, "No seasons available to request")
        assert "id" not in answer.json()
    rest = wished(server, by="anna", **SERIES, seasons="all")
    assert [season["seasonNumber"] for season in rest["seasons"]] == [3]


def test_seasons_that_are_there_are_refused_too(server: Overseerr) -> None:
    assert wish(server, mediaType="tv", mediaId=1396, seasons="all").status_code == 202


def test_a_season_that_does_not_exist_is_accepted(server: Overseerr) -> None:
    assert wished(server, **SERIES, seasons=[99])["seasons"][0]["seasonNumber"] == 99


def test_a_series_without_seasons_is_500(server: Overseerr) -> None:
    assert refusal(wish(server, **SERIES)) == (500, "Cannot read properties of undefined (reading 'filter')")


def test_a_title_tmdb_does_not_know_is_500(server: Overseerr) -> None:
    status, message = refusal(wish(server, mediaId=999999))
    assert (status, message.startswith("[TMDB] Failed to fetch movie details:")) == (500, True)


def test_missing_permission_is_403_in_words(server: Overseerr) -> None:
    server.permit("ben", 0)
    assert refusal(wish(server)) == (403, "You do not have permission to make movie requests.")
    assert refusal(wish(server, **SERIES, seasons=[1])) == (403, "You do not have permission to make series requests.")
    server.permit("ben", Permission.REQUEST_MOVIE)
    assert wish(server).status_code == 201
    assert refusal(wish(server, is4k=True)) == (403, "You do not have permission to make 4K movie requests.")


def test_a_used_up_quota_is_403_in_words(server: Overseerr) -> None:
    server.control({"default_movie_quota": 1, "default_tv_quota": 2})
    assert get(server, "/user/2/quota", by="ben")["movie"] == {
        "days": 7, "limit": 1, "used": 0, "remaining": 1, "restricted": False
    }  # fmt: skip
    made = wished(server)
    assert get(server, "/user/2/quota", by="ben")["movie"]["restricted"] is True
    assert refusal(wish(server, mediaId=90004)) == (403, "Movie Quota exceeded.")
    assert refusal(wish(server, **SERIES, seasons="all")) == (403, "Series Quota exceeded.")
    assert wish(server, **SERIES, seasons=[1, 2]).status_code == 201
    call(server, "POST", f"/request/{made['id']}/decline")
    assert wish(server, mediaId=90004).status_code == 201


def test_who_manages_users_has_no_quota(server: Overseerr) -> None:
    server.control({"default_movie_quota": 1})
    assert (
        get(server, "/user/1/quota")["movie"] | {"limit": 0, "restricted": False}
        == get(server, "/user/1/quota")["movie"]
    )
    assert refusal(call(server, "GET", "/user/1/quota", by="ben")) == (
        403,
        "You do not have permission to view this user's request limits.",
    )


def test_on_behalf_of_another_the_caller_decides_the_approval(server: Overseerr) -> None:
    made = wished(server, by="", userId=2)
    assert (made["requestedBy"]["id"], made["status"], made["modifiedBy"]["id"]) == (2, RequestStatus.APPROVED, 1)
    assert made["media"]["status"] == MediaStatus.PENDING
    assert wished(server, by="ben", mediaId=90004)["status"] == RequestStatus.PENDING
    assert refusal(wish(server, by="ben", mediaId=90007, userId=3)) == (
        403,
        "You do not have permission to modify the request user.",
    )


def test_on_behalf_of_another_quota_and_permission_are_theirs(server: Overseerr) -> None:
    server.permit("ben", 0)
    assert refusal(wish(server, by="", userId=2)) == (403, "You do not have permission to make movie requests.")


def test_some_are_approved_by_themselves(server: Overseerr) -> None:
    server.permit("anna", Permission.REQUEST | Permission.AUTO_APPROVE_MOVIE)
    assert wished(server, by="anna")["status"] == RequestStatus.APPROVED
    assert wished(server, by="anna", **SERIES, seasons=[1])["status"] == RequestStatus.PENDING


@pytest.mark.parametrize(
    ("version", "path", "message"),
    [("2.7.3", "/blacklist", "This media is blacklisted."), ("3.1.0", "/blocklist", "This media is blocklisted.")],
)
def test_blocked_titles_are_403_in_words(server: Overseerr, path: str, message: str) -> None:
    body = {"tmdbId": 278, "mediaType": "movie", "title": "The Shawshank Redemption"}
    assert call(server, "POST", path, body).status_code == 201
    assert call(server, "POST", path, body).status_code == 412
    assert refusal(wish(server)) == (403, message)
    assert get(server, path)["results"][0]["tmdbId"] == 278
    assert call(server, "DELETE", f"{path}/278").status_code == 204
    assert wish(server).status_code == 201


def some(server: Overseerr) -> list[int]:
    """Ben's film, Anna's film, Ben's series."""
    return [
        wished(server)["id"],
        wished(server, by="anna", mediaId=90004)["id"],
        wished(server, **SERIES, seasons=[1, 2])["id"],
    ]


def listed(server: Overseerr, query: str = "", by: str = "") -> list[int]:
    return [one["id"] for one in get(server, f"/request{query}", by=by)["results"]]


@pytest.mark.parametrize("version", VERSIONS)
def test_the_list_has_neither_titles_nor_pictures(server: Overseerr, version: str) -> None:
    some(server)
    page = get(server, "/request?take=2")
    assert page["pageInfo"] == {"pages": 2, "pageSize": 2, "results": 3, "page": 1}
    one = page["results"][0]
    assert not {"title", "name", "posterPath"} & (one.keys() | one["media"].keys())
    assert one["requestedBy"]["email"] == "ben@nest.example"
    assert one["seasonCount"] == 2
    assert ("canRemove" in one) is (version[0] >= "2")
    assert ("serviceErrors" in page) is (version[0] >= "3")


def test_the_list_is_sorted_filtered_and_cut(server: Overseerr) -> None:
    first, second, third = some(server)
    call(server, "POST", f"/request/{first}/approve")
    assert listed(server) == [third, second, first]
    assert listed(server, "?sort=modified") == [first, third, second]
    assert listed(server, "?sortDirection=asc&take=1&skip=1") == [second]
    assert listed(server, "?mediaType=tv") == [third]
    assert listed(server, "?requestedBy=3") == [second]
    assert listed(server, "?filter=pending") == [third, second]
    assert listed(server, "?filter=approved") == listed(server, "?filter=processing") == [first]
    assert listed(server, "?filter=unavailable") == [third, second, first]


def test_a_page_has_no_largest_size_and_minus_one_is_all(server: Overseerr) -> None:
    some(server)
    assert len(listed(server, "?take=100000")) == 3
    assert len(listed(server, "?take=-1")) == 3


def test_one_sees_only_ones_own(server: Overseerr) -> None:
    first, second, _ = some(server)
    assert listed(server, by="anna") == [second]
    assert refusal(call(server, "GET", "/request?requestedBy=2", by="anna")) == (
        403,
        "You do not have permission to view this user's requests.",
    )
    assert call(server, "GET", f"/request/{first}", by="anna").status_code == 403
    assert call(server, "GET", "/user/2/requests", by="anna").status_code == 403
    assert len(get(server, "/user/2/requests", by="ben")["results"]) == 2
    server.permit("anna", Permission.REQUEST | Permission.REQUEST_VIEW)
    assert len(listed(server, by="anna")) == 3
    assert refusal(call(server, "GET", "/request/99")) == (404, "Request not found.")


def test_deciding_is_for_managers_and_repeatable(server: Overseerr) -> None:
    made = wished(server)["id"]
    answer = call(server, "POST", f"/request/{made}/approve", by="ben")
    assert (answer.status_code, answer.json()["status"]) == (403, 403)
    for _ in range(2):
        answer = call(server, "POST", f"/request/{made}/approve")
        assert (answer.status_code, answer.json()["status"]) == (200, RequestStatus.APPROVED)
    assert answer.json()["modifiedBy"]["id"] == 1
    assert call(server, "POST", f"/request/{made}/pending").status_code == 400
    assert call(server, "POST", "/request/99/approve").status_code == 404


def test_a_failed_request_is_tried_again(server: Overseerr) -> None:
    made = wished(server)["id"]
    call(server, "POST", f"/request/{made}/approve")
    server.fail(made)
    assert listed(server, "?filter=failed") == [made]
    assert call(server, "POST", f"/request/{made}/retry").json()["status"] == RequestStatus.APPROVED


def test_changing_a_request(server: Overseerr) -> None:
    made = wished(server, **SERIES, seasons=[1])["id"]
    changed = call(server, "PUT", f"/request/{made}", {"mediaType": "tv", "seasons": [2, 3]}, by="ben")
    assert [one["seasonNumber"] for one in changed.json()["seasons"]] == [2, 3]
    assert call(server, "PUT", f"/request/{made}", {"mediaType": "tv"}).status_code == 500
    assert call(server, "PUT", f"/request/{made}", {"mediaType": "tv", "seasons": [1]}, by="anna").status_code == 403
    assert refusal(call(server, "PUT", "/request/99", {"mediaType": "tv", "seasons": [1]})) == (
        404,
        "Request not found.",
    )


def test_anybody_may_delete_what_is_pending(server: Overseerr) -> None:
    first, second, _ = some(server)
    assert call(server, "DELETE", f"/request/{first}", by="anna").status_code == 204
    call(server, "POST", f"/request/{second}/approve")
    assert refusal(call(server, "DELETE", f"/request/{second}", by="ben")) == (
        401,
        "You do not have permission to delete this request.",
    )
    assert call(server, "DELETE", f"/request/{first}").status_code == 404
    assert get(server, "/movie/278")["mediaInfo"]["status"] == MediaStatus.UNKNOWN
    assert wished(server)["id"] > 3


@pytest.mark.parametrize("version", VERSIONS)
def test_counts(server: Overseerr, version: str) -> None:
    first, second, _ = some(server)
    call(server, "POST", f"/request/{first}/approve")
    call(server, "POST", f"/request/{second}/decline")
    told = get(server, "/request/count")
    assert told | {"total": 3, "movie": 2, "tv": 1, "pending": 1, "approved": 1, "declined": 1} == told
    assert ("completed" in told) is (version[0] >= "2")


@pytest.mark.parametrize("version", VERSIONS)
def test_the_way_of_a_film(server: Overseerr, version: str) -> None:
    made = wished(server)["id"]
    with pytest.raises(ValueError, match="PENDING"):
        server.advance(made)
    call(server, "POST", f"/request/{made}/approve")
    assert server.advance(made) == "PROCESSING"
    info = get(server, "/movie/278")["mediaInfo"]
    assert info["status"] == MediaStatus.PROCESSING
    assert info["downloadStatus"][0].keys() >= {"size", "sizeLeft", "timeLeft", "estimatedCompletionTime", "status"}
    assert server.advance(made) == server.advance(made) == "AVAILABLE"
    info = get(server, "/movie/278")["mediaInfo"]
    assert (info["status"], info["downloadStatus"]) == (MediaStatus.AVAILABLE, [])
    assert info["ratingKey"]
    expected = RequestStatus.APPROVED if version[0] == "1" else RequestStatus.COMPLETED
    assert get(server, f"/request/{made}")["status"] == expected
    assert listed(server, "?filter=available") == [made]


@pytest.mark.parametrize("version", VERSIONS)
def test_the_way_of_a_series(server: Overseerr) -> None:
    made = wished(server, **SERIES, seasons="all")["id"]
    call(server, "POST", f"/request/{made}/approve")
    steps = [server.advance(made) for _ in range(3)]
    assert steps == ["PROCESSING", "PARTIALLY_AVAILABLE", "AVAILABLE"]
    assert {one["status"] for one in get(server, "/tv/92003")["mediaInfo"]["seasons"]} == {MediaStatus.AVAILABLE}


def test_a_series_of_which_one_season_was_wanted_stays_partly_there(server: Overseerr) -> None:
    made = wished(server, **SERIES, seasons=[2])["id"]
    call(server, "POST", f"/request/{made}/approve")
    assert [server.advance(made) for _ in range(3)] == ["PROCESSING", "PARTIALLY_AVAILABLE", "PARTIALLY_AVAILABLE"]
    assert get(server, f"/request/{made}")["status"] == RequestStatus.COMPLETED
    rest = wished(server, **SERIES, seasons="all")
    assert [one["seasonNumber"] for one in rest["seasons"]] == [1, 3]


@pytest.mark.parametrize("version", VERSIONS)
def test_an_administrator_enters_the_status(server: Overseerr, version: str) -> None:
    made = wished(server)
    call(server, "POST", f"/request/{made['id']}/approve")
    media = made["media"]["id"]
    assert call(server, "POST", f"/media/{media}/available", by="ben").status_code == 403
    assert call(server, "POST", f"/media/{media}/available").json()["status"] == MediaStatus.AVAILABLE
    assert call(server, "POST", f"/media/{media}/nonsense").status_code == 400
    deleted = call(server, "POST", f"/media/{media}/deleted").status_code
    assert deleted == (400 if version[0] == "1" else 200)
    assert get(server, "/media?filter=available")["pageInfo"]["results"] >= 8
    assert call(server, "DELETE", f"/media/{media}").status_code == 204
    assert server.requests == []


@pytest.mark.parametrize("version", VERSIONS)
def test_webhooks_say_everything_in_strings(server: Overseerr) -> None:
    with Receiver() as receiver:
        server.send_webhooks_to(receiver.url, "Bearer hook")
        made = wished(server, **SERIES, seasons=[1, 2, 3])["id"]
        call(server, "POST", f"/request/{made}/approve")
        for _ in range(3):
            server.advance(made)
        second = wished(server)["id"]
        call(server, "POST", f"/request/{second}/decline")
        wished(server, by="", mediaId=90004)
        assert [one.status for one in server.sent] == [200] * 6
        told = [body for _, body in receiver.received]
        assert receiver.received[0][0]["authorization"] == "Bearer hook"
    assert [one["notification_type"] for one in told] == [
        "MEDIA_PENDING",
        "MEDIA_APPROVED",
        "MEDIA_AVAILABLE",
        "MEDIA_PENDING",
        "MEDIA_DECLINED",
        "MEDIA_AUTO_APPROVED",
    ]
    first = told[0]
    assert first["subject"].startswith("Quarry (")
    assert first["request"]["request_id"] == str(made)
    assert first["request"]["requestedBy_email"] == "ben@nest.example"
    assert first["media"] | {"tmdbId": "92003", "media_type": "tv", "status": "PENDING"} == first["media"]
    assert first["extra"] == [{"name": "Requested Seasons", "value": "1, 2, 3"}]
    assert (first["issue"], first["comment"]) == (None, None)
    assert all(isinstance(value, str) for part in ("media", "request") for value in first[part].values())
    assert "1002" not in str(told)
    assert told[2]["media"]["status"] == "AVAILABLE"


def test_no_webhook_for_what_was_not_asked_for_or_only_partly_came(server: Overseerr) -> None:
    with Receiver() as receiver:
        server.send_webhooks_to(receiver.url)
        server.set_media_status(90004, "movie", "AVAILABLE")
        made = wished(server, **SERIES, seasons=[1, 2])["id"]
        server.control({"tmdb_down": True})
        call(server, "POST", f"/request/{made}/approve")
        server.control({"tmdb_down": False})
        server.advance(made)
        server.advance(made)
        call(server, "DELETE", f"/request/{made}")
        assert [one.body["notification_type"] for one in server.sent] == ["MEDIA_PENDING"]


def test_webhooks_of_reported_problems(server: Overseerr) -> None:
    with Receiver() as receiver:
        server.send_webhooks_to(receiver.url)
        media_id = get(server, "/movie/550")["mediaInfo"]["id"]
        call(server, "POST", "/issue", {"issueType": 1, "message": "Green picture", "mediaId": media_id})
        call(server, "POST", "/issue/1/comment", {"message": "Since yesterday"})
        call(server, "POST", "/issue/1/resolved")
        call(server, "POST", "/issue/1/open")
        assert [one.body["notification_type"] for one in server.sent] == [
            "ISSUE_CREATED",
            "ISSUE_COMMENT",
            "ISSUE_RESOLVED",
            "ISSUE_REOPENED",
        ]
        told = receiver.received[1][1]
    assert (told["issue"]["issue_id"], told["issue"]["issue_type"]) == ("1", "VIDEO")
    assert told["comment"]["comment_message"] == "Since yesterday"
    assert told["request"] is None
