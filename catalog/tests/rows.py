"""Rows of the catalogue for tests, whole but for what a test says otherwise."""

from __future__ import annotations

import itertools
from typing import Any

from django.utils import timezone

from catalog.models import DiscoverRow, LibraryItem, LibrarySection, MediaItem, StreamingProvider
from catalog.starters import ROWS

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


def discover_row(**said: Any) -> DiscoverRow:
    """An unsaved row of the discover page; what is trending unless said otherwise."""
    n = next(_number)
    return DiscoverRow(**{"slug": f"row-{n}", "kind": "trending", "title": f"Row {n}", **said})


def stored_discover_row(**said: Any) -> DiscoverRow:
    made = discover_row(**said)
    made.save()
    return made


def starting_rows() -> None:
    """The rows of the discover page as a new house has them."""
    for place, row in enumerate(ROWS):
        facts = {"slug": row.slug, "kind": row.kind, "media_type": row.media_type, "filters": row.filters}
        stored_discover_row(**facts, title=row.title, position=place, is_shown=row.is_shown)
