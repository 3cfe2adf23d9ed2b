"""The rows of the discover page: what each shows, and where all of it stands."""

from __future__ import annotations

import dataclasses
from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import reverse

from catalog import asking, cards
from catalog.models import DiscoverRow, RowKind
from catalog.taste import Taste
from services.providers.describing import MOVIE, Found, Named, Wanted

MOST = 40
_GOOD = 7.5
_CHOICES = (RowKind.GENRES, RowKind.SERVICES)
_SERVICES_SHOWN = 30


@dataclasses.dataclass(frozen=True)
class Choice:
    """Something to choose from: leads to the list of what has it. `logo` is a picture's address or ""."""

    url: str
    name: str
    logo: str = ""


@dataclasses.dataclass(frozen=True)
class Contents:
    """What a row holds: a page of titles, or choices."""

    found: Found = dataclasses.field(default_factory=Found)
    choices: tuple[Choice, ...] = ()


def shown(taste: Taste) -> list[DiscoverRow]:
    """The rows in their order, without what would be empty for this person."""
    rows = DiscoverRow.objects.filter(is_shown=True)[:MOST]
    return [row for row in rows if row.kind != RowKind.MINE or taste.services]


def row_or_404(slug: str) -> DiscoverRow:
    """A row that is shown."""
    return get_object_or_404(DiscoverRow, slug=slug, is_shown=True)


def ask(row: DiscoverRow, taste: Taste, page: int) -> Contents:
    """What a row holds for somebody. Raises the ProviderError family."""
    if row.kind in _CHOICES:
        return Contents(choices=_choices(row, taste))
    if row.kind == RowKind.TRENDING:
        return Contents(asking.trending(page=page, language=taste.language).answer)
    if row.kind == RowKind.UPCOMING:
        told = asking.upcoming(row.media_type, page=page, language=taste.language, region=taste.region)
        return Contents(told.answer)
    wanted = wanted_of(row, taste)
    if row.kind == RowKind.MINE and not wanted.services:
        return Contents()
    return Contents(asking.discover(wanted, page=page, language=taste.language).answer)


def wanted_of(row: DiscoverRow, taste: Taste) -> Wanted:
    """What a row is to hold, for one person: services and ratings are those of their country."""
    chosen: dict[str, Any] = dict(row.filters)
    chosen.pop("age", None)
    for name in ("genres", "services"):
        chosen[name] = tuple(chosen.get(name, ()))
    if row.kind == RowKind.BEST:
        chosen = {"sort": "score", "score_from": _GOOD, **chosen}
    if row.kind == RowKind.MINE:
        known = asking.streaming_services(row.media_type, region=taste.region).answer
        chosen["services"] = tuple(one.key for one in known if one.name in taste.services)
    return Wanted(media_type=row.media_type or MOVIE, region=taste.region, **chosen)


def _choices(row: DiscoverRow, taste: Taste) -> tuple[Choice, ...]:
    if row.kind == RowKind.GENRES:
        genres = asking.genres(row.media_type, language=taste.language).answer
        return tuple(_choice(row, "genre", one) for one in genres)
    services = asking.streaming_services(row.media_type, region=taste.region).answer
    return tuple(_choice(row, "service", one) for one in services[:_SERVICES_SHOWN])


def _choice(row: DiscoverRow, field: str, one: Named) -> Choice:
    url = reverse("catalog:discover", query={"type": row.media_type, field: one.key})
    return Choice(url, one.name, cards.picture(one.logo_path, "w92"))
