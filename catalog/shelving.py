"""Writes what a media server told of its items on their rows, a portion at a time."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence

from django.db.models import Exists, OuterRef, Q, Subquery
from django.utils import timezone

from catalog import ratings
from catalog.models import ItemType, LibraryItem, LibrarySection, MediaItem, MediaType
from services.providers.holding import MOVIE, PARTS, SHOW, HeldItem, HeldSection

_TITLES = {MOVIE: MediaType.MOVIE, SHOW: MediaType.TV}
_TOLD = [
    "parent",
    "media_item",
    "type",
    "title",
    "sort_title",
    "original_title",
    "year",
    "number",
    "child_count",
    "guids",
    "tmdb_id",
    "imdb_id",
    "tvdb_id",
    "duration_ms",
    "certification",
    "minimum_age",
    "thumb",
    "art",
    "added_at",
    "seen_at",
    "updated_at",
]


def stored_type(section: HeldSection, type: str) -> str:
    """What an item is called here: a film that nobody can know is a video of somebody's."""
    return ItemType.OTHER.value if section.is_personal and type == MOVIE else type


def stored_types(section: HeldSection) -> list[str]:
    """All that a section's items may be called here, whatever the section was before."""
    types = list(PARTS.get(section.type, ()))
    return [*types, ItemType.OTHER.value] if MOVIE in types else types


def put(row: LibrarySection, section: HeldSection, items: Sequence[HeldItem], now: dt.datetime) -> bool:
    """Write items of one type on their rows, seen at `now`; False if one's parent is not known here yet."""
    by_key = {one.rating_key: one for one in items}
    if not by_key:
        return True
    parents = _parents(row, by_key.values())
    titles = _Titles(by_key.values())
    rows = []
    for one in by_key.values():
        title = titles.of(one)
        rows.append(
            LibraryItem(
                section=row,
                parent_id=parents.get(one.parent_key),
                media_item=title,
                rating_key=one.rating_key,
                type=stored_type(section, one.type),
                title=one.title,
                sort_title=one.sort_title.casefold()[:300],
                original_title=one.original_title,
                year=one.year,
                number=one.number,
                child_count=one.parts,
                guids=list(one.guids),
                tmdb_id=one.ids.tmdb or (title.tmdb_id if title else None),
                imdb_id=one.ids.imdb,
                tvdb_id=one.ids.tvdb,
                duration_ms=one.duration_ms,
                certification=one.certification,
                minimum_age=ratings.age_of(one.certification.rpartition("/")[2]),
                thumb=one.thumb,
                art=one.art,
                added_at=one.added_at,
                seen_at=now,
            )
        )
    LibraryItem.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["section", "rating_key"], update_fields=_TOLD
    )
    return all(one.parent_key in parents for one in by_key.values() if one.type not in _TITLES)


def _parents(row: LibrarySection, items: Iterable[HeldItem]) -> dict[str, uuid.UUID]:
    """The rows of their series and seasons, by rating key."""
    wanted = {one.parent_key for one in items if one.parent_key and one.type not in _TITLES}
    known = row.items.filter(rating_key__in=wanted, type__in=[ItemType.SHOW, ItemType.SEASON])
    return dict(known.values_list("rating_key", "pk")) if wanted else {}


class _Titles:
    """The catalogue's rows of films and series, found by any of their ids."""

    def __init__(self, items: Iterable[HeldItem]) -> None:
        some = [one for one in items if one.type in _TITLES]
        self._by_id: dict[tuple[str, object], MediaItem] = {}
        if not some:
            return
        tmdb = Q(tmdb_id__in=[one.ids.tmdb for one in some if one.ids.tmdb])
        imdb = Q(imdb_id__in=[one.ids.imdb for one in some if one.ids.imdb and not one.ids.tmdb])
        tvdb = Q(tvdb_id__in=[one.ids.tvdb for one in some if one.ids.tvdb and not one.ids.tmdb])
        rows = MediaItem.objects.filter(tmdb | imdb | tvdb, media_type=_TITLES[some[0].type])
        for row in rows.only("pk", "tmdb_id", "imdb_id", "tvdb_id"):
            for name, value in (("tmdb", row.tmdb_id), ("imdb", row.imdb_id), ("tvdb", row.tvdb_id)):
                if value:
                    self._by_id[name, value] = row

    def of(self, item: HeldItem) -> MediaItem | None:
        """TMDB's id decides; only without one are the others asked."""
        if item.type not in _TITLES:
            return None
        if item.ids.tmdb:
            return self._by_id.get(("tmdb", item.ids.tmdb))
        return self._by_id.get(("imdb", item.ids.imdb)) or self._by_id.get(("tvdb", item.ids.tvdb))


def link_titles() -> int:
    """Connect items with titles that the catalogue learned of later; how many."""
    linked = 0
    for type, media_type in _TITLES.items():
        title = MediaItem.objects.filter(tmdb_id=OuterRef("tmdb_id"), media_type=media_type).order_by()
        loose = LibraryItem.objects.filter(type=type, media_item__isnull=True, tmdb_id__isnull=False)
        linked += loose.filter(Exists(title)).update(
            media_item=Subquery(title.values("pk")[:1]), updated_at=timezone.now()
        )
    return linked
