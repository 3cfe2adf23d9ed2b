"""Remembered devices."""

from __future__ import annotations

import threading

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from accounts import actions
from accounts.models import RefreshToken, Session, SessionToken, User
from accounts.sessions.store import hash_of
from accounts.tests.sessions.acts import (
    PAGE,
    PHONE,
    device_cookie,
    is_in,
    later,
    lose_session,
    row_of,
    sign_in,
    with_cookie,
)
from operations.models import SecurityEvent


@pytest.fixture
def phone(olive: User) -> Client:
    """A phone that olive chose to have remembered."""
    return sign_in(olive, agent=PHONE, remember="on")


def test_only_who_asked_is_remembered(olive: User) -> None:
    client = sign_in(olive)
    assert not device_cookie(client)
    assert not SessionToken.objects.exists()
    lose_session(client)
    assert not is_in(client)


def test_a_remembered_device_comes_back_by_itself(phone: Client, olive: User) -> None:
    lose_session(phone)
    with later(days=89):
        assert is_in(phone)
    device = SessionToken.objects.get()
    assert (device.user, device.name, row_of(phone).device) == (olive, "Safari on iPhone", device)
    assert SecurityEvent.objects.filter(kind="sign_in.device").count() == 1


def test_after_ninety_days_without_use_it_is_forgotten(phone: Client) -> None:
    lose_session(phone)
    with later(days=91):
        assert not is_in(phone)
        assert not device_cookie(phone)


def test_the_cookie_is_hidden_from_scripts_and_stands_nowhere_in_clear(phone: Client) -> None:
    morsel = phone.cookies[settings.DEVICE_COOKIE_NAME]
    assert (morsel["httponly"], morsel["samesite"], morsel["path"]) == (True, "Lax", "/")
    stored = str(list(SessionToken.objects.values()) + list(RefreshToken.objects.values()))
    own, link = morsel.value.split(".")
    assert own not in stored
    assert link not in stored
    assert hash_of(own) in stored
    assert hash_of(link) in stored


def test_each_link_of_the_chain_works_once(phone: Client) -> None:
    seen = {device_cookie(phone)}
    for _ in range(3):
        lose_session(phone)
        assert is_in(phone)
        seen.add(device_cookie(phone))
    assert len(seen) == 4
    assert RefreshToken.objects.filter(used_at__isnull=False).count() == 3
    assert RefreshToken.objects.unused().count() == 1
    assert Session.objects.count() == 1  # the lost ones are ended


@pytest.mark.parametrize("thief_first", [True, False])
def test_a_copied_cookie_ends_the_family(thief_first: bool, phone: Client) -> None:
    copied = device_cookie(phone)
    lose_session(phone)
    thief = with_cookie(copied)
    first, second = (thief, phone) if thief_first else (phone, thief)
    assert is_in(first)
    with later(minutes=2):
        assert not is_in(second)
        assert not is_in(first)
        lose_session(first)
        assert not is_in(first)
    assert SecurityEvent.objects.get(kind="device.reused").object == "Safari on iPhone"
    assert not Session.objects.filter(device__isnull=False).exists()


def test_a_copy_used_at_once_by_another_browser_ends_the_family(phone: Client) -> None:
    thief = with_cookie(device_cookie(phone))
    lose_session(phone)
    assert is_in(phone)
    assert not is_in(thief)
    assert not is_in(phone)


def test_two_requests_of_one_browser_at_once_get_the_same_next_link(phone: Client) -> None:
    cookie = device_cookie(phone)
    tabs = [with_cookie(cookie, PHONE) for _ in range(2)]
    assert all(is_in(tab) for tab in tabs)
    assert len({device_cookie(tab) for tab in tabs}) == 1
    lose_session(tabs[0])
    with later(minutes=5):
        assert is_in(tabs[0])
    assert not SecurityEvent.objects.filter(kind="device.reused").exists()


@pytest.mark.django_db(transaction=True)
def test_truly_parallel_requests_come_in_together(olive: User) -> None:
    cookie = device_cookie(sign_in(olive, agent=PHONE, remember="on"))
    gate, came_in = threading.Barrier(4), []

    def open_tab() -> None:
        tab = with_cookie(cookie, PHONE)
        gate.wait()
        try:
            came_in.append((is_in(tab), device_cookie(tab)))
        finally:
            connection.close()

    threads = [threading.Thread(target=open_tab) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [is_there for is_there, _cookie in came_in] == [True] * 4
    assert len({cookie for _is_there, cookie in came_in}) == 1
    assert RefreshToken.objects.count() == 2


@pytest.mark.parametrize(
    "cookie", ["", ".", "x", "x.y", "a" * 5000, "é.é", "%00.%00", "{own}.", ".{link}", "{link}.{own}"]
)
def test_a_made_up_cookie_opens_nothing_and_is_taken_away(cookie: str, phone: Client) -> None:
    own, link = device_cookie(phone).split(".")
    browser = with_cookie(cookie.format(own=own, link=link))
    assert not is_in(browser)
    assert not device_cookie(browser)
    lose_session(phone)
    assert is_in(phone)


def test_a_link_with_another_devices_text_opens_nothing(phone: Client, olive: User) -> None:
    other = sign_in(olive, remember="on")
    mixed = device_cookie(other).split(".")[0] + "." + device_cookie(phone).split(".")[1]
    assert not is_in(with_cookie(mixed))


@pytest.mark.parametrize("end", ["password", "suspended", "deleted", "signed out"])
def test_nobody_comes_back_after(end: str, phone: Client, olive: User, administrator: User) -> None:
    cookie = device_cookie(phone)
    if end == "password":
        actions.change_password(user=olive, new_password="owl-under-the-bridge")
    elif end == "suspended":
        actions.suspend(by=administrator, person=olive)
        actions.activate(by=administrator, person=olive)
    elif end == "deleted":
        actions.delete_people(by=administrator, people=[olive])
        actions.restore(by=administrator, person=olive)
    else:
        phone.post("/account/sign-out/")
        assert not device_cookie(phone)
    assert not is_in(phone)
    assert not is_in(with_cookie(cookie, PHONE))


def test_signing_in_anew_replaces_the_device(phone: Client, olive: User) -> None:
    lose_session(phone)
    first = device_cookie(phone)
    phone.post("/account/sign-in/", {"username": "olive", "password": "lamp-over-the-nest", "remember": "on"})
    assert device_cookie(phone) != first
    assert SessionToken.objects.filter(revoked_at__isnull=True).count() == 1
    assert not is_in(with_cookie(first, PHONE))


def test_a_form_sent_too_late_leads_to_the_page_it_came_from(phone: Client) -> None:
    lose_session(phone)
    answer = phone.post("/account/change-password/", {}, headers={"referer": "http://testserver/account/"}, follow=True)
    assert answer.redirect_chain[-1][0] == "/account/"
    assert answer.status_code == 200


def test_strangers_pages_ask_the_database_nothing_about_devices(phone: Client) -> None:
    assert phone.get("/healthz").status_code == 200
    assert Client().get(PAGE).status_code == 302
    assert RefreshToken.objects.filter(used_at__isnull=False).count() == 0
