"""How one title stands in the library, for a person and for the whole server, in one look: its page asks for both."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, F, OuterRef, PositiveIntegerField, Q, Value
from django.db.models.functions import Cast

from accounts.rights import Right, may
from catalog.marks import Key
from catalog.models import ItemType, LibraryItem, LibraryShare
from catalog.querysets import ITEM_TYPES, LibraryItemQuerySet

if TYPE_CHECKING:
    from accounts.models import User

_PLACES = 20
_PARTS = 10_000


@dataclasses.dataclass(frozen=True)
class Place:
    """Where it stands; the names a media server plays it by."""

    server_id: str
    rating_key: str
    section: str


@dataclasses.dataclass(frozen=True)
class Here:
    """`places` and `seasons` are those shared with the person; the other two count for the whole server.

    Seasons are told with how many of their episodes are there, by number; 0 holds the specials.
    """

    places: tuple[Place, ...] = ()
    seasons: dict[int, int] = dataclasses.field(default_factory=dict)
    is_anywhere: bool = False
    seasons_anywhere: dict[int, int] = dataclasses.field(default_factory=dict)


def of(user: User, key: Key) -> Here:
    """How a title stands; one query."""
    media_type, tmdb_id = key
    title = {"type": ITEM_TYPES[media_type], "tmdb_id": tmdb_id}
    rows = _told(user, LibraryItem.objects.filter(**title).order_by("section__title", "pk"), "", "")[:_PLACES]
    if media_type == "tv":
        seasons = LibraryItem.objects.filter(type=ItemType.SEASON, **_of_parent("parent__", title)).order_by()
        episodes = LibraryItem.objects.filter(type=ItemType.EPISODE, **_of_parent("parent__parent__", title)).order_by()
        rows = rows.union(
            _told(user, seasons.filter(number__isnull=False), "number", "")[:_PARTS],
            _told(user, episodes.filter(parent__number__isnull=False), "parent__number", "number")[:_PARTS],
            all=True,
        )
    found = list(rows)
    titles = [row for row in found if row[0] == title["type"]]
    parts = [row for row in found if row[0] != title["type"]]
    return Here(
        places=tuple(Place(server, rating_key, section) for *_, seen, rating_key, server, section in titles if seen)[
            :4
        ],
        seasons=_counted(row for row in parts if row[4]),
        is_anywhere=bool(titles),
        seasons_anywhere=_counted(parts),
    )


def _of_parent(way: str, title: dict[str, Any]) -> dict[str, Any]:
    return {f"{way}{name}": value for name, value in title.items()}


def _told(user: User, items: LibraryItemQuerySet, season: str, episode: str) -> Any:
    """Type, season, episode, how many it says to hold, whether the person sees it, and how it is called."""
    none = Cast(Value(None), PositiveIntegerField())  # without the cast PostgreSQL takes it for text
    shared = Exists(LibraryShare.objects.filter(section=OuterRef("section"), user=user))
    seen = Q(section__is_shown=True) if may(user, Right.SEE_WHOLE_LIBRARY) else Q(section__is_shown=True) & Q(shared)
    return items.annotate(
        season_number=F(season) if season else none, episode_number=F(episode) if episode else none, is_seen=seen
    ).values_list(
        "type",
        "season_number",
        "episode_number",
        "child_count",
        "is_seen",
        "rating_key",
        "section__server_id",
        "section__title",
    )


def _counted(parts: Iterable[tuple[Any, ...]]) -> dict[int, int]:
    """How many different episodes of each season; what the season itself says counts, too."""
    said: dict[int, int] = {}
    numbers: dict[int, set[int]] = {}
    for type, season, episode, children, *_rest in parts:
        if type == ItemType.SEASON:
            said[season] = max(said.get(season, 0), children)
        else:
            numbers.setdefault(season, set()).add(episode)
    counts = {one: max(said.get(one, 0), len(numbers.get(one, ()))) for one in {*said, *numbers}}
    return {season: count for season, count in sorted(counts.items()) if count}
