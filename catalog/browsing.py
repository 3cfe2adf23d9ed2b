"""A section's titles, a page at a time by place: the last page costs what the first one does."""

from __future__ import annotations

import dataclasses
import uuid
from typing import TYPE_CHECKING

from django.db.models import Q

from catalog.models import ItemType, LibraryItem, LibrarySection, SectionType
from catalog.querysets import LibraryItemQuerySet

if TYPE_CHECKING:
    from accounts.models import User
    from catalog.ages import Limit

SIZE = 60
BROWSED = (SectionType.MOVIE, SectionType.SHOW)
_TOP = {SectionType.MOVIE: (ItemType.MOVIE, ItemType.OTHER), SectionType.SHOW: (ItemType.SHOW,)}


@dataclasses.dataclass(frozen=True)
class Portion:
    """Some titles; `after` is the last one's id where more follow, else empty."""

    items: list[LibraryItem]
    after: str


def sections(user: User) -> list[LibrarySection]:
    """The sections with films or series that the person may see."""
    return list(LibrarySection.objects.visible_to(user).filter(type__in=BROWSED).order_by("title", "pk")[:100])


def by_title(section: LibrarySection, limit: Limit, after: uuid.UUID | None) -> Portion:
    """Titles from A to Z, those behind `after`; from the beginning when that is not there."""
    rows = _titles(section, limit)
    last = rows.filter(pk=after).first() if after else None
    if last is not None:
        beyond = Q(sort_title__gt=last.sort_title) | Q(sort_title=last.sort_title, pk__gt=last.pk)
        rows = rows.filter(beyond, sort_title__gte=last.sort_title)
    found = list(rows.by_title()[: SIZE + 1])
    return Portion(found[:SIZE], str(found[SIZE - 1].pk) if len(found) > SIZE else "")


def newest(section: LibrarySection, limit: Limit) -> Portion:
    """What came last."""
    return Portion(list(_titles(section, limit).recently_added()[:SIZE]), "")


def matching(section: LibrarySection, limit: Limit, text: str) -> Portion:
    """The first titles that hold every word of `text`."""
    return Portion(list(_titles(section, limit).matching(text).by_title()[:SIZE]), "")


def _titles(section: LibrarySection, limit: Limit) -> LibraryItemQuerySet:
    """What is open to somebody. A section holds films or videos of somebody's, never both: one type keeps to the index."""
    types = _TOP[SectionType(section.type)]
    rows = LibraryItem.objects.filter(section=section).select_related("media_item", "section")
    here = next((one for one in types if rows.filter(type=one).exists()), types[0]) if len(types) > 1 else types[0]
    return rows.filter(type=here).open_to(limit)
