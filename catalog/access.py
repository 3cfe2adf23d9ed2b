"""May this person see it: the row, or 404."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.shortcuts import get_object_or_404

from catalog.ages import limit_of
from catalog.browsing import BROWSED
from catalog.models import ItemType, LibraryItem, LibrarySection

if TYPE_CHECKING:
    from accounts.models import User


def section_or_404(user: User, pk: uuid.UUID) -> LibrarySection:
    """A section with films or series that is shared with the person."""
    return get_object_or_404(LibrarySection.objects.visible_to(user).filter(type__in=BROWSED), pk=pk)


def item_or_404(user: User, pk: uuid.UUID) -> LibraryItem:
    """An item, with its section, of a section that is shared with the person, and not rated for older people.

    An episode or season is rated with its series.
    """
    items = LibraryItem.objects.visible_to(user).select_related("section")
    found = get_object_or_404(items, pk=pk)
    ladder = {ItemType.EPISODE: "parent__parent__", ItemType.SEASON: "parent__"}
    return get_object_or_404(items.open_to(limit_of(user), ladder.get(ItemType(found.type), "")), pk=pk)
