"""Requests for programs: as the pages do it, by session and by token, and nothing of others that pages do not show."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts import tokens
from accounts.models import Scope, User
from catalog.models import AgeLimit, MediaItem
from catalog.tests.rows import stored_title
from medianest.tests.people import SCOPE
from operations.jobs import promise
from operations.models import Job
from requests_app import promises
from requests_app.models import MediaRequest, RequestAllowance, RequestFollower
from requests_app.tests.rows import stored_film, stored_series
from requests_app.tests.test_lists import some
from requests_app.tests.test_pages import of
from sandbox.tmdb import Tmdb

LIST, ALL = "/api/v1/requests", "/api/v1/requests/all"


def by_token(user: User, scope: Scope) -> Client:
    text = tokens.make(user=user, name="Script", scopes=[scope], lasts=dt.timedelta(days=1)).text
    return Client(enforce_csrf_checks=True, headers={"authorization": f"Bearer {text}"})


def get(client: Client, address: str, *, status: int = 200) -> Any:
    answer = client.get(address)
    assert answer.status_code == status, answer.text
    return answer.json()


def post(client: Client, address: str, *, status: int = 200, **sent: Any) -> Any:
    answer = client.post(address, json.dumps(sent), content_type="application/json")
    assert answer.status_code == status, answer.text
    return answer.json()


def titles(told: dict[str, Any]) -> list[str]:
    return [one["title"] for one in told["requests"]]


# --- lists ----------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("sort", ["newest", "oldest", "title"])
def test_next_leads_through_all_of_a_list(sort: str, annas: Client, anna: User, ben: User) -> None:
    named, found = some(anna, 25), []
    of(ben, title="Not mine")
    address: str | None = f"{LIST}?sort={sort}&size=10"
    while address:
        told = get(annas, address)
        found += titles(told)
        address = told["next"]
    assert found == (named[::-1] if sort == "oldest" else named)


def test_a_request_is_told_as_pages_show_it(annas: Client, anna: User) -> None:
    item = MediaItem.objects.create(
        tmdb_id=1396, media_type="tv", title="Breaking Bad", poster_path="/p.jpg", release_date=dt.date(2008, 1, 20)
    )
    stored_series([1, 2], user=anna, media_item=item, status="declined", decline_reason="No room")
    (one,) = get(annas, LIST)["requests"]
    assert (one["title"], one["year"], one["status"], one["says"]) == ("Breaking Bad", 2008, "declined", "No room")
    assert one["seasons"] == [{"number": 1, "status": "wanted"}, {"number": 2, "status": "wanted"}]
    assert one["poster"]["src"] == "/pictures/tmdb/w342/p.jpg"
    assert (one["is_mine"], one["for"], one["is_open"]) == (True, None, False)


def test_a_list_is_narrowed_and_counted(annas: Client, anna: User) -> None:
    of(anna, title="Waiting One")
    of(anna, title="Declined One", status="declined", decline_reason="No")
    assert titles(get(annas, f"{LIST}?status=declined")) == ["Declined One"]
    told = get(annas, f"{LIST}?q=waiting&status=open")
    assert titles(told) == ["Waiting One"]
    assert (told["counts"]["open"], told["counts"]["declined"], told["next"]) == (1, 1, None)


@pytest.mark.parametrize("query", ["status=nonsense", "sort=colour", "size=0", "size=5000", "size=x"])
def test_what_a_list_cannot_be_asked_for_is_told(query: str, annas: Client) -> None:
    error = get(annas, f"{LIST}?{query}", status=422)["error"]
    assert list(error["fields"]) == [query.partition("=")[0]]


def test_everybodys_are_for_moderators_with_the_scope_for_it(
    annas: Client, anna: User, moderator: User, moderators: Client
) -> None:
    of(anna, title="Hers")
    assert get(annas, ALL, status=403)["error"]["code"] == "forbidden"
    assert get(by_token(moderator, Scope.WRITE), ALL, status=403)["error"]["code"] == "missing_scope"
    for client in (moderators, by_token(moderator, Scope.ADMIN)):
        (one,) = get(client, ALL)["requests"]
        assert (one["title"], one["for"], one["is_mine"]) == ("Hers", "Anna", False)


@pytest.mark.parametrize("rows", [1, 30])
@pytest.mark.parametrize("address", [LIST, ALL])
def test_a_list_costs_the_same_however_long(
    address: str,
    rows: int,
    moderators: Client,
    moderator: User,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for _ in range(rows):
        of(moderator)
    get(moderators, address)
    with django_assert_max_num_queries(8 + SCOPE):
        get(moderators, f"{address}?size=30")


def test_nobodys_address_or_number_at_plex_is_told(moderators: Client, anna: User, ben: User) -> None:
    for person, number in ((anna, 7654321), (ben, 8765432)):
        person.email, person.plex_id = f"{person.username}@secret.example", number
        person.plex_username = f"plex-{person.username}"
        person.save()
    wish = of(anna, note="please")
    RequestFollower.objects.create(request=wish, user=ben)
    for address in (LIST, ALL, f"{LIST}/{wish.pk}"):
        text = json.dumps(get(moderators, address))
        for secret in ("secret.example", "7654321", "8765432", "plex-anna", str(anna.pk), str(ben.pk)):
            assert secret not in text, address


# --- one ------------------------------------------------------------------------------------------------------------------
def test_one_request_tells_its_story_and_what_may_be_done(
    annas: Client, anna: User, bens: Client, moderator: User
) -> None:
    wish = of(anna, note="the long cut")
    staff = by_token(moderator, Scope.ADMIN)
    assert post(staff, f"{LIST}/{wish.pk}/decline", reason="There is a better one")["status"] == "declined"
    told = get(annas, f"{LIST}/{wish.pk}")
    assert (told["note"], told["says"]) == ("the long cut", "There is a better one")
    assert [(step["what"], step["by"]) for step in told["story"]] == [("declined", "Mona")]
    assert told["may"] == []
    assert "approve" in get(staff, f"{LIST}/{wish.pk}")["may"]
    assert get(bens, f"{LIST}/{wish.pk}", status=404)["error"]["code"] == "not_found"


def test_a_moderators_token_without_the_scope_sees_and_decides_nobodys(anna: User, moderator: User) -> None:
    others, own = of(anna), of(moderator)
    client = by_token(moderator, Scope.WRITE)
    get(client, f"{LIST}/{others.pk}", status=404)
    post(client, f"{LIST}/{others.pk}/approve", status=404)
    assert post(client, f"{LIST}/{own.pk}/approve", status=403)["error"]["code"] == "missing_scope"
    assert not MediaRequest.objects.exclude(status="pending").exists()


@pytest.mark.parametrize("doing", ["approve", "decline", "there"])
def test_viewers_decide_nothing(doing: str, annas: Client, anna: User) -> None:
    wish = of(anna)
    assert post(annas, f"{LIST}/{wish.pk}/{doing}", status=403, reason="x")["error"]["code"] == "forbidden"
    wish.refresh_from_db()
    assert wish.status == "pending"


def test_what_cannot_be_done_says_why_and_how_it_is_meant(annas: Client, anna: User, moderators: Client) -> None:
    fetched = of(anna, status="processing")
    assert "fetched already" in post(annas, f"{LIST}/{fetched.pk}/cancel", status=409)["error"]["message"]
    declined = of(anna, status="declined", decline_reason="No")
    assert "you cannot" in post(annas, f"{LIST}/{declined.pk}/take-up", status=403)["error"]["message"]
    wish = of(anna)
    assert "Say why" in post(moderators, f"{LIST}/{wish.pk}/decline", status=422)["error"]["message"]
    assert post(moderators, f"{LIST}/{wish.pk}/approve", status=422, seasons="1")["error"]["fields"]["seasons"]
    post(annas, f"{LIST}/{wish.pk}/fly", status=404)


def test_one_calls_off_and_takes_up_again(annas: Client, anna: User) -> None:
    wish = of(anna)
    assert post(annas, f"{LIST}/{wish.pk}/cancel")["status"] == "cancelled"
    assert post(annas, f"{LIST}/{wish.pk}/take-up")["status"] == "pending"


def test_seasons_are_taken_away_on_approval(moderators: Client, anna: User) -> None:
    item = MediaItem.objects.create(tmdb_id=1396, media_type="tv", title="Breaking Bad")
    wish = stored_series([1, 2], user=anna, media_item=item)
    told = post(moderators, f"{LIST}/{wish.pk}/approve", seasons=[2])
    assert [one["number"] for one in told["seasons"]] == [2]


# --- asking ---------------------------------------------------------------------------------------------------------------
def test_a_film_that_nobody_looked_at_is_asked_for(anna: User, bens: Client, tmdb: Tmdb) -> None:
    told = post(by_token(anna, Scope.WRITE), LIST, status=201, media_type="movie", tmdb_id=550, note="the long cut")
    assert (told["request"]["title"], told["request"]["status"]) == ("Fight Club", "pending")
    joined = post(bens, LIST, media_type="movie", tmdb_id=550)
    assert joined["request"] is None
    assert joined["followed"] == [told["request"]["id"]]
    assert "Anna" not in json.dumps(joined)
    again = post(by_token(anna, Scope.WRITE), LIST, status=409, media_type="movie", tmdb_id=550)
    assert "already" in again["error"]["message"]


def test_seasons_are_asked_for(annas: Client, tmdb: Tmdb) -> None:
    told = post(annas, LIST, status=201, media_type="tv", tmdb_id=1396, seasons=[1, 2])
    assert [one["number"] for one in told["request"]["seasons"]] == [1, 2]
    assert post(annas, LIST, status=422, media_type="tv", tmdb_id=1396, seasons=[99])["error"]["fields"]["seasons"]
    assert "at least one season" in post(annas, LIST, status=422, media_type="tv", tmdb_id=1396)["error"]["message"]


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({}, "media_type"),
        ({"media_type": "game"}, "media_type"),
        ({"media_type": "movie"}, "tmdb_id"),
        ({"media_type": "movie", "tmdb_id": "x"}, "tmdb_id"),
        ({"media_type": "movie", "tmdb_id": 99_999_999_999}, "tmdb_id"),
        ({"media_type": "book"}, "title"),
    ],
)
def test_what_is_not_said_well_names_its_field(sent: dict[str, Any], field: str, annas: Client) -> None:
    assert field in post(annas, LIST, status=422, **sent)["error"]["fields"]


def test_a_read_token_asks_for_nothing_and_a_session_needs_its_proof(anna: User) -> None:
    assert post(by_token(anna, Scope.READ), LIST, status=403)["error"]["code"] == "missing_scope"
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(anna)
    sent = {"media_type": "book", "title": "Sea Room"}
    assert post(browser, LIST, status=403, **sent)["error"]["code"] == "forgery"
    assert not MediaRequest.objects.exists()


def test_quotas_ages_and_limits_hold_here_too(annas: Client, anna: User, tmdb: Tmdb, settings: Any) -> None:
    RequestAllowance.objects.create(role="USER", film_quota=0)
    assert "are left" in post(annas, LIST, status=403, media_type="movie", tmdb_id=550)["error"]["message"]
    RequestAllowance.objects.all().delete()
    settings.LIMIT_REQUESTS_PER_HOUR = 1
    post(annas, LIST, status=201, media_type="book", title="One")
    refused = annas.post(LIST, {"media_type": "book", "title": "Two"}, content_type="application/json")
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0
    AgeLimit.objects.create(user=anna, years=6, sees_unrated=False)
    assert "not open to you" in post(annas, LIST, status=403, media_type="movie", tmdb_id=550)["error"]["message"]


def test_only_moderators_ask_for_somebody_else(annas: Client, anna: User, moderators: Client, tmdb: Tmdb) -> None:
    sent = {"media_type": "movie", "tmdb_id": 550}
    post(annas, LIST, status=403, **sent, **{"for": "ben"})
    post(moderators, LIST, status=422, **sent, **{"for": "nobody"})
    post(moderators, LIST, status=201, **sent, **{"for": "Anna"})
    assert MediaRequest.objects.get().user == anna


def test_a_title_that_is_none_is_404(annas: Client, tmdb: Tmdb) -> None:
    assert post(annas, LIST, status=404, media_type="movie", tmdb_id=2_000_000_000)["error"]["code"] == "not_found"


def test_while_nobody_can_tell_of_titles_it_is_503(annas: Client, anna: User) -> None:
    error = post(annas, LIST, status=503, media_type="movie", tmdb_id=550)["error"]
    assert error["code"] == "away"
    stored_film(user=anna, media_item=stored_title())
    assert get(annas, LIST)["requests"], "lists need nobody"


# --- what makes no sense ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("note", ["\ud800", "half \udfff a letter"])
def test_half_a_letter_is_no_json(note: str, annas: Client) -> None:
    error = post(annas, LIST, status=400, media_type="book", title="Sea Room", note=note)["error"]
    assert error["code"] == "bad_request"
    assert not MediaRequest.objects.exists()


@pytest.mark.parametrize("seasons", ["[" * 30_000, "1" * 6_000, "[1,", {"1": 1}, [1.5], [True], [10_000]])
def test_what_is_no_list_of_seasons_is_told(seasons: Any, moderators: Client, anna: User) -> None:
    wish = of(anna)
    error = post(moderators, f"{LIST}/{wish.pk}/approve", status=422, seasons=seasons)["error"]
    assert list(error["fields"]) == ["seasons"]


def test_the_longest_titles_hinder_no_paging(annas: Client, anna: User) -> None:
    named = [letter * 300 for letter in "\u3042\u3044\u3046"]
    for title in named:
        of(anna, title=title)
    found: list[str] = []
    address: str | None = f"{LIST}?sort=title&size=1"
    while address and len(found) < 5:
        told = get(annas, address)
        found += titles(told)
        address = told["next"]
    assert sorted(found) == sorted(named)


def test_why_it_waits_is_told_to_moderators_alone(annas: Client, anna: User, moderators: Client) -> None:
    waiting = of(anna, status="approved")
    job = promise(promises.HAND_OVER, key=promises.hand_over_key(waiting.pk), args={})
    Job.objects.filter(pk=job.pk).update(error_text="Overseerr does not answer.")
    assert get(annas, f"{LIST}/{waiting.pk}")["waits_for"] is None
    assert get(moderators, f"{LIST}/{waiting.pk}")["waits_for"] == "Overseerr does not answer."


def test_calling_off_what_somebody_follows_passes_it_on(annas: Client, bens: Client, anna: User, ben: User) -> None:
    wish = of(anna)
    RequestFollower.objects.create(request=wish, user=ben)
    assert post(annas, f"{LIST}/{wish.pk}/cancel") == {"id": str(wish.pk), "left": True}
    assert get(bens, f"{LIST}/{wish.pk}")["is_mine"]
