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


@dataclasses.dataclass(frozen=True)
class Page(Generic[M]):
    """Rows, newest first, and the cursors of the pages beside this one (empty when there is none)."""

    rows: list[M]
    newer: str
    older: str


def page_by_key(rows: QuerySet[M], *, after: str = "", before: str = "", size: int = 20) -> Page[M]:
    """One page of `rows` by (created_at, id), newest first.

    `after` asks for what is older than that cursor, `before` for what is newer. A cursor that cannot be read
    gives the first page: it is only a place in a list.
    """
    if before and (key := _read(before)):
        found = list(rows.filter(_beyond(key, "gt")).order_by("created_at", "pk")[: size + 1])
        if len(found) > size:
            page = found[size - 1 :: -1]
            return Page(page, newer=_write(page[0]), older=_write(page[-1]))
        after = ""  # less than a page is newer: that is the first page, shown whole
    key = _read(after) if after else None
    asked = rows.filter(_beyond(key, "lt")) if key else rows
    found = list(asked.order_by("-created_at", "-pk")[: size + 1])
    page = found[:size]
    return Page(
        page,
        newer=_write(page[0]) if key and page else "",
        older=_write(page[-1]) if len(found) > size else "",
    )


def _beyond(key: tuple[dt.datetime, uuid.UUID], way: str) -> Q:
    """Rows on one side of the key. The first condition alone is what an index on created_at can use."""
    when, pk = key
    return Q(**{f"created_at__{way}e": when}) & (Q(**{f"created_at__{way}": when}) | Q(**{f"pk__{way}": pk}))


def _write(row: Any) -> str:
    raw = f"{row.created_at.isoformat()}|{row.pk.hex}"
    return base64.urlsafe_b64encode(raw.encode()).decode().rstrip("=")


def _read(cursor: str) -> tuple[dt.datetime, uuid.UUID] | None:
    try:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        when, _, pk = raw.partition("|")
        moment = dt.datetime.fromisoformat(when)
        return (moment, uuid.UUID(hex=pk)) if moment.tzinfo else None
    except (ValueError, binascii.Error):
        return None
