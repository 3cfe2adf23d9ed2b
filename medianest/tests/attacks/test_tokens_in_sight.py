"""Attack 27: tokens where they can be read by others: in addresses, in logs, in what is written down."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from accounts import tokens
from accounts.models import Scope, User
from medianest.tests.attacks.addresses import of
from medianest.tests.attacks.snapshot import everything

ME = "/api/v1/me/"


@pytest.fixture
def text(anna: User) -> str:
    """A good token of Anna's, in clear."""
    return tokens.make(user=anna, name="Script", scopes=[Scope.READ], lasts=dt.timedelta(days=7), request=None).text


@pytest.mark.parametrize("name", ["token", "access_token", "api_key", "key", "auth", "authorization", "X-Plex-Token"])
def test_a_token_in_an_address_opens_nothing(name: str, anna: User, text: str) -> None:
    for value in (text, f"Bearer {text}"):
        for one, path in of(anna):
            if getattr(one.view, "login_required", True):
                assert Client().get(path, {name: value}).status_code in (302, 401), path
    assert Client().get(ME, headers={"Authorization": f"Bearer {text}"}).status_code == 200


@pytest.mark.parametrize("place", ["cookie", "form", "basic", "other header"])
def test_nor_anywhere_else_but_in_its_header(place: str, anna: User, text: str) -> None:
    client, headers = Client(), {}
    if place == "cookie":
        client.cookies.load({"Authorization": text, "token": text, "sessionid": text, "device": text})
    headers = {"basic": {"Authorization": f"Basic {text}"}, "other header": {"X-Api-Key": text}}.get(place, {})
    assert client.get(ME, headers=headers).status_code == 401
    assert client.post(ME, {"token": text}).status_code == 401


def test_tokens_are_in_no_log_and_in_no_table(
    anna: User, text: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    secret = text.removeprefix(tokens.PREFIX)
    for sent in (text, text + "x"):  # a good one, and one that is refused
        headers = {"Authorization": f"Bearer {sent}"}
        for path in (ME, "/account/", "/nowhere/", "/downloads/"):
            Client().get(path, {"token": sent}, headers=headers)
            Client().post(path, {"token": sent, "link": sent}, headers=headers)
            Client(headers={"Host": "evil.example"}).get(path, {"token": sent}, headers=headers)
    said = capfd.readouterr()
    assert secret not in caplog.text + said.out + said.err
    assert caplog.text + said.err, "nothing was logged at all"
    assert secret not in everything()


def test_a_token_revoked_a_moment_ago_is_worthless_at_once(anna: User, text: str) -> None:
    headers = {"Authorization": f"Bearer {text}"}
    assert Client().get(ME, headers=headers).status_code == 200
    anna.session_tokens.update(revoked_at=timezone.now())
    assert Client().get(ME, headers=headers).status_code == 401
