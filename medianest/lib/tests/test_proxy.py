"""Forwarded headers count only from a trusted proxy."""

from __future__ import annotations

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from pytest_django.fixtures import Settings

from medianest.lib.proxy import ProxyMiddleware


def seen(remote: str, **headers: str) -> HttpRequest:
    """The request as the rest of MediaNest sees it."""
    request = RequestFactory().get("/")
    request.META.update({"REMOTE_ADDR": remote, **headers})
    ProxyMiddleware(lambda request: HttpResponse())(request)
    return request


def test_without_a_proxy_forwarded_headers_are_dropped(settings: Settings) -> None:
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    request = seen(
        "192.0.2.1",
        HTTP_X_FORWARDED_FOR="203.0.113.9",
        HTTP_X_FORWARDED_PROTO="https",
        HTTP_X_FORWARDED_HOST="evil.example",
    )
    assert request.META["REMOTE_ADDR"] == "192.0.2.1"
    assert not request.is_secure()
    assert "HTTP_X_FORWARDED_HOST" not in request.META


@pytest.mark.parametrize(
    ("forwarded", "client"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("1.2.3.4, 203.0.113.9", "203.0.113.9"),
        ("1.2.3.4, 203.0.113.9, 10.0.0.7", "203.0.113.9"),
        ("10.0.0.8, 10.0.0.7", "10.0.0.8"),
        ("2001:db8::1", "2001:db8::1"),
        ("", "10.0.0.1"),
        ("unknown", "10.0.0.1"),
        ("203.0.113.9, <script>", "10.0.0.1"),
        ("203.0.113.9, , 10.0.0.7", "10.0.0.7"),
    ],
)
def test_behind_a_proxy_the_right_most_unknown_hop_is_the_client(
    forwarded: str, client: str, settings: Settings
) -> None:
    settings.TRUSTED_PROXIES = ["10.0.0.0/24"]
    assert seen("10.0.0.1", HTTP_X_FORWARDED_FOR=forwarded).META["REMOTE_ADDR"] == client


def test_behind_a_proxy_its_word_about_tls_counts(settings: Settings) -> None:
    settings.TRUSTED_PROXIES = ["10.0.0.1"]
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    assert seen("10.0.0.1", HTTP_X_FORWARDED_PROTO="https").is_secure()
    assert not seen("10.0.0.2", HTTP_X_FORWARDED_PROTO="https").is_secure()


def test_a_wrong_list_of_proxies_is_said_at_the_start(settings: Settings) -> None:
    settings.TRUSTED_PROXIES = ["my-proxy"]
    with pytest.raises(ImproperlyConfigured, match="TRUSTED_PROXIES"):
        ProxyMiddleware(lambda request: HttpResponse())
