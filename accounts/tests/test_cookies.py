"""The cookies that let somebody in: bound to this host and to TLS, out of reach of scripts."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from django.conf import settings as live
from django.test import Client
from pytest_django.fixtures import Settings

from accounts.models import User
from accounts.tests.conftest import PASSWORD

NAMES = {"SESSION_COOKIE_NAME": "sessionid", "CSRF_COOKIE_NAME": "csrftoken", "DEVICE_COOKIE_NAME": "device"}
_TELL = (
    "import json; from medianest import settings as s;"
    " print(json.dumps({n: getattr(s, n) for n in dir(s) if '_COOKIE_' in n or n.startswith('SECURE_HSTS')}))"
)


def settings_with(**environment: str) -> dict[str, object]:
    """What a process of its own makes of these variables."""
    kept = {name: value for name, value in os.environ.items() if name != "PLAIN_HTTP"}
    told = subprocess.run(
        [sys.executable, "-c", _TELL], env={**kept, **environment}, capture_output=True, check=True, text=True
    )
    found: dict[str, object] = json.loads(told.stdout)
    return found


def test_they_are_bound_to_the_host_unless_plain_http_was_chosen() -> None:
    sound, at_home = settings_with(PUBLIC_URL="https://nest.example"), settings_with(PLAIN_HTTP="1")
    for setting, name in NAMES.items():
        assert (sound[setting], at_home[setting]) == (f"__Host-{name}", name)
    for setting in ("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE"):
        assert (sound[setting], at_home[setting]) == (True, False)
    assert (sound["SECURE_HSTS_SECONDS"], at_home["SECURE_HSTS_SECONDS"]) == (31_536_000, 0)


@pytest.fixture
def over_tls(settings: Settings) -> Client:
    """A browser of an installation that is spoken to with TLS."""
    for setting, name in NAMES.items():
        setattr(settings, setting, f"__Host-{name}")
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    return Client(headers={"Referer": "https://testserver/"})


def test_a_browser_takes_each_of_them(over_tls: Client, olive: User) -> None:
    """A cookie of that name without Secure, with a Domain or another Path is dropped, and nobody would come in."""
    over_tls.get("/account/sign-in/", secure=True)
    sent = {"username": "olive", "password": PASSWORD, "remember": "on"}
    answer = over_tls.post("/account/sign-in/", sent, secure=True)
    assert answer.status_code == 302
    for setting in NAMES:
        cookie = over_tls.cookies[getattr(live, setting)]
        assert (cookie["secure"], cookie["path"], cookie["domain"]) == (True, "/", ""), setting
        assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax"), setting


def test_a_browser_lets_go_of_them(over_tls: Client, olive: User) -> None:
    over_tls.post("/account/sign-in/", {"username": "olive", "password": PASSWORD, "remember": "on"}, secure=True)
    answer = over_tls.post("/account/sign-out/", secure=True)
    for setting in ("SESSION_COOKIE_NAME", "DEVICE_COOKIE_NAME"):
        cookie = answer.cookies[getattr(live, setting)]
        assert (cookie.value, cookie["max-age"]) == ("", 0)
        assert (cookie["secure"], cookie["path"], cookie["domain"]) == (True, "/", "")
