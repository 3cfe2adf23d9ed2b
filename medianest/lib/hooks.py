"""Addresses at which other programs say that something happened. Whoever knows the secret in it may say so."""

from __future__ import annotations

from django.utils.crypto import constant_time_compare, salted_hmac


def secret(service: str) -> str:
    """The service's secret: made of this installation's own key, so that it is kept nowhere."""
    return salted_hmac("medianest.hooks", service, algorithm="sha256").hexdigest()[:40]


def is_right(service: str, given: str) -> bool:
    """Whether this is the service's secret; how long it takes tells nothing of it."""
    return constant_time_compare(secret(service), given)


def path(service: str) -> str:
    """Where the service reports to, below this installation's address."""
    return f"/hooks/{service}/{secret(service)}"
