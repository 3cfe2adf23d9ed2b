"""What the house knows of titles: in the library, asked for, on a list. Shown on posters and on title pages.

The catalogue cannot know who will ask for titles or list them; the apps that do declare here what they know. A marker
answers for many titles at once, so that a page of posters costs each of them one query. A panel adds to a title's page.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from django.http import HttpRequest

from catalog.models import MediaItem
from services.providers.describing import Collection as FilmCollection
from services.providers.describing import Description

if TYPE_CHECKING:
    from accounts.models import User
    from catalog.here import Here

Key = tuple[str, int]
"""Type and TMDB id: the same number is another title in each type."""


@dataclasses.dataclass(frozen=True)
class Mark:
    """A word on a poster; `kind` is a pill's (ok, hot, warn, info). The one with the greatest `weight` is shown."""

    kind: str
    text: str
    weight: int = 0


@dataclasses.dataclass(frozen=True)
class Panel:
    """A part of a title's page: a template with what it shows, rendered with `panel` as its own name for `context`.

    `place` is "actions" (buttons under the overview), "top" (right under them) or "aside" (a card below).
    """

    place: str
    template: str
    context: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True)
class Shown:
    """A title as its page shows it: the kept row (None when it could not be kept), what was told of it, and how it
    stands in the library, where that was looked up already.
    """

    item: MediaItem | None
    told: Description
    here: Here | None = None

    @property
    def key(self) -> Key:
        return self.told.listing.media_type, self.told.listing.tmdb_id


Marker = Callable[["User", Collection[Key]], Mapping[Key, Mark]]
PanelMaker = Callable[[HttpRequest, Shown], Panel | None]
StateMaker = Callable[["User", Shown], Any]
M = TypeVar("M", bound=Marker)
P = TypeVar("P", bound=PanelMaker)
S = TypeVar("S", bound=StateMaker)

CollectionPanelMaker = Callable[[HttpRequest, "FilmCollection", int], Panel | None]
"""Takes the collection that is shown, and of how many of its films on the page the house knows nothing."""
C = TypeVar("C", bound=CollectionPanelMaker)

_COLLECTION_PANELS: list[CollectionPanelMaker] = []
_MARKERS: list[Marker] = []
_PANELS: list[tuple[int, PanelMaker]] = []
_STATES: dict[str, StateMaker] = {}


def marker(make: M) -> M:
    """Declare who knows something of titles."""
    _MARKERS.append(make)
    return make


def panel(order: int) -> Callable[[P], P]:
    """Declare a part of title pages; parts of the same place stand in ascending `order`."""

    def declare(make: P) -> P:
        _PANELS.append((order, make))
        _PANELS.sort(key=lambda one: one[0])
        return make

    return declare


def state(name: str) -> Callable[[S], S]:
    """Declare what programs are told of a title under `name`, as JSON knows it: what panels show to people."""

    def declare(make: S) -> S:
        _STATES[name] = make
        return make

    return declare


def state_of(user: User, shown: Shown) -> dict[str, Any]:
    """How a title stands here, by the names of those who know something of it."""
    return {name: make(user, shown) for name, make in _STATES.items()}


def collection_panel(make: C) -> C:
    """Declare a part of collections' pages."""
    _COLLECTION_PANELS.append(make)
    return make


def collection_panels(request: HttpRequest, collection: FilmCollection, unmarked: int) -> list[Panel]:
    """The parts of a collection's page."""
    made = (make(request, collection, unmarked) for make in _COLLECTION_PANELS)
    return [one for one in made if one is not None]


def marks_for(user: User, keys: Collection[Key]) -> dict[Key, Mark]:
    """The weightiest mark of each title that has one."""
    found: dict[Key, Mark] = {}
    for make in _MARKERS if keys else ():
        for key, mark in make(user, keys).items():
            if key not in found or mark.weight > found[key].weight:
                found[key] = mark
    return found


def panels_for(request: HttpRequest, shown: Shown) -> dict[str, list[Panel]]:
    """The parts of a title's page by place."""
    places: dict[str, list[Panel]] = {"actions": [], "top": [], "aside": []}
    for _order, make in _PANELS:
        made = make(request, shown)
        if made is not None:
            places[made.place].append(made)
    return places
