"""Lists paged by key: page 5,000 costs what page 1 costs, and rows that arrive meanwhile shift nothing."""

from __future__ import annotations

import base64
import binascii
import dataclasses
import datetime as dt
import uuid
from typing import Any, Generic, TypeVar

from django.db.models import Model, Q, QuerySet

M = TypeVar("M", bound=Model)
Place = tuple[dt.datetime | str, uuid.UUID]
LONGEST = 4000
"""Characters of a cursor: one bears a whole title, of which each letter may be four bytes."""


@dataclasses.dataclass(frozen=True)
class Order:
    """By which field or annotation a list stands, a moment or (`is_text`) a text; rows with the same go by their id."""

    field: str
    is_descending: bool = False
    is_text: bool = False

    def by(self, *, backwards: bool = False) -> tuple[str, str]:
        sign = "-" if self.is_descending != backwards else ""
        return f"{sign}{self.field}", f"{sign}pk"

    def beyond(self, place: Place, *, backwards: bool = False) -> Q:
        """Rows on one side of a place. The first condition alone is what an index on the field can use."""
        value, pk = place
        way = "lt" if self.is_descending != backwards else "gt"
        return Q(**{f"{self.field}__{way}e": value}) & (Q(**{f"{self.field}__{way}": value}) | Q(**{f"pk__{way}": pk}))


NEWEST = Order("created_at", is_descending=True)
OLDEST = Order("created_at")


@dataclasses.dataclass(frozen=True)
class Page(Generic[M]):
    """Rows in their order, and the cursors of the pages beside this one (empty when there is none).

    `newer` leads to the page before this one and `older` to the one behind it, whatever the order.
    """

    rows: list[M]
    newer: str
    older: str


def page_by_key(
    rows: QuerySet[M], *, after: str = "", before: str = "", size: int = 20, order: Order = NEWEST
) -> Page[M]:
    """One page of `rows`, by default the newest first.

    `after` asks for what stands behind that cursor, `before` for what stands before it. A cursor that cannot be read
    gives the first page: it is only a place in a list.
    """
    if before and (place := _read(before, order)):
        found = list(rows.filter(order.beyond(place, backwards=True)).order_by(*order.by(backwards=True))[: size + 1])
        if len(found) > size:
            page = found[size - 1 :: -1]
            return Page(page, newer=write_place(page[0], order), older=write_place(page[-1], order))
        after = ""  # less than a page stands before it: that is the first page, shown whole
    place = _read(after, order) if after else None
    asked = rows.filter(order.beyond(place)) if place else rows
    found = list(asked.order_by(*order.by())[: size + 1])
    page = found[:size]
    return Page(
        page,
        newer=write_place(page[0], order) if place and page else "",
        older=write_place(page[-1], order) if len(found) > size else "",
    )


def write_place(row: Any, order: Order) -> str:
    """The cursor that stands for a row's place in a list."""
    value = getattr(row, order.field)
    raw = f"{value if order.is_text else value.isoformat()}|{row.pk.hex}"
    return base64.urlsafe_b64encode(raw.encode()).decode().rstrip("=")


def _read(cursor: str, order: Order) -> Place | None:
    try:
        raw = base64.urlsafe_b64decode(cursor[:LONGEST] + "=" * (-len(cursor) % 4)).decode()
        value, _, pk = raw.rpartition("|")
        if order.is_text:
            return None if "\x00" in value else (value, uuid.UUID(hex=pk))
        moment = dt.datetime.fromisoformat(value)
        # In UTC, for PostgreSQL does not know all distances from it that Python does.
        return (moment.astimezone(dt.UTC), uuid.UUID(hex=pk)) if moment.tzinfo else None
    except (ValueError, OverflowError, binascii.Error):
        return None
