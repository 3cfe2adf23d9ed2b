"""Finds titles by what somebody typed: a name, a name and year, or an id; and without the outside, among what is kept."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable

from catalog import asking
from catalog.cards import listing_of
from catalog.models import MediaItem
from medianest.lib.http import ProviderError
from services.providers.describing import MOVIE, TV, Found, Listing, PersonListing

LONGEST = 200
LAST_PAGE = 500
_ID = re.compile(r"^\s*(?:(tmdb|imdb|tvdb)\s*:\s*)?(tt\d{5,10}|\d{1,9})\s*$", re.IGNORECASE)
_OF_OTHERS = ("imdb", "tvdb")
_KEPT_AT_ONCE = 40
_COMPARED = 60_000  # titles among which a mistyped name is looked for
_ALIKE = 72  # of 100; below that, names have little to do with each other


@dataclasses.dataclass(frozen=True)
class Results:
    """What was found. `only_kept` says that the outside is away (with its `trouble`) and only our own was looked at."""

    titles: tuple[Listing, ...] = ()
    people: tuple[PersonListing, ...] = ()
    page: int = 1
    pages: int = 1
    total: int = 0
    only_kept: bool = False
    trouble: str = ""


def find(text: str, *, page: int, language: str) -> Results:
    """Search for what was typed, at most LONGEST letters of it. Never raises for what the outside does."""
    typed = " ".join(text.replace("\x00", " ").split())[:LONGEST]
    if not typed:
        return Results()
    try:
        if (asked := _ID.match(typed)) and (asked[1] or asked[2].lower().startswith("tt")):
            return _by_id((asked[1] or "imdb").lower(), asked[2].lower(), language)
        return _results(asking.search(typed, page=min(max(page, 1), LAST_PAGE), language=language).answer)
    except ProviderError as error:
        kept = among_kept(typed)
        return Results(titles=kept, total=len(kept), only_kept=True, trouble=error.sentence)


def _results(found: Found) -> Results:
    return Results(found.titles, found.people, found.page, found.pages, found.total)


def _by_id(source: str, outside_id: str, language: str) -> Results:
    if source in _OF_OTHERS:
        return _results(asking.by_outside_id(outside_id, source, language=language).answer)
    told = [one for kind in (MOVIE, TV) if (one := _described(kind, int(outside_id), language))]
    return Results(titles=tuple(told), total=len(told))


def _described(media_type: str, tmdb_id: int, language: str) -> Listing | None:
    """The title with this number; None where it cannot be had: of two types, most numbers are used by one."""
    try:
        return asking.describe(media_type, tmdb_id, language=language).answer.listing
    except asking.NobodyToAsk:
        raise
    except ProviderError:
        return None


# --- without the outside --------------------------------------------------------------------------------------------------
def among_kept(text: str) -> tuple[Listing, ...]:
    """Kept titles that hold every word; where there is none, those whose name is nearly what was typed."""
    name = re.sub(r"\byear:\d{4}\b", " ", text)
    fitting = list(MediaItem.objects.still_there().matching(name)[:_KEPT_AT_ONCE])
    if not fitting:
        fitting = _nearly(name)
    return tuple(_by_year(text, (listing_of(one) for one in fitting)))


def _by_year(text: str, found: Iterable[Listing]) -> Iterable[Listing]:
    year = re.search(r"\byear:(\d{4})\b", text)
    wanted = int(year[1]) if year else None
    return (one for one in found if not wanted or (one.release_date and one.release_date.year == wanted))


def _nearly(name: str) -> list[MediaItem]:
    # Loaded at the first mistyped name only: every process would carry it from its start otherwise.
    from rapidfuzz import fuzz, process, utils  # noqa: PLC0415

    named = dict(MediaItem.objects.still_there().order_by("-fetched_at").values_list("pk", "title")[:_COMPARED])
    alike = process.extract(
        name, named, scorer=fuzz.WRatio, processor=utils.default_process, score_cutoff=_ALIKE, limit=_KEPT_AT_ONCE
    )
    order = [key for _title, _score, key in alike]
    rows = MediaItem.objects.in_bulk(order)
    return [rows[key] for key in order]
