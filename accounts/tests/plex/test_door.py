"""Who is let in, and how the others are told why not."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Role, Status, User
from accounts.models.plex import GuestList, PlexGuest
from accounts.plex import guests
from accounts.tests.plex.conftest import REFUSED, Visitor
from medianest.tests.people import browser_of, person
from operations.models import SecurityEvent
from sandbox.plex import Plex
from sandbox.plextv import PlexTv
from services.models import ServiceConfig
from services.providers.plex.identity import Purpose, client_id
from services.providers.plex.tv import PlexTv as Visit


def page(answer: Any, visitor: Visitor) -> str:
    assert answer.headers["Location"] == REFUSED
    shown = visitor.client.get(REFUSED)
    assert shown.status_code == 200
    assert not visitor.is_in
    return str(shown.content.decode())


# --- let in -----------------------------------------------------------------------------------------------------------
def test_a_friend_comes_in_as_a_viewer(visitor: Visitor) -> None:
    assert visitor.enter("ben").headers["Location"] == "/"
    ben = User.objects.get()
    assert (ben.plex_id, ben.plex_username, ben.username, ben.name) == (1002, "ben", "ben", "Ben")
    assert (ben.email, ben.role, ben.status, ben.has_usable_password()) == ("ben@nest.example", "USER", "active", False)


def test_a_managed_person_comes_in_without_an_address(visitor: Visitor) -> None:
    visitor.enter("mia")
    mia = User.objects.get()
    assert (mia.plex_id, mia.name, mia.username, mia.email) == (1005, "Mia", "Mia", None)
    assert visitor.is_in


def test_two_managed_people_do_not_collide(visitor: Visitor) -> None:
    visitor.plextv.change("ben", relation="home", email=None)
    visitor.enter("mia")
    Visitor(visitor.plextv).enter("ben")
    assert User.objects.filter(email__isnull=True).count() == 2


def test_the_first_owner_becomes_administrator_and_others_do_not(visitor: Visitor) -> None:
    visitor.enter("ben")
    Visitor(visitor.plextv).enter("olive")
    roles = dict(User.objects.values_list("username", "role"))
    assert roles == {"ben": "USER", "olive": "ADMIN"}


def test_the_owner_of_another_server_is_a_stranger(visitor: Visitor) -> None:
    """Stefan's account names a server he owns; it is not ours, whatever his device says."""
    text = page(visitor.enter("stefan"), visitor)
    assert "not shared with this account" in text
    assert not User.objects.exists()


def test_an_owner_who_was_demoted_stays_so(visitor: Visitor) -> None:
    person("ada", Role.ADMIN)
    visitor.enter("olive")
    User.objects.filter(plex_id=1001).update(role=Role.USER)
    Visitor(visitor.plextv).enter("olive")
    assert User.objects.get(plex_id=1001).role == "USER"


def test_coming_again_is_the_same_person_with_the_new_token(visitor: Visitor) -> None:
    visitor.enter("ben")
    first = User.objects.get()
    Visitor(visitor.plextv).enter("ben")
    again = User.objects.get()
    assert again.pk == first.pk
    assert again.plex_token != first.plex_token


def test_a_new_name_at_plex_is_still_the_same_person(visitor: Visitor) -> None:
    visitor.enter("ben")
    visitor.plextv.change("ben", title="Benjamin", email="benjamin@nest.example")
    Visitor(visitor.plextv).enter("ben")
    assert User.objects.get().plex_id == 1002


def test_an_e_mail_address_alone_takes_over_nobody(visitor: Visitor) -> None:
    local = User.objects.create_user("benny", "lamp-over-the-nest", email="BEN@nest.example", role=Role.ADMIN)
    visitor.enter("ben")
    ben = User.objects.get(plex_id=1002)
    assert (ben.pk != local.pk, ben.email, ben.role) == (True, None, "USER")
    local.refresh_from_db()
    assert (local.plex_id, local.email) == (None, "BEN@nest.example")


def test_a_taken_user_name_gets_a_number(visitor: Visitor) -> None:
    User.objects.create_user("BEN")
    visitor.enter("ben")
    assert User.objects.get(plex_id=1002).username == "ben2"


# --- turned away ------------------------------------------------------------------------------------------------------
def test_a_stranger_is_told_that_nothing_is_shared_with_that_account(visitor: Visitor) -> None:
    answer = visitor.enter("stefan")
    text = page(answer, visitor)
    assert "not shared with this account" in text
    assert "stefan" in text
    assert "Sign in with another account" in text
    assert page(answer, visitor) == text  # loading it again tells the same
    assert not User.objects.exists()
    assert not PlexGuest.objects.filter(plex_id=1007).exists()


def test_a_strangers_token_is_ended_at_once(visitor: Visitor) -> None:
    visitor.begin()
    visitor.approve("stefan")
    pin = visitor.plextv.settings.pins.by_code(visitor.pending.code)
    visitor.come_back()
    assert pin is not None
    assert pin.token is not None
    assert visitor.plextv.settings.tokens.person_of(pin.token) is None


def test_an_open_invitation_is_named_as_such_until_it_is_accepted(visitor: Visitor) -> None:
    assert "Your invitation is waiting" in page(visitor.enter("pia"), visitor)
    visitor.plextv.change("pia", relation="shared")
    assert visitor.enter("pia").headers["Location"] == "/"


def test_a_plex_tv_that_is_down_is_named_and_the_pin_still_does_afterwards(visitor: Visitor) -> None:
    visitor.begin()
    visitor.approve("ben")
    visitor.plextv.turn("down")
    text = page(visitor.come_back(), visitor)
    assert "Plex does not answer" in text
    assert "Try again" in text
    visitor.plextv.turn("up")
    assert visitor.client.post("/account/plex/continue/").headers["Location"] == "/"
    assert visitor.is_in


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("mode", ["down", "hang", "error", "garbage", "wrong"])
def test_beginning_while_plex_tv_is_ill_says_so(visitor: Visitor, mode: str) -> None:
    visitor.plextv.turn(mode)
    assert "Plex does not answer" in page(visitor.begin(), visitor)


def test_while_the_list_cannot_be_read_known_people_come_in_and_unknown_ones_do_not(visitor: Visitor) -> None:
    visitor.enter("ben")
    visitor.plextv.control({"failing": {"/api/users": 503}})
    known, unknown = Visitor(visitor.plextv), Visitor(visitor.plextv)
    assert known.enter("ben").headers["Location"] == "/"
    assert known.is_in
    assert "Plex does not answer" in page(unknown.enter("stefan"), unknown)


def test_the_time_of_grace_ends(visitor: Visitor) -> None:
    visitor.enter("ben")
    visitor.plextv.control({"failing": {"/api/users": 503}})
    GuestList.objects.update(listed_at=timezone.now() - guests.GRACE - dt.timedelta(minutes=1))
    late = Visitor(visitor.plextv)
    assert "Plex does not answer" in page(late.enter("ben"), late)


def test_a_server_that_is_switched_off_keeps_nobody_out(visitor: Visitor, plex: Plex) -> None:
    visitor.enter("ben")
    plex.turn("down")
    anna = Visitor(visitor.plextv)
    anna.enter("anna")
    assert anna.is_in


def test_a_dead_token_of_the_server_is_told_apart(visitor: Visitor) -> None:
    visitor.plextv.revoke("olive")
    text = page(visitor.enter("ben"), visitor)
    assert "lost its connection to Plex" in text
    assert "Reconnect Plex" in text
    assert guests.needs_reconnecting()


def test_administrators_are_told_to_reconnect_and_others_are_not(
    visitor: Visitor, administrators: Client, annas: Client, django_capture_on_commit_callbacks: Any
) -> None:
    assert "no longer accepts" not in administrators.get("/").content.decode()
    visitor.plextv.revoke("olive")
    with django_capture_on_commit_callbacks(execute=True):
        visitor.enter("ben")
    assert "no longer accepts" in administrators.get("/").content.decode()
    assert RECONNECT in administrators.get("/").content.decode()
    assert "no longer accepts" not in annas.get("/").content.decode()


def test_a_friends_token_does_not_make_him_owner(visitor: Visitor, connected: ServiceConfig) -> None:
    """Whoever configured the server must own it; else anybody's list would decide."""
    connected.api_key = visitor.plextv.issue("ben", client_id(Purpose.SERVER))
    connected.save()
    assert "lost its connection" in page(visitor.enter("ben"), visitor)
    assert not User.objects.exists()


def test_without_a_connection_it_says_that_plex_is_not_connected(visitor: Visitor, connected: ServiceConfig) -> None:
    visitor.begin()
    visitor.approve("ben")
    connected.delete()
    assert "not connected yet" in page(visitor.come_back(), visitor)


@pytest.mark.parametrize("status", [Status.SUSPENDED, Status.DELETED])
def test_whom_an_administrator_shut_out_stays_out(visitor: Visitor, status: str) -> None:
    visitor.enter("ben")
    gone = timezone.now() if status == Status.DELETED else None
    User.objects.update(status=status, deleted_at=gone)
    again = Visitor(visitor.plextv)
    assert "is closed" in page(again.enter("ben"), again)
    assert User.objects.count() == 1


def test_refusals_are_written_down_without_naming_the_stranger(visitor: Visitor) -> None:
    visitor.enter("stefan")
    event = SecurityEvent.objects.get(kind="sign_in.refused")
    assert event.detail == {"way": "plex", "reason": "not-shared"}
    assert "stefan" not in str(SecurityEvent.objects.values())


# --- reconnecting -----------------------------------------------------------------------------------------------------
RECONNECT = "/account/plex/reconnect/"


def reconnecting(visitor: Visitor, username: str, by: User) -> Any:
    visitor.client = browser_of(by)
    assert visitor.client.get(RECONNECT).status_code == 200
    visitor.client.post(RECONNECT)
    visitor.approve(username)
    return visitor.client.get("/account/plex/return/", {"state": visitor.pending.state}, follow=True)


def test_an_administrator_reconnects_with_the_owners_sign_in(
    visitor: Visitor, connected: ServiceConfig, administrator: User
) -> None:
    visitor.plextv.revoke("olive")
    answer = reconnecting(visitor, "olive", administrator)
    assert "Plex is connected again." in answer.content.decode()
    connected.refresh_from_db()
    with Visit(Purpose.SERVER) as tv:
        assert tv.who(connected.api_key).id == 1001
    assert connected.api_key not in answer.content.decode()


def test_somebody_elses_token_does_not_replace_the_owners(
    visitor: Visitor, connected: ServiceConfig, administrator: User, plex: Plex
) -> None:
    answer = reconnecting(visitor, "stefan", administrator)
    assert "connected again" not in answer.content.decode()
    connected.refresh_from_db()
    assert connected.api_key == plex.token


def test_only_administrators_reconnect(visitor: Visitor, annas: Client, moderators: Client) -> None:
    for client in (annas, moderators):
        assert (client.get(RECONNECT).status_code, client.post(RECONNECT).status_code) == (403, 403)
    assert visitor.client.post(RECONNECT).status_code == 302
    assert pins_of(visitor.plextv) == 0


def pins_of(plextv: PlexTv) -> int:
    return len(plextv.settings.pins._pins)


def test_a_reconnecting_pin_signs_nobody_in(visitor: Visitor, administrator: User) -> None:
    """Begun by an administrator, it is of no use after they signed out or were demoted."""
    visitor.client = browser_of(administrator)
    visitor.client.post(RECONNECT)
    visitor.approve("olive")
    person("another", role=Role.ADMIN)  # one has to be left
    User.objects.filter(pk=administrator.pk).update(role=Role.USER)
    visitor.come_back()
    assert not User.objects.filter(plex_id=1001).exists()
