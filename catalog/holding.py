"""Is it there, which seasons, and what is new: asked of the copy of the library, never of Plex.

With a `user` only the sections shared with them count, without one the whole server; administrators see all.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Count, F, Q, Value

from catalog.marks import Key
from catalog.models import ItemType, LibraryItem, MediaType
from catalog.querysets import ITEM_TYPES, LibraryItemQuerySet

if TYPE_CHECKING:
    from accounts.models import User
    from catalog.ages import Limit

_KEPT_TYPES = {held: told for told, held in ITEM_TYPES.items()}
_EPISODES = 120
"""How many of the newest episodes are looked through for series with something new."""


def _within(user: User | None) -> LibraryItemQuerySet:
    return LibraryItem.objects.all() if user is None else LibraryItem.objects.visible_to(user)


def has_film(tmdb_id: int, user: User | None = None) -> bool:
    """Whether a film is in the library."""
    return _within(user).of_title(tmdb_id, MediaType.MOVIE).exists()


def seasons_held(tmdb_id: int, user: User | None = None) -> dict[int, int]:
    """How many different episodes of each season of a series are in the library, by the season's number; 0: specials."""
    of_series = {"type": ItemType.SHOW, "tmdb_id": tmdb_id}
    seasons = _within(user).filter(**{f"parent__{name}": value for name, value in of_series.items()})
    held: dict[int, int] = {}
    told = seasons.filter(type=ItemType.SEASON, number__isnull=False).order_by().values_list("number", "child_count")
    for number, count in told:
        held[number or 0] = max(held.get(number or 0, 0), count)
    episodes = _within(user).filter(**{f"parent__parent__{name}": value for name, value in of_series.items()})
    # The same season may stand in two sections with other episodes in each.
    numbered = episodes.filter(type=ItemType.EPISODE, parent__number__isnull=False).order_by()
    for number, count in numbered.values_list("parent__number").annotate(Count("number", distinct=True)):
        held[number] = max(held.get(number, 0), count)
    return {number: count for number, count in sorted(held.items()) if count}


def held_among(user: User | None, keys: Collection[Key]) -> set[Key]:
    """Which of these titles are in the library; one query."""
    wanted = Q()
    for media_type, held in ITEM_TYPES.items():
        wanted |= Q(type=held, tmdb_id__in=[number for kind, number in keys if kind == media_type])
    found = _within(user).filter(wanted).order_by().values_list("type", "tmdb_id").distinct()
    return {(_KEPT_TYPES[type], number) for type, number in found if number is not None}


@dataclasses.dataclass(frozen=True)
class New:
    """A film or series with something new in it.

    Of a series: the newest episode's `season` and number, and how many `episodes` came lately.
    """

    pk: uuid.UUID
    type: str
    title: str
    year: int | None
    tmdb_id: int | None
    rating_key: str
    server_id: str
    thumb: str
    poster_path: str | None
    season: int | None
    episode: int | None
    added_at: dt.datetime
    episodes: int = 1


_FACTS = ("pk", "type", "title", "year", "tmdb_id", "rating_key", "section__server_id", "thumb")


def newest(user: User, limit: Limit, count: int) -> list[New]:
    """Films and series that came or got episodes, the newest first; a series stands there once. One query."""
    seen = LibraryItem.objects.visible_to(user)
    films = _told(seen.filter(type=ItemType.MOVIE).open_to(limit), "", count)
    parts = seen.filter(type=ItemType.EPISODE, parent__parent__isnull=False).open_to(limit, "parent__parent__")
    episodes = _told(parts, "parent__parent__", _EPISODES)
    found: dict[uuid.UUID, New] = {}
    news = [New(*row) for row in films.union(episodes, all=True)]
    for one in sorted(news, key=lambda new: (new.added_at, new.season or 0, new.episode or 0), reverse=True):
        first = found.get(one.pk)
        found[one.pk] = dataclasses.replace(first, episodes=first.episodes + 1) if first else one
    return list(found.values())[:count]


def _told(items: LibraryItemQuerySet, title: str, count: int) -> models.QuerySet[LibraryItem, tuple[Any, ...]]:
    """The newest of them; `title` leads from an item to the film or series it belongs to."""
    is_part = bool(title)
    none = Value(None, output_field=models.PositiveIntegerField())
    return items.recently_added().values_list(
        *(f"{title}{name}" for name in (*_FACTS, "media_item__poster_path")),
        F("parent__number") if is_part else none,
        F("number") if is_part else none,
        "added_at",
    )[:count]
