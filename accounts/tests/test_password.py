"""One-time passwords, and choosing one's own."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.auth.password_validation import MinimumLengthValidator, get_default_password_validators
from django.test import Client
from django.urls import reverse

from accounts import entry
from accounts.actions import Issued
from accounts.forms import ChangePasswordForm
from accounts.models import User
from accounts.passwords import GROUPS, SYLLABLES, one_time_password
from accounts.tests.conftest import PASSWORD
from operations.models import SecurityEvent

PAGE = "/account/change-password/"
NEW = "a fresh straw in the nest"


@pytest.fixture
def ninas(newcomer: Issued) -> Client:
    client = Client()
    client.post("/account/sign-in/", {"username": "nina", "password": newcomer.password})
    return client


@pytest.fixture
def olives(olive: User) -> Client:
    client = Client()
    client.post("/account/sign-in/", {"username": "olive", "password": PASSWORD})
    return client


def change(client: Client, new: str = NEW, again: str | None = None, current: str | None = None) -> Any:
    fields = {"new": new, "again": new if again is None else again}
    return client.post(PAGE, fields if current is None else {**fields, "current": current})


def error_of(response: Any, field: str) -> str:
    found = re.search(rf'id="id_{field}_error"[^>]*>(.*?)</ul>', response.content.decode(), re.DOTALL)
    return found[1] if found else ""


# --- one-time passwords -----------------------------------------------------------------------------------------------
def test_a_one_time_password_is_readable_and_long_enough() -> None:
    made = {one_time_password() for _ in range(200)}
    assert len(made) == 200
    assert all(re.fullmatch(r"(([bdfghjkmnprstvwz][aeio]){3}-?){4}", password) for password in made)
    bits = GROUPS * SYLLABLES * (4 + 2)
    assert bits >= 60


@pytest.mark.parametrize("address", ["/", "/account/", "/admin/", "/downloads/"])
def test_with_a_one_time_password_every_page_leads_to_changing_it(address: str, ninas: Client) -> None:
    response = ninas.get(address)
    assert (response.status_code, response.headers["Location"]) == (302, PAGE)


def test_what_moves_on_a_page_leads_there_as_a_whole(ninas: Client) -> None:
    response = ninas.get("/downloads/", HTTP_HX_REQUEST="true")
    assert (response.status_code, response.headers["HX-Redirect"]) == (200, PAGE)


def test_posting_elsewhere_does_nothing(ninas: Client) -> None:
    response = ninas.post(reverse("admin:accounts_user_add"), {"username": "x", "role": "ADMIN"})
    assert response.headers["Location"] == PAGE
    assert not User.objects.filter(username="x").exists()


def test_health_signing_out_and_the_page_itself_stay_open(ninas: Client) -> None:
    assert ninas.get("/healthz").status_code == 200
    assert ninas.get("/account/sign-in/").headers["Location"] == "/"
    page = ninas.get(PAGE)
    assert page.status_code == 200
    assert 'name="current"' not in page.content.decode()
    assert ninas.post("/account/sign-out/").headers["Location"] == "/account/sign-in/"


def test_changing_it_opens_the_house(ninas: Client, newcomer: Issued) -> None:
    response = change(ninas)
    assert (response.status_code, response.headers["Location"]) == (302, "/")
    assert ninas.get("/account/").status_code == 200
    newcomer.user.refresh_from_db()
    assert newcomer.user.check_password(NEW)
    assert not newcomer.user.requires_password_change


def test_the_one_time_password_cannot_be_kept(ninas: Client, newcomer: Issued) -> None:
    response = change(ninas, newcomer.password)
    assert "Choose another one." in error_of(response, "new")
    newcomer.user.refresh_from_db()
    assert newcomer.user.requires_password_change


# --- choosing one's own -----------------------------------------------------------------------------------------------
def test_the_current_password_is_asked_for(olives: Client, olive: User) -> None:
    assert "This field is required." in error_of(change(olives), "current")
    assert "not your current password" in error_of(change(olives, current="wrong"), "current")
    olive.refresh_from_db()
    assert olive.check_password(PASSWORD)


@pytest.mark.parametrize(
    ("new", "says"),
    [
        ("short", "at least 10 characters"),
        ("1234567890", "too common"),
        ("password123", "too common"),
        ("olive@nest.example", "too similar"),
        (PASSWORD, "Choose another one."),
        ("", "required"),
        ("nul\x00nul-nul-nul", "Null characters"),
        ("x" * 501, "at most 500"),
    ],
)
def test_a_bad_new_password_is_refused_beside_its_field(new: str, says: str, olives: Client, olive: User) -> None:
    assert says in error_of(change(olives, new, current=PASSWORD), "new")
    olive.refresh_from_db()
    assert olive.check_password(PASSWORD)


def test_the_help_beside_the_field_says_what_is_checked() -> None:
    shortest = [v for v in get_default_password_validators() if isinstance(v, MinimumLengthValidator)]
    assert [validator.min_length for validator in shortest] == [10]
    assert "10 characters" in str(ChangePasswordForm.base_fields["new"].help_text)


def test_two_different_ones_are_refused_beside_the_second(olives: Client) -> None:
    response = change(olives, NEW, NEW + "!", PASSWORD)
    assert "differ" in error_of(response, "again")
    assert NEW not in response.content.decode()


def test_changing_it_signs_out_everywhere_else(olives: Client, olive: User) -> None:
    other = Client()
    other.post("/account/sign-in/", {"username": "olive", "password": PASSWORD})
    assert other.get("/account/").status_code == 200
    key = olives.session.session_key
    response = change(olives, current=PASSWORD)
    assert response.headers["Location"] == "/account/"
    assert olives.get("/account/").status_code == 200
    assert olives.session.session_key != key
    assert other.get("/account/").status_code == 302


def test_guessing_the_current_password_is_stopped(olives: Client, olive: User) -> None:
    for _ in range(entry.TRIES_FOR_ACCOUNT):
        assert change(olives, current="wrong").status_code == 200
    response = change(olives, current=PASSWORD)
    assert response.status_code == 429
    assert "Retry-After" in response.headers
    assert "Too many tries." in response.content.decode()
    olive.refresh_from_db()
    assert olive.check_password(PASSWORD)


def test_a_change_is_written_down_without_the_password(olives: Client, olive: User) -> None:
    change(olives, current=PASSWORD)
    event = SecurityEvent.objects.get(kind="password.changed")
    assert (event.actor, event.object) == (olive, "olive")
    assert NEW not in str(SecurityEvent.objects.values())


def test_a_forged_form_changes_nothing(olive: User, browser: Client) -> None:
    browser.force_login(olive)
    assert change(browser, current=PASSWORD).status_code == 403
    olive.refresh_from_db()
    assert olive.check_password(PASSWORD)


@pytest.mark.django_db
def test_strangers_sign_in_first(stranger: Client) -> None:
    assert stranger.get(PAGE).headers["Location"] == f"/account/sign-in/?next={PAGE}"
    assert change(stranger).status_code == 302
