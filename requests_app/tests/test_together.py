"""Asking for a whole collection: what the page says before, and what comes of it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from catalog.models import AgeLimit, MediaItem
from catalog.tests import shelves
from medianest.tests.people import SCOPE, browser_of
from operations.row_security import acting_as
from requests_app import together
from requests_app.models import ApprovalRule, MediaRequest, RequestAllowance, RequestFollower
from requests_app.tests.rows import stored_film
from sandbox.tmdb import Tmdb
from sandbox.tmdb.titles import COLLECTION_ID, COLLECTION_PARTS

pytestmark = pytest.mark.django_db
ADDRESS = f"/requests/collection/{COLLECTION_ID}"
FIRST, SECOND, THIRD = COLLECTION_PARTS


def page(client: Client, address: str = ADDRESS, *, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status
    return answer.text


def boxes(text: str) -> dict[int, str]:
    """The films' boxes: checked, disabled or free."""
    found = re.findall(r'name="films" value="(\d+)"( checked)?( disabled)?', text)
    return {int(number): (checked or disabled or "free").strip() for number, checked, disabled in found}


def post(client: Client, *numbers: int) -> str:
    answer = client.post(ADDRESS, {"films": list(numbers)}, follow=True)
    assert answer.status_code == 200
    return str(answer.text)


def test_a_whole_collection_is_asked_for_with_one_confirmation(annas: Client, anna: User, tmdb: Tmdb) -> None:
    assert f'href="{ADDRESS}"' in page(annas, f"/collection/{COLLECTION_ID}")
    before = page(annas)
    assert boxes(before) == dict.fromkeys(COLLECTION_PARTS, "checked")
    assert "<script" not in before.partition("<main")[2]
    assert not MediaRequest.objects.exists()

    after = post(annas, *COLLECTION_PARTS)
    assert "Asked for 3 films." in after
    assert f'href="{ADDRESS}"' not in after
    assert set(MediaRequest.objects.values_list("user", "tmdb_id")) == {(anna.pk, one) for one in COLLECTION_PARTS}
    assert set(boxes(page(annas)).values()) == {"disabled"}
    assert "Nothing is left to ask for" in page(annas)


def test_what_is_there_and_what_others_asked_for_is_said(annas: Client, anna: User, ben: User, tmdb: Tmdb) -> None:
    shelves.film(shelves.section(), FIRST)
    stored_film(user=ben, tmdb_id=SECOND)
    before = page(annas)
    assert boxes(before) == {FIRST: "disabled", SECOND: "checked", THIRD: "checked"}
    assert "in the library" in before
    assert "requested by Ben: you follow" in before

    after = post(annas, FIRST, SECOND, THIRD)
    assert "Asked for 1 film. You follow 1 film that somebody asked for before." in after
    assert "in the library already" in after
    assert RequestFollower.objects.get().user == anna


def test_the_quota_is_told_and_kept(annas: Client, anna: User, tmdb: Tmdb) -> None:
    RequestAllowance.objects.create(role="USER", film_quota=2)
    before = page(annas)
    assert boxes(before) == {FIRST: "checked", SECOND: "checked", THIRD: "free"}
    assert "Your quota does not reach for one of them." in before
    assert "2 of 2 films left in 7 days" in before

    after = post(annas, *COLLECTION_PARTS)
    assert "Asked for 2 films." in after
    assert "0 of them are left" in after
    assert MediaRequest.objects.count() == 2


def test_a_film_that_a_rule_refuses_hinders_no_other(annas: Client, anna: User, tmdb: Tmdb) -> None:
    page(annas)
    year = MediaItem.objects.get(tmdb_id=FIRST, media_type="movie").release_date
    assert year is not None
    ApprovalRule.objects.create(
        name="Not these", decision="refuse", reason="Too old.", year_from=year.year, year_to=year.year
    )
    after = post(annas, *COLLECTION_PARTS)
    assert "Too old." in after
    assert not MediaRequest.objects.filter(tmdb_id=FIRST).exists()
    assert MediaRequest.objects.filter(tmdb_id=THIRD).exists()


def test_asking_twice_changes_nothing(annas: Client, anna: User, tmdb: Tmdb) -> None:
    post(annas, *COLLECTION_PARTS)
    assert "You have asked for" in post(annas, *COLLECTION_PARTS)
    assert MediaRequest.objects.count() == 3


def test_nothing_and_strange_films_are_refused(annas: Client, anna: User, tmdb: Tmdb) -> None:
    empty: dict[str, Any] = {}
    for said in (empty, {"films": ["550"]}, {"films": ["x"]}):
        answer = annas.post(ADDRESS, said)
        assert answer.status_code == 422
        assert "Choose at least one film." in answer.text
    assert not MediaRequest.objects.exists()


def test_films_that_are_not_open_are_left_out(annas: Client, anna: User, tmdb: Tmdb) -> None:
    page(annas)
    MediaItem.objects.filter(tmdb_id=SECOND, media_type="movie").update(minimum_age=18)
    limit = AgeLimit.objects.create(user=anna, years=13)
    before = page(annas)
    assert set(boxes(before)) == {FIRST, THIRD}
    assert "One film is left out" in before
    assert annas.post(ADDRESS, {"films": [SECOND]}).status_code == 422
    AgeLimit.objects.filter(pk=limit.pk).update(years=0)
    page(annas, status=403)
    assert not MediaRequest.objects.exists()


def test_it_is_said_when_nobody_can_tell_and_a_collection_that_never_was_is_404(annas: Client, tmdb: Tmdb) -> None:
    page(annas, "/requests/collection/1", status=404)
    tmdb.turn("down")
    assert "Nothing is lost" in page(annas, status=503)


def test_strangers_are_asked_to_sign_in(stranger: Client) -> None:
    assert stranger.get(ADDRESS).status_code == 302


def test_two_who_ask_at_once_make_one_request_and_a_follower_of_each(anna: User, ben: User, tmdb: Tmdb) -> None:
    for user in (anna, ben):
        page(browser_of(user))
    items = list(MediaItem.objects.filter(tmdb_id__in=COLLECTION_PARTS))
    for user in (anna, ben):
        with acting_as(user):
            together.ask_for_all(user=user, items=items)
    assert MediaRequest.objects.filter(user=anna).count() == 3
    assert RequestFollower.objects.filter(user=ben).count() == 3


def test_the_page_costs_few_queries(
    annas: Client, anna: User, tmdb: Tmdb, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    page(annas)
    # Scopes: what the person likes, the page, and the look at what others asked for.
    with django_assert_max_num_queries(8 + 3 * SCOPE):
        page(annas)
