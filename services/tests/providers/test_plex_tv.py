"""plex.tv as a visitor meets it: the simulated one, and answers that no honest one would give."""

from __future__ import annotations

import contextlib
import dataclasses
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from medianest.lib import breaker
from medianest.lib.http import BadCredentials, Malformed, ProviderError, Refused, Unreachable
from medianest.tests import wire
from sandbox.plex import Plex as SimulatedPlex
from sandbox.plextv import PlexTv as Simulated
from services.providers.base import Connection, Relation
from services.providers.plex import Plex, tv
from services.providers.plex.identity import Purpose, client_id
from services.providers.plex.tv import PinGone, PlexTv

HERE = "https://nest.example"


@pytest.fixture(autouse=True)
def _unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """The simulated one is only slow because the machine is."""
    monkeypatch.setattr(tv, "LIMITS", dataclasses.replace(tv.LIMITS, connect=20.0, total=20.0))
    monkeypatch.setattr(tv, "BUDGET", 60.0)
    monkeypatch.setattr(breaker, "_own", {})


@pytest.fixture
def hasty(_unhurried: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """For one that does not answer at all."""
    monkeypatch.setattr(tv, "LIMITS", dataclasses.replace(tv.LIMITS, connect=0.4, total=0.8))


@pytest.fixture
def simulated(plex: SimulatedPlex, settings: Settings) -> Iterator[Simulated]:
    server = Simulated(plex=plex)
    server.start()
    settings.PLEX_TV_URL = server.url
    yield server
    server.stop()


def visit(purpose: Purpose = Purpose.SIGN_IN) -> PlexTv:
    return PlexTv(purpose)


# --- PINs -------------------------------------------------------------------------------------------------------------
def test_a_pin_waits_is_approved_and_gives_a_token(simulated: Simulated) -> None:
    with visit() as there:
        pin = there.make_pin(origin=HERE)
        assert timedelta(minutes=29) < pin.expires_at - timezone.now() <= timedelta(minutes=30)
        assert there.look_at(pin.id, pin.code)[1] is None
        simulated.approve(pin.code, "ben")
        token = there.look_at(pin.id, pin.code)[1]
        assert token is not None
        account = there.who(token.value)
    assert (account.id, account.username, account.name, account.email) == (1002, "ben", "Ben", "ben@nest.example")
    assert (account.is_managed, account.image.startswith("https://plex.tv/")) == (False, True)
    assert token.value not in repr(token)


def test_a_managed_person_has_neither_user_name_nor_address(simulated: Simulated) -> None:
    with visit() as there:
        account = there.who(simulated.issue("mia", "x"))
    assert (account.username, account.email, account.name, account.is_managed) == ("", "", "Mia", True)


def test_plex_may_send_people_back_to_where_the_pin_was_asked_for(simulated: Simulated) -> None:
    with visit() as there:
        pin = there.make_pin(origin=HERE)
    kept = simulated.settings.pins.by_code(pin.code)
    assert kept is not None
    assert (kept.origin, kept.client_id, kept.product) == (HERE, client_id(Purpose.SIGN_IN), "MediaNest")


def test_another_clients_pin_a_wrong_code_and_an_expired_one_are_gone(simulated: Simulated) -> None:
    with visit() as there, visit(Purpose.SERVER) as elsewhere:
        pin, other = there.make_pin(origin=HERE), elsewhere.make_pin(origin=HERE)
        for number, code in ((other.id, other.code), (pin.id, other.code), (12345, pin.code)):
            with pytest.raises(PinGone):
                there.look_at(number, code)
        simulated.expire_pins()
        with pytest.raises(PinGone):
            there.look_at(pin.id, pin.code)


def test_signing_in_as_a_visitor_leaves_the_servers_token_alive(simulated: Simulated) -> None:
    """One token lives for each account and client identifier, so there are two identifiers."""
    assert client_id(Purpose.SIGN_IN) != client_id(Purpose.SERVER)
    server, visitor = (simulated.issue("olive", client_id(one)) for one in (Purpose.SERVER, Purpose.SIGN_IN))
    simulated.issue("olive", client_id(Purpose.SIGN_IN))
    with visit() as there:
        assert there.who(server).id == 1001
        with pytest.raises(BadCredentials):
            there.who(visitor)


def test_signing_out_ends_a_token_and_a_dead_one_is_no_error(simulated: Simulated) -> None:
    token = simulated.issue("ben", "x")
    with visit() as there:
        there.sign_out(token)
        there.sign_out(token)
        with pytest.raises(BadCredentials):
            there.who(token)


def test_too_many_looks_are_said_to_be_too_many(simulated: Simulated) -> None:
    with visit() as there:
        pin = there.make_pin(origin=HERE)
        simulated.control({"poll_limit": 0})
        with pytest.raises(Refused, match="too often") as refused:
            there.look_at(pin.id, pin.code)
    assert refused.value.code == 429


@pytest.mark.parametrize("token", ["", "to\nken", "t\u00f6ken"])
def test_what_is_no_token_is_not_sent(simulated: Simulated, token: str) -> None:
    with visit() as there, pytest.raises(BadCredentials):
        there.who(token)


# --- guests -----------------------------------------------------------------------------------------------------------
def test_the_owners_list_names_guests_with_their_standing(simulated: Simulated, plex: SimulatedPlex) -> None:
    provider = Plex(Connection(plex.url, plex.token))
    assert provider.server_id() == plex.machine_id
    guests = {guest.name: guest for guest in provider.guests(plex.machine_id)}
    assert list(guests) == ["Olive", "Ben", "Anna", "Carl", "Mia", "Pia"]
    assert [name for name, guest in guests.items() if guest.is_pending] == ["Pia"]
    assert (guests["Olive"].relation, guests["Mia"].relation) == (Relation.OWNER, Relation.HOME)
    assert (guests["Mia"].email, guests["Mia"].account_id) == ("", 1005)


def test_another_servers_guests_are_not_ours(simulated: Simulated, plex: SimulatedPlex) -> None:
    with visit() as there:
        assert there.guests(plex.token, "another-machine") == []


def test_a_friends_token_is_not_the_owners(simulated: Simulated, plex: SimulatedPlex) -> None:
    with pytest.raises(BadCredentials, match="not the server owner's"):
        Plex(Connection(plex.url, simulated.issue("ben", "x"))).guests(plex.machine_id)
    simulated.revoke("olive")
    with pytest.raises(BadCredentials):
        Plex(Connection(plex.url, plex.token)).guests(plex.machine_id)


def test_sections_are_told_for_each_guest_without_their_tokens(simulated: Simulated, plex: SimulatedPlex) -> None:
    shares = Plex(Connection(plex.url, plex.token)).section_shares(plex.machine_id)
    carls = {share.title for share in shares if share.account_id == 1004 and share.is_shared}
    assert carls == {"Films", "YouTube"}
    assert {share.type for share in shares} == {"movie", "show"}
    assert "token" not in repr(shares)


def test_more_people_than_can_be_are_refused(simulated: Simulated, plex: SimulatedPlex) -> None:
    simulated.settings.crowd = tv.MOST_GUESTS
    with visit() as there, pytest.raises(Malformed, match="more people"):
        there.guests(plex.token, plex.machine_id)


# --- what else may come -----------------------------------------------------------------------------------------------
@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize("mode", ["down", "hang", "wrong", "error", "garbage", "unauthorized"])
def test_whatever_ails_it_is_one_of_our_errors(simulated: Simulated, plex: SimulatedPlex, mode: str) -> None:
    expected = {"down": Unreachable, "hang": Unreachable, "error": Refused, "unauthorized": BadCredentials}
    simulated.turn(mode)
    for ask in (
        lambda there: there.make_pin(origin=HERE),
        lambda there: there.look_at(1, "abcdef"),
        lambda there: there.who("token"),
        lambda there: there.guests("token", plex.machine_id),
        lambda there: there.section_shares("token", plex.machine_id),
    ):
        with visit() as there, pytest.raises(expected.get(mode, Malformed)):
            ask(there)


@contextlib.contextmanager
def answering(settings: Settings, say: wire.Say) -> Iterator[PlexTv]:
    """A visit at a plex.tv that says just this."""
    with wire.server(say) as opened:
        settings.PLEX_TV_URL = opened.url
        with visit() as there:
            yield there


ODD_USERS: list[Any] = [
    [],
    "text",
    None,
    {},
    {"id": None},
    {"id": "abc"},
    {"id": -5},
    {"id": True},
    {"id": 10**30},
    {"id": {"a": 1}},
]


@pytest.mark.parametrize("answer", ODD_USERS, ids=str)
def test_an_account_without_a_number_is_none(settings: Settings, answer: Any) -> None:
    with answering(settings, wire.saying(wire.page(json.dumps(answer).encode()))) as there, pytest.raises(Malformed):
        there.who("token")


def test_unknown_fields_are_passed_over_and_texts_are_cut(settings: Settings) -> None:
    said = {
        "id": "77",
        "username": "x" * 5000,
        "title": "Zo\u00eb\x00\u202e",
        "email": {"not": "text"},
        "thumb": "javascript:alert(1)",
        "new": [1, {"deep": None}],
    }
    with answering(settings, wire.saying(wire.page(json.dumps(said).encode()))) as there:
        account = there.who("token")
    assert (account.id, len(account.username), account.name) == (77, 150, "Zo\u00eb")
    assert (account.email, account.image) == ("", "")


def test_an_address_that_was_never_confirmed_is_not_believed(settings: Settings) -> None:
    said = {"id": 5, "username": "eve", "email": "anna@nest.example", "confirmed": False}
    with answering(settings, wire.saying(wire.page(json.dumps(said).encode()))) as there:
        assert there.who("token").email == ""


BOMB = b'<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;&b;">]><MediaContainer><User id="1" title="&c;"/></MediaContainer>'
ODD_LISTS = [
    BOMB,
    b"",
    b"<html/>",
    b"<MediaContainer>",
    b"{}",
    b"\xff\xfe",
    b'<?xml version="1.0" encoding="nonsense"?><a/>',
]


@pytest.mark.parametrize("body", ODD_LISTS)
def test_a_list_that_is_none_is_refused(settings: Settings, body: bytes) -> None:
    with answering(settings, wire.saying(wire.page(body))) as there, pytest.raises(Malformed):
        there.guests("token", "machine")


@pytest.mark.usefixtures("hasty")
def test_a_drip_and_a_flood_have_an_end(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 4294967296\r\n\r\n"
    monkeypatch.setattr(tv, "LIMITS", dataclasses.replace(tv.LIMITS, body=1_000_000))
    for say, error in (
        (wire.dripping(head, b" ", 0.05), Unreachable),
        (wire.dripping(head, b" " * 100_000, 0.0), Malformed),
    ):
        with answering(settings, say) as there, pytest.raises(error):
            there.who("token")


def test_a_pin_that_was_not_asked_for_is_refused(settings: Settings) -> None:
    body = json.dumps({"id": 99, "code": "other-code", "authToken": "stolen", "expiresIn": 5}).encode()
    with answering(settings, wire.saying(wire.page(body))) as there, pytest.raises(Malformed):
        there.look_at(12, "my-own-code")


def test_tokens_are_in_no_address_and_no_error(settings: Settings) -> None:
    secret = "very-secret-token"
    with wire.server(wire.saying(wire.page(b"no", "500 No"))) as opened:
        settings.PLEX_TV_URL = opened.url
        with visit() as there:
            for ask in (there.who, there.sign_out):
                with pytest.raises(ProviderError) as error:
                    ask(secret)
                assert secret not in f"{error.value!r}{error.value.sentence}"
    assert all(secret not in head.splitlines()[0] for head in opened.heads)
