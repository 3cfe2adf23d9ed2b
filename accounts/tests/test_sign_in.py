"""Coming in and going out."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts import entry
from accounts.models import Session, Status, User
from accounts.sessions.store import hash_of
from accounts.tests.conftest import PASSWORD
from operations.models import SecurityEvent

SIGN_IN = "/account/sign-in/"
SIGN_OUT = "/account/sign-out/"
NOT_RIGHT = "The user name or the password is not right."


def attempt(client: Client, username: str = "olive", password: str = PASSWORD, **fields: str) -> Any:
    return client.post(SIGN_IN, {"username": username, "password": password, **fields})


def is_in(client: Client) -> bool:
    return SESSION_KEY in client.session


# --- coming in --------------------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_the_page_is_light_and_asks_the_database_nothing(
    stranger: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(3):
        response = stranger.get(SIGN_IN)
    assert response.status_code == 200
    assert len(response.content) < 25 * 1024
    assert "no-store" in response.headers["Cache-Control"]


@pytest.mark.parametrize("name", ["olive", "OLIVE", "olive@nest.example", "Olive@NEST.example", "  olive  "])
def test_one_comes_in_by_user_name_or_e_mail_in_whatever_case(name: str, olive: User, stranger: Client) -> None:
    response = attempt(stranger, name)
    assert (response.status_code, response.headers["Location"]) == (302, reverse("home"))
    assert stranger.session[SESSION_KEY] == str(olive.pk)


def test_the_last_sign_in_is_noted(olive: User, stranger: Client) -> None:
    attempt(stranger)
    olive.refresh_from_db()
    assert olive.last_login is not None


@pytest.mark.parametrize("name", ["olive", "nobody", "olive@nest.example"])
def test_a_refusal_does_not_tell_whether_the_person_exists(name: str, olive: User, stranger: Client) -> None:
    response = attempt(stranger, name, "wrong")
    text = response.content.decode()
    assert response.status_code == 200
    assert NOT_RIGHT in text
    assert f'value="{name}"' in text
    assert "wrong" not in text
    assert re.search(r'id="id_password_error".*?' + re.escape(NOT_RIGHT), text, re.DOTALL)
    assert not is_in(stranger)


def test_unknown_and_suspended_people_and_wrong_passwords_look_alike(olive: User, stranger: Client) -> None:
    def page(username: str, password: str) -> str:
        text = attempt(stranger, username, password).content.decode()
        text = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", text)
        return text.replace(f'value="{username}"', "")

    wrong, unknown = page("olive", "wrong"), page("nobody", PASSWORD)
    olive.status = Status.SUSPENDED
    olive.save()
    assert wrong == unknown == page("olive", PASSWORD)


@pytest.mark.django_db
@pytest.mark.parametrize(("username", "password"), [("", PASSWORD), ("olive", ""), ("", "")])
def test_an_empty_field_says_so_beside_itself(username: str, password: str, stranger: Client) -> None:
    text = attempt(stranger, username, password).content.decode()
    assert text.count("This field is required.") == (not username) + (not password)
    assert not SecurityEvent.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "typed", ["oli\x00ve", "\ud800", "o" * 300, "\u043elive\u202e", "' OR 1=1 --", "<svg onload=x>", "\u0663"]
)
def test_anything_may_be_typed_and_is_refused(typed: str, stranger: Client) -> None:
    body = f"username={typed}&password=x".encode("utf-8", "surrogatepass")
    response = stranger.post(SIGN_IN, body, content_type="application/x-www-form-urlencoded")
    assert response.status_code in (200, 400)
    assert "<svg" not in response.content.decode().replace("<svg viewBox", "").replace('<svg class="icon', "")
    assert not is_in(stranger)


@pytest.mark.django_db
def test_a_flood_of_fields_or_a_huge_field_is_refused(stranger: Client) -> None:
    assert stranger.post(SIGN_IN, {f"f{n}": "x" for n in range(10_000)}).status_code == 400
    assert attempt(stranger, "olive", "x" * 1_000_000).status_code == 200
    assert attempt(stranger, "olive", "x" * 10_000_000).status_code in (400, 413)


def test_the_session_gets_a_new_key(olive: User, stranger: Client) -> None:
    session = stranger.session
    session["planted"] = "before"
    session.save()
    stranger.cookies[settings.SESSION_COOKIE_NAME] = planted = str(session.session_key)
    attempt(stranger)
    assert stranger.session.session_key != planted
    assert not Session.objects.filter(session_token=hash_of(planted)).exists()


def test_extra_fields_change_nothing(olive: User, stranger: Client) -> None:
    attempt(stranger, role="ADMIN", is_staff="1", status="deleted")
    olive.refresh_from_db()
    assert (olive.role, olive.status) == ("USER", "active")


def test_without_a_token_against_forgery_nothing_happens(olive: User, browser: Client) -> None:
    assert attempt(browser).status_code == 403
    browser.get(SIGN_IN)
    token = browser.cookies[settings.CSRF_COOKIE_NAME].value
    assert attempt(browser, csrfmiddlewaretoken="x" * 64).status_code == 403
    assert attempt(browser, csrfmiddlewaretoken=token).status_code == 302


# --- where to go next -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("goal", ["/account/", "/admin/?q=1", "/downloads/"])
def test_next_leads_to_a_page_of_ours(goal: str, olive: User, stranger: Client) -> None:
    page = stranger.get(SIGN_IN, {"next": goal}).content.decode()
    assert f'name="next" value="{goal}"' in page
    assert attempt(stranger, next=goal).headers["Location"] == goal


HOSTILE = [
    "//evil.example",
    "//evil.example/account/",
    "/\\evil.example",
    "\\\\evil.example",
    "https://evil.example/",
    "http:///evil.example",
    "javascript:alert(1)",
    "///evil.example",
    "/%2f/evil.example",
    "/%5cevil.example",
    "/account/\r\nSet-Cookie: a=b",
    "/account/\x00",
    "\t//evil.example",
    "/no-such-page/",
    "account/",
    SIGN_OUT,
    SIGN_IN,
]


@pytest.mark.parametrize("goal", HOSTILE)
def test_any_other_next_leads_home(goal: str, olive: User, stranger: Client) -> None:
    assert attempt(stranger, next=goal).headers["Location"] == reverse("home")


def test_a_trailing_line_break_in_next_goes_nowhere_else(olive: User, stranger: Client) -> None:
    assert attempt(stranger, next="/account/\n").headers["Location"] == "/account/"


def test_whoever_is_in_already_is_led_on(annas: Client) -> None:
    assert annas.get(SIGN_IN, {"next": "/account/"}).headers["Location"] == "/account/"
    assert annas.get(SIGN_IN, {"next": "//evil.example"}).headers["Location"] == "/"


# --- too many tries ---------------------------------------------------------------------------------------------------
def test_too_many_tries_for_one_account_are_stopped_from_every_address(olive: User) -> None:
    for number in range(entry.TRIES_FOR_ACCOUNT):
        assert attempt(Client(REMOTE_ADDR=f"192.0.2.{number}"), "OLIVE", "wrong").status_code == 200
    response = attempt(Client(REMOTE_ADDR="198.51.100.1"))
    assert response.status_code == 429
    assert 0 < int(response.headers["Retry-After"]) <= entry.WINDOW
    text = response.content.decode()
    assert "Too many tries. Wait 15 minutes, then try again." in text
    assert 'value="olive"' in text


@pytest.mark.django_db
def test_too_many_tries_from_one_address_are_stopped_for_every_account(
    stranger: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(entry, "TRIES_FROM_ADDRESS", 4)
    statuses = [attempt(stranger, f"person{number}", "wrong").status_code for number in range(6)]
    assert statuses == [200] * 4 + [429] * 2
    assert attempt(Client(REMOTE_ADDR="198.51.100.7"), "person1", "wrong").status_code == 200


def test_the_right_password_starts_the_count_for_the_account_afresh(olive: User, stranger: Client) -> None:
    for _ in range(entry.TRIES_FOR_ACCOUNT - 1):
        attempt(stranger, "olive", "wrong")
    assert attempt(stranger).status_code == 302
    for _ in range(entry.TRIES_FOR_ACCOUNT):
        assert attempt(Client(), "olive", "wrong").status_code == 200


def test_signing_in_does_not_use_up_the_tries_of_an_address_nor_give_it_new_ones(
    olive: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(entry, "TRIES_FROM_ADDRESS", 3)
    for _ in range(5):
        assert attempt(Client()).status_code == 302
    statuses = []
    for number in range(4):
        statuses.append(attempt(Client(), f"guessed{number}", "wrong").status_code)
        statuses.append(attempt(Client()).status_code)
    assert statuses == [200, 302, 200, 302, 200, 429, 429, 429]


def test_forged_headers_do_not_give_a_new_address(olive: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entry, "TRIES_FROM_ADDRESS", 2)
    statuses = [
        attempt(Client(HTTP_X_FORWARDED_FOR=f"203.0.113.{number}"), f"p{number}", "wrong").status_code
        for number in range(3)
    ]
    assert statuses == [200, 200, 429]


# --- going out --------------------------------------------------------------------------------------------------------
def test_signing_out_ends_the_session_for_good(olive: User, stranger: Client) -> None:
    attempt(stranger)
    stolen = stranger.cookies[settings.SESSION_COOKIE_NAME].value
    response = stranger.post(SIGN_OUT, follow=True)
    assert "You are signed out." in response.content.decode()
    thief = Client()
    thief.cookies[settings.SESSION_COOKIE_NAME] = stolen
    assert thief.get("/account/").status_code == 302


def test_a_link_cannot_sign_anybody_out(annas: Client) -> None:
    assert annas.get(SIGN_OUT).status_code == 405
    assert is_in(annas)


def test_a_forged_form_cannot_sign_anybody_out(anna: User, browser: Client) -> None:
    browser.force_login(anna)
    assert browser.post(SIGN_OUT).status_code == 403
    assert is_in(browser)


@pytest.mark.django_db
def test_signing_out_twice_is_no_error(stranger: Client) -> None:
    assert stranger.post(SIGN_OUT).status_code == 302


# --- written down -----------------------------------------------------------------------------------------------------
def test_sign_ins_and_failures_are_written_down_without_what_was_typed(olive: User) -> None:
    client = Client(REMOTE_ADDR="192.0.2.9")
    attempt(client, "hunter2-typed-in-the-wrong-field", "x")
    attempt(client, "Olive", "wrong")
    attempt(client)
    client.post(SIGN_OUT)
    events = SecurityEvent.objects.order_by("created_at")
    assert [(event.kind, event.object) for event in events] == [
        ("sign_in.failed", "(unknown)"),
        ("sign_in.failed", "olive"),
        ("sign_in", "olive"),
        ("sign_out", "olive"),
    ]
    assert {event.address for event in events} == {"192.0.2.9"}
    assert [event.actor for event in events] == [None, None, olive, olive]
    assert "hunter2" not in str(list(events.values()))


def test_a_hammering_address_fills_no_table(olive: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entry, "TRIES_FOR_ACCOUNT", 1)
    for _ in range(10):
        attempt(Client(), "olive", "wrong")
    assert SecurityEvent.objects.filter(kind="sign_in.throttled").count() == 1
    assert SecurityEvent.objects.count() == 2
