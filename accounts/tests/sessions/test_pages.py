"""The pages of devices, and staff pages that ask again."""

from __future__ import annotations

import uuid

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Session, SessionToken, User
from accounts.tests.conftest import PASSWORD
from accounts.tests.sessions.acts import FIREFOX, PHONE, is_in, later, row_of, sign_in

DEVICES = "/account/devices/"
OTHERS = "/account/devices/end-others/"
CONFIRM = "/account/confirm/"
ADMIN = "/admin/accounts/user/"


@pytest.fixture
def boss(administrator: User) -> Client:
    """An administrator with a password, signed in."""
    administrator.set_password(PASSWORD)
    administrator.save()
    return sign_in(administrator)


# --- devices ----------------------------------------------------------------------------------------------------------
def test_one_sees_ones_devices_with_address_and_last_use(olive: User, annas: Client) -> None:
    desk = sign_in(olive)
    sign_in(olive, agent=PHONE, remember="on")
    page = desk.get(DEVICES).text
    assert page.count("this device") == 1
    assert page.index("Firefox on Linux") < page.index("Safari on iPhone")
    assert "127.0.0.1" in page
    assert "remembered until" in page
    assert "Safari on iPhone" not in annas.get(DEVICES).text


@pytest.mark.parametrize("address", [DEVICES, OTHERS, "/account/tokens/", CONFIRM, f"{DEVICES}{uuid.UUID(int=1)}/end/"])
def test_strangers_are_sent_to_the_door(address: str, stranger: Client) -> None:
    assert stranger.get(address).headers["Location"].startswith("/account/sign-in/")


def test_the_page_asks_no_more_for_many_devices(olive: User) -> None:
    client = sign_in(olive)
    for number in range(30):
        sign_in(olive, agent=f"Odd/{number}", remember="on" if number % 2 else "")
    with CaptureQueriesContext(connection) as asked:
        assert client.get(DEVICES).text.count("Unknown device") >= 30
    assert len([query for query in asked if query["sql"].startswith("SELECT")]) <= 8


def test_one_device_is_ended_and_the_others_stay(olive: User) -> None:
    desk, phone = sign_in(olive), sign_in(olive, agent=PHONE, remember="on")
    device = SessionToken.objects.get()
    address = f"{DEVICES}{device.pk}/end/"
    assert "Safari on iPhone" in desk.get(address).text
    assert SessionToken.objects.get().revoked_at is None
    desk.post(address)
    assert is_in(desk)
    assert not is_in(phone)
    assert not Session.objects.filter(device=device).exists()
    assert desk.get(address).status_code == 404


def test_a_plain_session_is_ended_by_its_own_id(olive: User) -> None:
    desk, other = sign_in(olive), sign_in(olive)
    desk.post(f"{DEVICES}{row_of(other).pk}/end/")
    assert is_in(desk)
    assert not is_in(other)


def test_nobody_ends_anothers(olive: User, annas: Client) -> None:
    phone = sign_in(olive, remember="on")
    for pk in (row_of(phone).pk, SessionToken.objects.get().pk):
        assert annas.get(f"{DEVICES}{pk}/end/").status_code == 404
        annas.post(f"{DEVICES}{pk}/end/")
    annas.post(OTHERS)
    assert is_in(phone)


@pytest.mark.parametrize("is_remembered", [True, False])
def test_all_others_are_ended_at_once(is_remembered: bool, olive: User) -> None:
    desk = sign_in(olive, remember="on" if is_remembered else "")
    phones = [sign_in(olive, agent=PHONE, remember="on"), sign_in(olive, agent=PHONE)]
    assert "2 devices are signed out" in desk.get(OTHERS).text
    assert all(is_in(phone) for phone in phones)
    assert "2 other sessions ended" in desk.post(OTHERS, follow=True).text
    assert is_in(desk)
    assert not any(is_in(phone) for phone in phones)
    assert SessionToken.objects.filter(revoked_at__isnull=True).count() == is_remembered


def test_ending_needs_a_form_of_ours(olive: User) -> None:
    browser = Client(enforce_csrf_checks=True, headers={"user-agent": FIREFOX})
    browser.force_login(olive)
    other = sign_in(olive)
    assert browser.post(OTHERS).status_code == 403
    assert browser.post(f"{DEVICES}{row_of(other).pk}/end/").status_code == 403
    assert is_in(other)


# --- staff pages ------------------------------------------------------------------------------------------------------
def test_staff_pages_ask_again_after_half_an_hour_and_only_they(boss: Client) -> None:
    assert boss.get(ADMIN).status_code == 200
    with later(minutes=31):
        assert is_in(boss)
        assert boss.get(ADMIN).headers["Location"] == f"{CONFIRM}?next=%2Fadmin%2Faccounts%2Fuser%2F"
        assert boss.get("/setup/").status_code == 302
        assert "Is it still you?" in boss.get(CONFIRM).text
        answer = boss.post(CONFIRM, {"password": PASSWORD, "next": ADMIN})
        assert answer.headers["Location"] == ADMIN
        assert boss.get(ADMIN).status_code == 200


def test_using_them_keeps_them_open(boss: Client) -> None:
    for minutes in (20, 40, 60):
        with later(minutes=minutes):
            assert boss.get(ADMIN).status_code == 200
    with later(minutes=91):
        assert boss.get(ADMIN).status_code == 302


def test_what_a_page_fetches_by_itself_does_not_keep_them_open(boss: Client) -> None:
    with later(minutes=20):
        assert boss.get(ADMIN, headers={"hx-request": "true"}).status_code == 200
    with later(minutes=31):
        answer = boss.get(ADMIN, headers={"hx-request": "true", "hx-current-url": "http://testserver/setup/"})
        assert answer.headers["HX-Redirect"] == f"{CONFIRM}?next=%2Fsetup%2F"


def test_a_wrong_password_opens_nothing_and_is_counted(boss: Client) -> None:
    with later(minutes=31):
        for _ in range(10):
            assert "This is not your password" in boss.post(CONFIRM, {"password": "wrong", "next": ADMIN}).text
        assert boss.post(CONFIRM, {"password": PASSWORD}).status_code == 429
        assert boss.get(ADMIN).status_code == 302


def test_a_form_sent_too_late_changes_nothing(boss: Client, administrator: User) -> None:
    with later(minutes=31):
        answer = boss.post(
            f"{ADMIN}{administrator.pk}/change/", {"name": "x"}, headers={"referer": f"http://testserver{ADMIN}"}
        )
        assert answer.headers["Location"] == f"{CONFIRM}?next=%2Fadmin%2Faccounts%2Fuser%2F"


def test_a_remembered_device_does_not_open_them_by_itself(administrator: User, boss: Client) -> None:
    phone = sign_in(administrator, remember="on")
    assert phone.get(ADMIN).status_code == 200
    phone.cookies.pop("sessionid")
    assert is_in(phone)
    assert phone.get(ADMIN).status_code == 302


def test_confirming_leads_to_pages_of_ours_only(boss: Client) -> None:
    for goal in ("//evil.example", "/\\evil.example", "https://evil.example", "/ok\n"):
        assert boss.post(CONFIRM, {"password": PASSWORD, "next": goal}).headers["Location"] == "/"


def test_who_has_no_password_goes_the_way_they_came(administrators: Client) -> None:
    page = administrators.get(CONFIRM).text
    assert 'name="password"' not in page
    assert "Sign out, to sign in again" in page


def test_viewers_are_turned_away_by_the_page_itself(annas: Client) -> None:
    with later(minutes=31):
        assert annas.get("/setup/").status_code == 403
