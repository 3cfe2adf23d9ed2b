"""People's pictures at plex.tv. They need no token."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings

from medianest.lib.breaker import Breaker
from medianest.lib.http import Client, Limits, origin

_HOST = "plex.tv"
_LIMITS = Limits(connect=2.0, total=5.0, body=2_000_000)


def path_of(address: str) -> str:
    """The path (with its query) of a picture at plex.tv; "" for an address anywhere else, or none at all."""
    try:
        parts, (scheme, host, _port) = urlsplit(address), origin(address)
        is_there = (scheme, host, parts.port) == ("https", _HOST, None) or origin(address) == origin(
            settings.PLEX_TV_URL
        )
    except ValueError:
        return ""
    if not is_there or parts.username is not None or not parts.path.startswith("/"):
        return ""
    return parts.path + (f"?{parts.query}" if parts.query else "")


def fetch(address: str) -> bytes:
    """The picture's bytes. Raises the ProviderError family; ValueError for an address that is not plex.tv's.

    Whatever the address says, it is PLEX_TV_URL that is asked, and what leads on to another host is not followed.
    """
    path = path_of(address)
    if not path:
        raise ValueError("not at plex.tv")
    breaker = Breaker("plex-avatars")
    with Client("plex.tv", settings.PLEX_TV_URL, limits=_LIMITS, budget=_LIMITS.total, breaker=breaker) as client:
        return client.get(path).body
