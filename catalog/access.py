"""May this person see it: the row, or 404."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.shortcuts import get_object_or_404

from catalog.browsing import BROWSED
from catalog.models import LibraryItem, LibrarySection

if TYPE_CHECKING:
    from accounts.models import User


def section_or_404(user: User, pk: uuid.UUID) -> LibrarySection:
    """A section with films or series that is shared with the person."""
    return get_object_or_404(LibrarySection.objects.visible_to(user).filter(type__in=BROWSED), pk=pk)


def item_or_404(user: User, pk: uuid.UUID) -> LibraryItem:
    """An item, with its section, of a section that is shared with the person."""
    return get_object_or_404(LibraryItem.objects.visible_to(user).select_related("section"), pk=pk)
