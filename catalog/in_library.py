"""What the library adds to posters and to title pages."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any, cast

from django.http import HttpRequest
from django.utils.translation import gettext as _

from catalog import here, holding
from catalog.here import Here
from catalog.marks import Key, Mark, Panel, Shown, marker, panel, state
from services.providers import registry
from services.providers.describing import TV
from services.providers.holding import HoldsLibrary

if TYPE_CHECKING:
    from accounts.models import User

_WEIGHT = 50


@marker
def in_library(user: User, keys: Collection[Key]) -> Mapping[Key, Mark]:
    """Titles that the person can watch now."""
    return {key: Mark("ok", _("in library"), _WEIGHT) for key in holding.held_among(user, keys)}


@dataclasses.dataclass(frozen=True)
class Place:
    """A button that plays: the section is named where there are several."""

    url: str
    section: str


def play_address(server_id: str, rating_key: str) -> str:
    """Where a browser plays an item of the library; "" when no service of this version could."""
    able = (kind for kind in registry.all() if issubclass(kind, HoldsLibrary))
    return next((kind.play_address(server_id, rating_key) for kind in able), "")


def _here(user: User, shown: Shown) -> Here:
    return shown.here or here.of(user, shown.key)


def _places(held: Here) -> list[Place]:
    return [Place(play_address(one.server_id, one.rating_key), one.section) for one in held.places]


def places(user: User, key: Key) -> list[Place]:
    """Where a person can play a title."""
    return _places(here.of(user, key))


@panel(order=5)
def play(request: HttpRequest, shown: Shown) -> Panel | None:
    """“Play on Plex”, for each section that holds the title."""
    there = _places(_here(cast("User", request.user), shown))
    return Panel("actions", "catalog/_play.html", {"places": there}) if there else None


@dataclasses.dataclass(frozen=True)
class SeasonThere:
    """`episodes` are all that the season has, as far as anybody tells; 0 when nobody does."""

    name: str
    held: int
    episodes: int

    @property
    def is_whole(self) -> bool:
        return self.held >= self.episodes > 0


@panel(order=5)
def seasons(request: HttpRequest, shown: Shown) -> Panel | None:
    """Which seasons of a series are there, as a whole or in part."""
    if shown.key[0] != TV:
        return None
    rows = list(_seasons_there(_here(cast("User", request.user), shown), shown).values())
    return Panel("aside", "catalog/_held.html", {"seasons": rows}) if rows else None


def _seasons_there(held: Here, shown: Shown) -> dict[int, SeasonThere]:
    """By their numbers, specials last."""
    told = {one.number: one for one in shown.told.seasons}
    return {
        number: SeasonThere(
            _name(number, told[number].name if number in told else ""), count, _episodes(told.get(number))
        )
        for number, count in sorted(held.seasons.items(), key=lambda one: one[0] or 100_000)
    }


@state("library")
def in_short(user: User, shown: Shown) -> dict[str, Any]:
    """Where the person can watch it, and which seasons are there."""
    held = _here(user, shown)
    seasons_there = _seasons_there(held, shown) if shown.key[0] == TV else {}
    return {
        "is_there": bool(held.places),
        "play": [{"url": one.url, "section": one.section} for one in _places(held)],
        "seasons": [
            {"number": number, "held": one.held, "episodes": one.episodes, "is_whole": one.is_whole}
            for number, one in seasons_there.items()
        ],
    }


def _name(number: int, name: str) -> str:
    return name or (_("Season %(number)d") % {"number": number} if number else _("Specials"))


def _episodes(season: object) -> int:
    return int(getattr(season, "episodes", 0))
