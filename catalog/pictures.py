"""Posters, backdrops and portraits, through our own store: no browser ever asks anybody else for one."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import structlog
from django.conf import settings
from django.core.cache import cache

from catalog.models import ItemType, LibraryItem
from medianest.lib.http import ProviderError
from medianest.lib.picture_store import NotAPicture, Picture, PictureStore
from services import connections
from services.providers import tmdb_pictures
from services.providers.holding import HoldsLibrary

log = structlog.get_logger(__name__)
ROOM = 2_000_000_000
LIBRARY_ROOM = 500_000_000
POSTER, WIDE = (342, 513), (480, 270)
"""Width and height in pixels of a library item's picture: upright ones, and those of videos and episodes."""
_AT_ONCE = threading.BoundedSemaphore(4)  # half of the web process's threads; the others go on serving pages
_WAIT = 4.0  # seconds for one's turn
_MISSING_FOR = 600  # seconds until what could not be had is tried again


def store() -> PictureStore:
    return PictureStore(Path(settings.DATA_DIR) / "images" / "tmdb", ROOM)


def library_store() -> PictureStore:
    return PictureStore(Path(settings.DATA_DIR) / "images" / "library", LIBRARY_ROOM)


def tmdb_picture(size: str, path: str) -> Picture | None:
    """A picture of TMDB's from our store, fetched at its first use; None when it cannot be had now.

    `path` is as TMDB gives it, with its slash.
    """
    if not tmdb_pictures.is_picture(size, path):
        return None
    return _had(store(), f"{size}{path}", lambda: tmdb_pictures.fetch(size, path))


def library_picture(item: LibraryItem) -> Picture | None:
    """A library item's picture from our store, fetched from the media server at its first use; None without one.

    Whoever asks must have looked whether the person may see it. The server's path changes with the picture.
    """
    width, height = WIDE if item.type in (ItemType.OTHER, ItemType.EPISODE) else POSTER
    if not item.thumb:
        return None

    def fetch() -> bytes:
        server = connections.first(HoldsLibrary)  # type: ignore[type-abstract]
        if server is None:
            raise NotAPicture("no media server is connected")
        return server.picture(item.thumb, width=width, height=height)

    return _had(library_store(), f"{item.section.server_id}{item.thumb}?{width}x{height}", fetch)


def tidy() -> int:
    """Keep the stores within their room; the bytes that were dropped."""
    return store().tidy() + library_store().tidy()


def _had(kept: PictureStore, key: str, fetch: Callable[[], bytes]) -> Picture | None:
    found = kept.find(key)
    if found is not None:
        return found
    if cache.get(_missing(key)) or not _AT_ONCE.acquire(timeout=_WAIT):
        return None
    try:
        return kept.find(key) or _fetched(kept, key, fetch)
    finally:
        _AT_ONCE.release()


def _fetched(kept: PictureStore, key: str, fetch: Callable[[], bytes]) -> Picture | None:
    try:
        return kept.keep(key, fetch())
    except (ProviderError, NotAPicture) as error:
        log.info("picture_missing", picture=key, reason=str(error) or type(error).__name__)
    except OSError as error:
        log.warning("picture_not_kept", picture=key, reason=error.strerror)
    cache.set(_missing(key), True, _MISSING_FOR)
    return None


def _missing(key: str) -> str:
    return f"picture-missing:{key}"
