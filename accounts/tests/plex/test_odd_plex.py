"""Coming in while plex.tv is ill, or answers with anything but what was asked for."""

from __future__ import annotations

import json
import time

import pytest
from pytest_django.fixtures import Settings

from accounts.models import User
from accounts.tests.plex.conftest import GO_ON, REFUSED, SIGN_IN, WAITING, Visitor
from medianest.tests import wire

pytestmark = pytest.mark.usefixtures("impatient")
LONGEST_SECONDS = 45  # two calls at most, three seconds each (conftest.py), and a busy machine
ENDLESS = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 4294967296\r\n\r\n"
DEEP = b"[" * 100_000 + b"]" * 100_000


@pytest.mark.parametrize("mode", ["down", "hang", "error", "garbage", "wrong"])
def test_while_it_is_ill_nobody_comes_in_and_afterwards_the_pin_still_does(visitor: Visitor, mode: str) -> None:
    visitor.begin()
    visitor.approve("ben")
    visitor.plextv.turn(mode)
    began = time.monotonic()
    assert visitor.come_back().headers["Location"] == REFUSED
    assert time.monotonic() - began < LONGEST_SECONDS
    assert "Plex does not answer" in visitor.client.get(REFUSED).text
    assert not visitor.is_in
    assert not User.objects.exists()
    visitor.plextv.turn("up")
    assert visitor.client.post(GO_ON).headers["Location"] == "/"
    assert visitor.is_in


def pin(visitor: Visitor, **said: object) -> bytes:
    """An approved PIN as plex.tv tells of it, and more."""
    waited = visitor.pending
    plain = {"id": waited.pin_id, "code": waited.code, "authToken": "stolen-token", "expiresIn": 900, "trusted": True}
    return json.dumps({**plain, **said}).encode()


ANSWERS = {
    "a page": wire.page(b"<!doctype html><h1>Maintenance</h1>", Content_Type="text/html"),
    "a page that says 500": wire.page(b"<h1>Oops</h1>", status="500 Internal Server Error"),
    "no JSON": wire.page(b'{"id": 1, "authToken": "x"'),
    "a list": wire.page(b"[]"),
    "nothing": wire.page(b""),
    "deep": wire.page(DEEP),
    "no text": wire.page(b"\xff\xfe\x00"),
    "not a number": wire.page(b'{"id": NaN, "expiresIn": Infinity}'),
    "elsewhere": wire.page(b"", status="302 Found", Location="http://169.254.169.254/latest/meta-data/"),
    "no HTTP": b"220 mail.example ESMTP\r\n",
    "cut off": b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{",
}


def says(kind: str, visitor: Visitor) -> wire.Say:
    if kind == "drip":
        return wire.dripping(ENDLESS, b" ", 0.05)
    if kind == "4 GB":
        return wire.dripping(ENDLESS, b" " * 100_000, 0.0)
    if kind == "unknown fields":  # the same text for every question: a PIN, and then an account that is none
        return wire.saying(
            wire.page(pin(visitor, role="ADMIN", user={"id": 1001, "admin": True}, next="//evil.example"))
        )
    if kind == "another's PIN":
        return wire.saying(wire.page(pin(visitor, id=visitor.pending.pin_id + 1)))
    if kind == "a token that is none":
        return wire.saying(wire.page(pin(visitor, authToken={"$ne": None})))
    return wire.saying(ANSWERS[kind])


@pytest.mark.parametrize(
    "kind", [*sorted(ANSWERS), "drip", "4 GB", "unknown fields", "another's PIN", "a token that is none"]
)
def test_whatever_it_answers_nobody_comes_in_and_it_ends_in_time(
    kind: str, visitor: Visitor, settings: Settings
) -> None:
    visitor.begin()
    state = visitor.pending.state
    with wire.server(says(kind, visitor)) as odd:
        settings.PLEX_TV_URL = settings.PLEX_CLIENTS_URL = odd.url
        began = time.monotonic()
        answer = visitor.come_back(state)
        took = time.monotonic() - began
    assert odd.heads, "it was not asked at all"
    assert answer.status_code == 302
    assert answer.headers["Location"] in (REFUSED, SIGN_IN, WAITING)
    assert took < LONGEST_SECONDS
    assert not visitor.is_in
    assert not User.objects.exists()
    assert "stolen-token" not in json.dumps(dict(visitor.client.session.items()))
