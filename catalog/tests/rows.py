"""Rows of the catalogue for tests, whole but for what a test says otherwise."""

from __future__ import annotations

import itertools
from typing import Any

from django.utils import timezone

from catalog.models import LibraryItem, LibrarySection, MediaItem, StreamingProvider

_number = itertools.count(1)


def title(**said: Any) -> MediaItem:
    """An unsaved film."""
    n = next(_number)
    return MediaItem(**{"tmdb_id": 100_000 + n, "media_type": "movie", "title": f"Film {n}", **said})


def stored_title(**said: Any) -> MediaItem:
    made = title(**said)
    made.save()
    return made


def section(**said: Any) -> LibrarySection:
    n = next(_number)
    return LibrarySection(**{"server_id": "m1", "section_key": str(n), "type": "movie", "title": f"Films {n}", **said})


def stored_section(**said: Any) -> LibrarySection:
    made = section(**said)
    made.save()
    return made


def item(of: LibrarySection, **said: Any) -> LibraryItem:
    n = next(_number)
    facts = {"rating_key": str(n), "type": "movie", "title": f"Item {n}", "seen_at": timezone.now()}
    return LibraryItem(section=of, **{**facts, **said})


def streaming(of: MediaItem, **said: Any) -> StreamingProvider:
    n = next(_number)
    return StreamingProvider(
        media_item=of, **{"provider": f"Provider {n}", "kind": "flatrate", "regions": ["DE"], **said}
    )
