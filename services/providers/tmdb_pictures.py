"""TMDB's pictures. They need no key and come from a host of their own."""

from __future__ import annotations

import re

from django.conf import settings

from medianest.lib.breaker import Breaker
from medianest.lib.http import Client, Limits

SIZES = ("w92", "w154", "w185", "w300", "w342", "w500", "w780", "w1280", "h632")
"""Those of TMDB's sizes that MediaNest shows: posters, portraits, stills and backdrops. w: width, h: height in px."""
_NAME = re.compile(r"/[A-Za-z0-9_-]{1,80}\.(?:jpg|jpeg|png|webp)")
_LIMITS = Limits(connect=2.0, total=5.0, body=3_000_000)


def is_picture(size: str, path: str) -> bool:
    """Whether TMDB could have such a picture; `path` is as TMDB gives it, with its slash."""
    return size in SIZES and _NAME.fullmatch(path) is not None


def fetch(size: str, path: str) -> bytes:
    """The picture's bytes. Raises the ProviderError family; ValueError for what cannot be a picture's name."""
    if not is_picture(size, path):
        raise ValueError(path)
    breaker = Breaker("tmdb-pictures")
    with Client("TMDB", settings.TMDB_IMAGE_URL, limits=_LIMITS, budget=_LIMITS.total, breaker=breaker) as client:
        return client.get(f"/t/p/{size}{path}").body
