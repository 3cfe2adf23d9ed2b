from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import User
from operations.models import SecurityEvent

pytestmark = [pytest.mark.django_db, pytest.mark.urls("operations.tests.scope_pages")]
NOBODY = "postgres "
"""The tests' own role, and no person: no scope is open."""


def told(client: Client, address: str) -> str:
    page = client.get(address)
    assert page.status_code == 200
    return b"".join(page).decode()


def test_a_page_runs_as_the_person_who_asked(annas: Client, anna: User) -> None:
    assert told(annas, "/plain/") == f"mn_app {anna.pk}"


def test_two_people_in_a_row_do_not_meet(annas: Client, bens: Client, ben: User) -> None:
    told(annas, "/plain/")
    assert told(bens, "/plain/") == f"mn_app {ben.pk}"
    assert told(annas, "/open/") == NOBODY


def test_a_moderator_is_a_person_like_others_on_most_pages(moderators: Client, moderator: User) -> None:
    assert told(moderators, "/plain/") == f"mn_app {moderator.pk}"


@pytest.mark.parametrize("address", ["/staff/", "/moderators/"])
def test_a_moderator_sees_everybodys_rows_on_marked_pages(address: str, moderators: Client, moderator: User) -> None:
    assert told(moderators, address) == f"mn_staff {moderator.pk}"


def test_a_viewer_stays_one_on_marked_pages(annas: Client, anna: User) -> None:
    assert told(annas, "/staff/") == f"mn_app {anna.pk}"


def test_administrators_pages_are_marked(administrators: Client, administrator: User) -> None:
    assert told(administrators, "/administrators/") == f"mn_staff {administrator.pk}"


def test_a_refused_page_stays_refused(annas: Client, moderators: Client) -> None:
    assert annas.get("/moderators/").status_code == 403
    assert moderators.get("/administrators/").status_code == 403


def test_a_page_open_to_all_has_no_scope(annas: Client, stranger: Client) -> None:
    assert told(annas, "/open/") == NOBODY
    assert told(stranger, "/open/") == NOBODY


def test_a_page_that_waits_for_others_opens_its_own(administrators: Client, administrator: User) -> None:
    assert told(administrators, "/slow/") == f"{NOBODY} | mn_app {administrator.pk}"


def test_a_stream_has_no_scope_of_the_page_it_came_from(annas: Client) -> None:
    assert told(annas, "/stream/") == NOBODY


@pytest.mark.parametrize("answer", ["break", "500", "503"])
def test_a_page_that_fails_leaves_nothing_behind(answer: str, annas: Client) -> None:
    annas.raise_request_exception = False
    assert annas.get(f"/write/{answer}/").status_code >= 500
    assert not SecurityEvent.objects.filter(kind="written").exists()
    assert told(annas, "/open/") == NOBODY


@pytest.mark.parametrize("answer", ["200", "302", "404", "422"])
def test_a_page_that_answers_keeps_what_it_wrote(answer: str, annas: Client) -> None:
    annas.get(f"/write/{answer}/")
    assert SecurityEvent.objects.filter(kind="written").count() == 1


@pytest.mark.django_db(transaction=True)
def test_what_a_page_wrote_is_kept_only_when_it_answered(annas: Client) -> None:
    """Without a test's transaction around it, as in the running house."""
    annas.raise_request_exception = False
    assert annas.get("/write/break/").status_code == 500
    assert annas.get("/write/200/").status_code == 200
    assert SecurityEvent.objects.filter(kind="written").count() == 1
    assert told(annas, "/open/") == NOBODY
