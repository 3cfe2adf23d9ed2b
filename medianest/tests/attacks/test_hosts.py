"""Attacks 4 to 6: names and addresses that somebody only claims."""

from __future__ import annotations

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from accounts.models import User
from medianest.tests.attacks.addresses import in_admin, of
from operations.models import SecurityEvent

HOSTS = (
    "evil.example",
    "evil.example:80",
    "testserver.evil.example",
    "evil.example#testserver",
    "testserver@evil.example",
    "",
)
CLAIMS = {
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Server": "evil.example",
    "X-Host": "evil.example",
    "X-Original-Host": "evil.example",
    "Forwarded": "for=203.0.113.9;host=evil.example;proto=https",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Port": "8443",
    "X-Forwarded-For": "203.0.113.9",
    "X_Forwarded_For": "203.0.113.9",
    "X_Forwarded_Host": "evil.example",
    "X-Real-IP": "203.0.113.9",
    "True-Client-IP": "203.0.113.9",
    "CF-Connecting-IP": "203.0.113.9",
    "X-Original-URL": "/admin/",
    "X-Rewrite-URL": "/admin/",
}


@pytest.mark.parametrize("host", HOSTS[:-1])
def test_another_name_is_refused_everywhere(host: str, administrator: User, administrators: Client) -> None:
    paths = [path for _one, path in of(administrator)] + (in_admin() if host == HOSTS[0] else [])
    for path in paths:
        answer = administrators.get(path, headers={"Host": host})
        assert answer.status_code == 400, path
        assert "evil.example" not in answer.text
        assert "Location" not in answer.headers


@pytest.mark.parametrize("settings_trust", [[], ["10.0.0.0/24"]])
def test_what_an_unknown_address_claims_of_itself_counts_nowhere(
    settings_trust: list[str], settings: Settings, administrator: User, administrators: Client
) -> None:
    settings.TRUSTED_PROXIES = settings_trust
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if settings_trust else None
    client = Client(headers=CLAIMS, REMOTE_ADDR="192.0.2.1")
    client.cookies = administrators.cookies
    for one, path in of(administrator):
        plain, claimed = administrators.get(path), client.get(path)
        assert claimed.status_code == plain.status_code, path
        assert claimed.headers.get("Location") == plain.headers.get("Location"), path
        if not claimed.streaming:
            assert "evil.example" not in claimed.text, one.name
            assert "203.0.113.9" not in claimed.text, one.name


def test_a_claimed_address_is_written_nowhere(anna: User) -> None:
    client = Client(headers=CLAIMS, REMOTE_ADDR="192.0.2.1")
    client.post("/account/sign-in/", {"username": "anna", "password": "wrong"})
    assert {event.address for event in SecurityEvent.objects.all()} == {"192.0.2.1"}
