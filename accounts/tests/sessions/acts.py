"""What tests of sessions do again and again."""

from __future__ import annotations

import datetime as dt
from typing import Any

import time_machine
from django.conf import settings
from django.test import Client
from django.utils import timezone

from accounts.models import Session, User
from accounts.sessions.store import hash_of
from accounts.tests.conftest import PASSWORD

PAGE = "/account/"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 Version/19.0 Mobile Safari/604.1"


def sign_in(user: User, *, agent: str = FIREFOX, **fields: str) -> Client:
    """A browser in which the person has signed in by password."""
    client = Client(headers={"user-agent": agent})
    answer = client.post("/account/sign-in/", {"username": user.username, "password": PASSWORD, **fields})
    assert answer.status_code == 302, answer.text
    return client


def is_in(client: Client) -> bool:
    return client.get(PAGE).status_code == 200


def key_of(client: Client) -> str:
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def row_of(client: Client) -> Session:
    return Session.objects.get(session_token=hash_of(key_of(client)))


def device_cookie(client: Client) -> str:
    morsel = client.cookies.get(settings.DEVICE_COOKIE_NAME)
    return morsel.value if morsel else ""


def lose_session(client: Client) -> None:
    """As a browser whose session ran out."""
    client.cookies.pop(settings.SESSION_COOKIE_NAME, None)


def with_cookie(value: str, agent: str = FIREFOX) -> Client:
    """A browser that carries this device cookie and nothing else."""
    client = Client(headers={"user-agent": agent})
    client.cookies[settings.DEVICE_COOKIE_NAME] = value
    return client


def later(**span: float) -> Any:
    """The clock put forward."""
    return time_machine.travel(timezone.now() + dt.timedelta(**span), tick=True)
