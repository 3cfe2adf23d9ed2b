"""What administrators do with the rows of the discover page."""

from __future__ import annotations

import uuid
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from catalog.models import DiscoverRow, RowKind
from catalog.rows import MOST
from medianest.lib.errors import Cannot
from medianest.lib.locks import hold_until_commit

_LOCK = "catalog.rows"
_STEP = 10


class CannotArrange(Cannot):
    """A row that does not come to stand on the discover page."""


@transaction.atomic
def move_row(*, row: DiscoverRow, up: bool) -> None:
    """Let a row change places with the one above or below; at the end it stays where it is."""
    hold_until_commit(_LOCK)
    rows = list(DiscoverRow.objects.all())
    if row not in rows:
        return  # somebody removed it meanwhile
    here = rows.index(row)
    there = here - 1 if up else here + 1
    if 0 <= there < len(rows):
        rows[here], rows[there] = rows[there], rows[here]
    _number(rows)


@transaction.atomic
def show_row(*, row: DiscoverRow, is_shown: bool) -> None:
    """Show a row, or hide it."""
    DiscoverRow.objects.filter(pk=row.pk).update(is_shown=is_shown)


@transaction.atomic
def add_row(*, title: str, media_type: str, filters: dict[str, Any]) -> DiscoverRow:
    """Keep filters as a row, behind the others. Raises CannotArrange."""
    hold_until_commit(_LOCK)
    rows = list(DiscoverRow.objects.all())
    if len(rows) >= MOST:
        raise CannotArrange(_("There are %(most)d rows already. Remove one first.") % {"most": MOST})
    name = title.replace("\x00", "").strip()
    if not name:
        raise CannotArrange(_("Give the row a title."))
    made = DiscoverRow(
        slug=f"{slugify(name)[:40] or 'row'}-{uuid.uuid4().hex[:8]}",
        kind=RowKind.FILTERED,
        media_type=media_type,
        title=name,
        filters=filters,
        position=(len(rows) + 1) * _STEP,
    )
    try:
        made.full_clean()
    except ValidationError as wrong:
        raise CannotArrange(" ".join(wrong.messages)) from wrong
    _number(rows)
    made.save()
    return made


@transaction.atomic
def remove_row(*, row: DiscoverRow) -> None:
    """Take a row away. One that MediaNest came with does not come back either."""
    DiscoverRow.objects.filter(pk=row.pk).delete()


def _number(rows: list[DiscoverRow]) -> None:
    """Let positions be those of the list, and write only what changed."""
    moved = []
    for place, row in enumerate(rows, start=1):
        if row.position != place * _STEP:
            row.position = place * _STEP
            moved.append(row)
    DiscoverRow.objects.bulk_update(moved, ["position"])
