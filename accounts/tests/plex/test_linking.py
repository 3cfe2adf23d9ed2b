"""A local person's Plex account as a second way in: one account and not two, and nobody else's."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from accounts.actions import delete_people
from accounts.models import Account, PlexGuest, Role, User
from accounts.plex import linking
from accounts.plex.people import lose_access
from accounts.tests.conftest import PASSWORD
from accounts.tests.plex.conftest import RETURN, SIGN_IN, WAITING, Visitor
from accounts.tests.sessions.acts import is_in, sign_in
from medianest.tests.people import browser_of, person
from operations.models import Job, SecurityEvent
from services.models import ServiceConfig

LINK, UNLINK, PROFILE = "/account/plex/link/", "/account/plex/unlink/", "/account/"


@pytest.fixture
def admin(db: None) -> User:
    """As the first administrator, who has a password and may own the server."""
    return User.objects.create_user("admin", PASSWORD, name="Administrator", role=Role.ADMIN)


@pytest.fixture
def at_home(visitor: Visitor, admin: User) -> Visitor:
    """The administrator's browser, signed in by password."""
    visitor.client = sign_in(admin)
    return visitor


def link(visitor: Visitor, username: str, password: str = PASSWORD) -> Any:
    """The whole way; the page it ends on."""
    visitor.client.post(LINK, {"password": password})
    visitor.approve(username)
    return visitor.client.get(RETURN, {"state": visitor.pending.state}, follow=True)


def token_of(visitor: Visitor) -> str:
    """What Plex gave out for the PIN under way."""
    pin = visitor.plextv.settings.pins.by_code(visitor.pending.code)
    assert pin is not None
    assert pin.token is not None
    return pin.token


def is_good(visitor: Visitor, token: str) -> bool:
    return visitor.plextv.settings.tokens.person_of(token) is not None


# --- linking ----------------------------------------------------------------------------------------------------------
def test_the_owner_keeps_one_account_and_comes_in_by_either_way(at_home: Visitor, admin: User) -> None:
    page = link(at_home, "olive").content.decode()
    assert "Your Plex account is linked." in page
    assert "linked as olive" in page
    admin.refresh_from_db()
    assert (admin.plex_id, admin.plex_username, admin.username, admin.name) == (1001, "olive", "admin", "Administrator")
    assert is_good(at_home, admin.plex_token)
    by_plex = Visitor(at_home.plextv)
    assert by_plex.enter("olive").headers["Location"] == "/"
    assert by_plex.client.session["_auth_user_id"] == str(admin.pk)
    assert is_in(sign_in(admin))
    assert User.objects.get() == admin
    assert SecurityEvent.objects.get(kind="plex.linked").actor == admin


def test_the_page_says_who_can_get_in_afterwards(at_home: Visitor) -> None:
    page = at_home.client.get(LINK).content.decode()
    assert "Whoever gets into your Plex account gets in here, too." in page
    profile = at_home.client.get(PROFILE).content.decode()
    assert LINK in profile
    assert "/account/change-password/" in profile


def test_a_viewers_role_stays_whoever_they_are_at_plex(visitor: Visitor, admin: User, olive: User) -> None:
    visitor.client = sign_in(olive)
    link(visitor, "olive")
    olive.refresh_from_db()
    assert (olive.plex_id, olive.role, olive.email) == (1001, "USER", "Olive@Nest.example")


def test_the_shared_libraries_are_looked_up(at_home: Visitor) -> None:
    link(at_home, "olive")
    assert Job.objects.filter(kind="accounts.check_plex", state="queued").exists()


def test_linking_needs_the_password(at_home: Visitor, admin: User) -> None:
    answer = at_home.client.post(LINK, {"password": "wrong-in-the-nest"})
    assert "This is not your password." in answer.content.decode()
    assert "plex_pin" not in at_home.client.session


def test_guessing_the_password_there_comes_to_an_end(at_home: Visitor) -> None:
    codes = [at_home.client.post(LINK, {"password": "wrong"}).status_code for _ in range(11)]
    assert codes == [200] * 10 + [429]


def test_the_page_may_ask_plex_for_a_pin_and_hands_none_over_when_it_is_looked_at(at_home: Visitor) -> None:
    answer = at_home.client.get(LINK)
    assert at_home.plextv.url.split("//")[1] in answer.headers["Content-Security-Policy"]
    assert "plex_pin" not in at_home.client.session


# --- refusals ---------------------------------------------------------------------------------------------------------
def test_anothers_plex_account_is_not_taken_over(at_home: Visitor, admin: User) -> None:
    """Whoever signs in at Plex as Ben is Ben; but Ben has an account here, and it stays his."""
    Visitor(at_home.plextv).enter("ben")
    page = link(at_home, "ben").content.decode()
    assert "has an account of its own here: ben" in page
    admin.refresh_from_db()
    ben = User.objects.get(username="ben")
    assert (admin.plex_id, ben.plex_id) == (None, 1002)
    assert Account.objects.get().user == ben
    assert is_in(at_home.client)


def test_it_can_be_linked_once_the_other_account_is_deleted(at_home: Visitor, admin: User) -> None:
    Visitor(at_home.plextv).enter("ben")
    delete_people(by=admin, people=[User.objects.get(username="ben")])
    link(at_home, "ben")
    admin.refresh_from_db()
    assert admin.plex_id == 1002
    assert Account.objects.get().user == admin


@pytest.mark.parametrize(
    ("username", "sentence"),
    [("stefan", "not shared with this Plex account"), ("pia", "not accepted yet")],
)
def test_who_may_not_enter_cannot_be_linked_either(at_home: Visitor, admin: User, username: str, sentence: str) -> None:
    at_home.client.post(LINK, {"password": PASSWORD})
    at_home.approve(username)
    token = token_of(at_home)
    page = at_home.client.get(RETURN, {"state": at_home.pending.state}, follow=True)
    assert sentence in page.content.decode()
    assert page.redirect_chain[-1][0] == PROFILE
    admin.refresh_from_db()
    assert (admin.plex_id, admin.plex_token) == (None, "")
    assert not is_good(at_home, token)
    assert is_in(at_home.client)


def test_while_plex_is_away_it_says_so(at_home: Visitor, admin: User) -> None:
    at_home.plextv.turn("down")
    page = at_home.client.post(
        LINK, {"password": PASSWORD}, headers={"Referer": "http://testserver" + LINK}, follow=True
    )
    assert "Plex does not answer." in page.content.decode()
    at_home.plextv.turn("up")
    at_home.client.post(LINK, {"password": PASSWORD})
    at_home.approve("olive")
    at_home.plextv.turn("down")
    page = at_home.client.get(RETURN, {"state": at_home.pending.state}, follow=True)
    assert "Plex does not answer." in page.content.decode()
    admin.refresh_from_db()
    assert admin.plex_id is None


def test_a_second_plex_account_waits_for_the_first_to_be_unlinked(at_home: Visitor, admin: User) -> None:
    at_home.client.post(LINK, {"password": PASSWORD})
    at_home.approve("ben")
    User.objects.filter(pk=admin.pk).update(plex_id=1001)  # in another tab
    page = at_home.client.get(RETURN, {"state": at_home.pending.state}, follow=True)
    assert "Unlink that first." in page.content.decode()
    assert at_home.client.get(LINK).headers["Location"] == PROFILE


def test_without_a_server_there_is_nothing_to_link(at_home: Visitor, connected: ServiceConfig) -> None:
    connected.delete()
    assert "not connected yet" in at_home.client.get(LINK, follow=True).content.decode()


# --- attacks ----------------------------------------------------------------------------------------------------------
def test_strangers_link_nothing(visitor: Visitor) -> None:
    for path in (LINK, UNLINK):
        assert visitor.client.post(path, {"password": PASSWORD}).headers["Location"].startswith(SIGN_IN)


def test_a_link_from_another_browser_links_nothing(at_home: Visitor, admin: User) -> None:
    """The attacker begins, approves with his own account, and has the administrator open the way back."""
    attacker = Visitor(at_home.plextv)
    mallory = User.objects.create_user("mallory", PASSWORD)
    attacker.client = sign_in(mallory)
    attacker.client.post(LINK, {"password": PASSWORD})
    attacker.approve("ben")
    for begun in (False, True):
        if begun:
            at_home.client.post(LINK, {"password": PASSWORD})
        at_home.client.get(RETURN, {"state": attacker.pending.state})
        admin.refresh_from_db()
        assert admin.plex_id is None


def test_a_pin_for_linking_signs_nobody_in(at_home: Visitor, admin: User) -> None:
    """Begun by somebody who signed out since, it is of no use to whoever comes next."""
    at_home.client.post(LINK, {"password": PASSWORD})
    at_home.approve("ben")
    state = at_home.pending.state
    at_home.client.post("/account/sign-out/")
    assert at_home.client.get(RETURN, {"state": state}).status_code == 403
    assert not User.objects.filter(plex_id=1002).exists()


def test_a_pin_for_signing_in_links_nothing(at_home: Visitor, admin: User) -> None:
    stranger = Visitor(at_home.plextv)
    stranger.enter("ben", aim="link")
    admin.refresh_from_db()
    assert admin.plex_id is None
    assert User.objects.get(plex_id=1002).username == "ben"


def test_a_pin_links_once(at_home: Visitor, admin: User) -> None:
    at_home.client.post(LINK, {"password": PASSWORD})
    at_home.approve("olive")
    state = at_home.pending.state
    for _ in range(2):
        at_home.client.get(RETURN, {"state": state})
    assert SecurityEvent.objects.filter(kind="plex.linked").count() == 1
    assert at_home.client.get(WAITING).headers["Location"] == "/"


# --- unlinking --------------------------------------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
def test_unlinking_ends_the_token_and_the_password_still_opens(at_home: Visitor, admin: User) -> None:
    link(at_home, "olive")
    admin.refresh_from_db()
    token = admin.plex_token
    answer = at_home.client.post(UNLINK, {"password": "wrong"})
    assert "This is not your password." in answer.content.decode()
    assert User.objects.get().plex_id == 1001
    answer = at_home.client.post(UNLINK, {"password": PASSWORD}, follow=True)
    assert "no longer linked" in answer.content.decode()
    admin.refresh_from_db()
    assert (admin.plex_id, admin.plex_token, admin.plex_username) == (None, "", "")
    assert not Account.objects.exists()
    assert not is_good(at_home, token)
    assert is_in(sign_in(admin))
    assert SecurityEvent.objects.filter(kind="plex.unlinked", actor=admin).exists()


def test_whoever_has_no_password_keeps_their_only_way_in(visitor: Visitor) -> None:
    visitor.enter("ben")
    ben = User.objects.get()
    assert visitor.client.post(UNLINK, {"password": ""}).headers["Location"] == PROFILE
    assert UNLINK not in visitor.client.get(PROFILE).content.decode()
    with pytest.raises(linking.CannotLink, match="no password"):
        linking.unlink(user=ben)
    assert User.objects.get().plex_id == 1002


def test_they_are_not_offered_a_change_of_the_password_they_lack(visitor: Visitor) -> None:
    visitor.enter("ben")
    assert "/account/change-password/" not in visitor.client.get(PROFILE).content.decode()
    answer = visitor.client.get("/account/change-password/", follow=True)
    assert "have no password here" in answer.content.decode()


def test_unlinking_what_is_not_linked_changes_nothing(at_home: Visitor, admin: User) -> None:
    assert at_home.client.get(UNLINK).headers["Location"] == PROFILE
    with pytest.raises(linking.CannotLink, match="No Plex account"):
        linking.unlink(user=admin)


def test_a_removed_share_shuts_a_linked_person_out_too(at_home: Visitor, admin: User) -> None:
    person("another", Role.ADMIN)
    link(at_home, "ben")
    assert PlexGuest.objects.filter(plex_id=1002).exists()
    lose_access(admin.pk)
    assert not is_in(at_home.client)


# --- proving again who one is -----------------------------------------------------------------------------------------
def test_staff_who_are_linked_may_prove_themselves_by_either(at_home: Visitor, admin: User) -> None:
    confirm = "/account/confirm/"
    assert "Go on with Plex" not in at_home.client.get(confirm).content.decode()
    link(at_home, "olive")
    page = at_home.client.get(confirm).content.decode()
    assert "Go on with Plex" in page
    assert 'name="password"' in page


def test_staff_with_neither_sign_in_again(administrators: Client, connected: ServiceConfig) -> None:
    page = administrators.get("/account/confirm/").content.decode()
    assert "Go on with Plex" not in page
    assert "Sign out, to sign in again" in page


def test_reconnecting_while_plex_is_away_says_so(visitor: Visitor, administrator: User) -> None:
    visitor.client = browser_of(administrator)
    visitor.plextv.turn("down")
    answer = visitor.client.post(
        "/account/plex/reconnect/", headers={"Referer": "http://testserver/setup/"}, follow=True
    )
    assert "Plex does not answer." in answer.content.decode()
    assert answer.redirect_chain[-1][0] == "/setup/"
