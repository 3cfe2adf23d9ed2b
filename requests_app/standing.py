"""What stands in the way of asking for a title: it is there, or somebody asked already."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from catalog import holding
from requests_app.models import MediaRequest, RequestedSeason

if TYPE_CHECKING:
    from catalog.here import Here
    from catalog.models import MediaItem


@dataclasses.dataclass(frozen=True)
class Standing:
    """A title as far as asking is concerned.

    `held` says whether the film is in the library, `seasons_held` which seasons are there as a whole, `seasons_there`
    which at least in part; `asked` is the film's open request, `seasons_asked` the open request of each season.
    """

    held: bool = False
    seasons_held: frozenset[int] = frozenset()
    seasons_there: frozenset[int] = frozenset()
    asked: MediaRequest | None = None
    seasons_asked: dict[int, MediaRequest] = dataclasses.field(default_factory=dict)


def of(item: MediaItem, *, is_4k: bool = False, here: Here | None = None) -> Standing:
    """How a title stands. Looks at everybody's requests: to be asked in a scope that sees them.

    `here` is how it stands in the library, where that was looked up already.
    """
    if item.media_type == "movie":
        held = not is_4k and (here.is_anywhere if here else holding.has_film(item.tmdb_id))
        asked = MediaRequest.objects.open().for_title(item.tmdb_id, "movie").filter(is_4k=is_4k)
        return Standing(held=held, asked=asked.select_related("user").first())
    taken = RequestedSeason.objects.taken(item.tmdb_id, is_4k=is_4k).select_related("request__user")
    asked_for = {one.season_number: one.request for one in taken}
    if is_4k:
        return Standing(seasons_asked=asked_for)
    there = here.seasons_anywhere if here else holding.seasons_held(item.tmdb_id)
    whole = frozenset(one["number"] for one in item.seasons if 0 < one["episodes"] <= there.get(one["number"], 0))
    return Standing(seasons_held=whole, seasons_there=frozenset(there), seasons_asked=asked_for)
