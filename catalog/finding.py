"""Finds titles by what somebody typed: a name, a name and year, or an id; and without the outside, among what is kept."""

from __future__ import annotations

import dataclasses
import re

from django.db.models import F

from catalog import asking
from catalog.cards import listing_of
from catalog.models import MediaItem
from catalog.querysets import MediaItemQuerySet
from medianest.lib.http import ProviderError
from services.providers.describing import MOVIE, TV, Found, Listing, NoSuchTitle, PersonListing, Wanted

LONGEST = 200
LAST_PAGE = 500
_ID = re.compile(r"^(?:(?:(tmdb|tvdb) ?: ?(\d{1,9}))|(?:imdb ?: ?)?(tt\d{5,10})|imdb ?: ?(\d{5,10}))$", re.IGNORECASE)
_OUTSIDE = ("imdb", "tvdb")  # numbers of others, which have to be looked up
_YEAR = re.compile(r"\byear ?: ?(\d{4})\b", re.IGNORECASE)
_IN_ONE_YEAR = (1880, 2100)
_KEPT_AT_ONCE = 40
_COMPARED = 60_000  # titles among which a mistyped name is looked for
_ALIKE = 72  # of 100; below that, names have little to do with each other


@dataclasses.dataclass(frozen=True)
class Results:
    """What was found. `only_kept` says that the outside is away (with its `trouble`) and only our own was looked at;
    `is_near` that nothing is called as was typed, and these are called nearly so.
    """

    titles: tuple[Listing, ...] = ()
    people: tuple[PersonListing, ...] = ()
    page: int = 1
    pages: int = 1
    total: int = 0
    only_kept: bool = False
    is_near: bool = False
    trouble: str = ""


def find(text: str, *, page: int, language: str) -> Results:
    """Search for what was typed, at most LONGEST letters of it. Never raises for what the outside does."""
    typed = " ".join(text.replace("\x00", " ").split())[:LONGEST]
    if not typed:
        return Results()
    asked = _asked_id(typed)
    number = min(max(page, 1), LAST_PAGE)
    try:
        found = _by_id(*asked, language) if asked else _by_name(typed, number, language)
    except ProviderError as error:
        kept = _kept_by_id(*asked) if asked else among_kept(typed)
        return Results(titles=kept, total=len(kept), only_kept=True, trouble=error.sentence)
    if found.titles or found.people or asked or number > 1:
        return found
    near = among_kept(typed)
    return Results(titles=near, total=len(near), is_near=True) if near else found


def _asked_id(typed: str) -> tuple[str, str] | None:
    """Whose id was typed, and which; None for a name. IMDb's letters may be left out behind `imdb:`."""
    asked = _ID.match(typed)
    if asked is None:
        return None
    if asked[1]:
        return asked[1].lower(), str(int(asked[2]))
    return "imdb", (asked[3] or f"tt{asked[4]}").lower()


def _by_name(typed: str, page: int, language: str) -> Results:
    """By name, and perhaps year; a year alone lists its films, as nobody could mean a name."""
    year, name = _split_year(typed)
    if name or not year:
        text = f"{name} year:{year}" if year else name
        return _results(asking.search(text, page=page, language=language).answer)
    if not _IN_ONE_YEAR[0] <= year <= _IN_ONE_YEAR[1]:
        return Results()
    return _results(asking.discover(Wanted(year_from=year, year_to=year), page=page, language=language).answer)


def _split_year(typed: str) -> tuple[int | None, str]:
    """`alien year:1979` as 1979 and "alien"."""
    year = _YEAR.search(typed)
    return (int(year[1]), " ".join(_YEAR.sub(" ", typed).split())) if year else (None, typed)


def _results(found: Found) -> Results:
    return Results(found.titles, found.people, found.page, found.pages, found.total)


def _by_id(source: str, outside_id: str, language: str) -> Results:
    if source in _OUTSIDE:
        return _results(asking.by_outside_id(outside_id, source, language=language).answer)
    told, trouble = [], None
    for kind in (MOVIE, TV):
        try:
            told.append(asking.describe(kind, int(outside_id), language=language).answer.listing)
        except NoSuchTitle:
            continue
        except asking.NobodyToAsk:
            raise
        except ProviderError as error:
            trouble = error  # of two types, most numbers are used by one, and Overseerr says so with an error
    if trouble is not None and not told:
        raise trouble
    return Results(titles=tuple(told), total=len(told))


def _kept_by_id(source: str, outside_id: str) -> tuple[Listing, ...]:
    """Kept titles with an id."""
    value: str | int = outside_id if source == "imdb" else int(outside_id)
    rows = MediaItem.objects.still_there().filter(**{f"{source}_id": value}).order_by("media_type")
    return tuple(listing_of(one) for one in rows[:_KEPT_AT_ONCE])


# --- without the outside --------------------------------------------------------------------------------------------------
def among_kept(text: str) -> tuple[Listing, ...]:
    """Kept titles that hold every word; where there is none, those whose name is nearly what was typed."""
    year, name = _split_year(text)
    rows = MediaItem.objects.still_there()
    if year:
        rows = rows.filter(release_date__year=year)
    if not name:
        return tuple(listing_of(one) for one in rows.order_by("title", "pk")[:_KEPT_AT_ONCE])
    fitting = list(rows.matching(name)[:_KEPT_AT_ONCE]) or _nearly(name, rows)
    return tuple(listing_of(one) for one in fitting)


def _nearly(name: str, rows: MediaItemQuerySet) -> list[MediaItem]:
    # Loaded at the first mistyped name only: every process would carry it from its start otherwise.
    from rapidfuzz import fuzz, process, utils  # noqa: PLC0415

    newest = rows.order_by(F("fetched_at").desc(nulls_last=True), "pk")
    named = dict(newest.values_list("pk", "title")[:_COMPARED])
    alike = process.extract(
        name, named, scorer=fuzz.WRatio, processor=utils.default_process, score_cutoff=_ALIKE, limit=_KEPT_AT_ONCE
    )
    order = [key for _title, _score, key in alike]
    found = MediaItem.objects.in_bulk(order)
    return [found[key] for key in order if key in found]
