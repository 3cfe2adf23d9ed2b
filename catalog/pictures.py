"""Posters, backdrops and portraits, through our own store: no browser ever asks anybody else for one."""

from __future__ import annotations

import threading
from pathlib import Path

import structlog
from django.conf import settings
from django.core.cache import cache

from medianest.lib.http import ProviderError
from medianest.lib.picture_store import NotAPicture, Picture, PictureStore
from services.providers import tmdb_pictures

log = structlog.get_logger(__name__)
ROOM = 2_000_000_000
_AT_ONCE = threading.BoundedSemaphore(4)  # half of the web process's threads; the others go on serving pages
_WAIT = 4.0  # seconds for one's turn
_MISSING_FOR = 600  # seconds until what could not be had is tried again


def store() -> PictureStore:
    return PictureStore(Path(settings.DATA_DIR) / "images" / "tmdb", ROOM)


def tmdb_picture(size: str, path: str) -> Picture | None:
    """A picture of TMDB's from our store, fetched at its first use; None when it cannot be had now.

    `path` is as TMDB gives it, with its slash.
    """
    key = f"{size}{path}"
    found = store().find(key)
    if found is not None:
        return found
    if not tmdb_pictures.is_picture(size, path) or cache.get(_missing(key)):
        return None
    if not _AT_ONCE.acquire(timeout=_WAIT):
        return None
    try:
        return store().find(key) or _fetched(size, path, key)
    finally:
        _AT_ONCE.release()


def _fetched(size: str, path: str, key: str) -> Picture | None:
    try:
        return store().keep(key, tmdb_pictures.fetch(size, path))
    except (ProviderError, NotAPicture) as error:
        log.info("picture_missing", picture=key, reason=str(error) or type(error).__name__)
    except OSError as error:
        log.warning("picture_not_kept", picture=key, reason=error.strerror)
    cache.set(_missing(key), True, _MISSING_FOR)
    return None


def _missing(key: str) -> str:
    return f"picture-missing:{key}"
