"""Lists of requests, for pages and for programs alike: whose, which, in which order, and how many there are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.db import connection
from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Lower

from medianest.lib.pagination import NEWEST, OLDEST, Order, Page, page_by_key
from operations.row_security import acting_as
from requests_app import models, pages
from requests_app.models import MediaRequest, RequestStatus
from requests_app.querysets import RequestQuerySet
from requests_app.which import COUNTED, OPEN, Which

if TYPE_CHECKING:
    from accounts.models import User

SIZE = 20
_TABLE_MOST, _TABLE_PAGE = 10_000, 500
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")
_ANY = "\ue000"  # no state there is
_ORDERS = {"newest": NEWEST, "oldest": OLDEST, "title": Order("by_title", is_text=True)}


def of(user: User, *, everybodys: bool) -> RequestQuerySet:
    """Everybody's, for a scope that sees them; or one's own and those one follows."""
    return MediaRequest.objects.kept() if everybodys else MediaRequest.objects.concerning(user)


def narrowed(found: RequestQuerySet, which: Which) -> RequestQuerySet:
    if which.status == OPEN:
        found = found.filter(is_open=True)
    elif which.status:
        found = found.filter(status=which.status)
    if which.text:
        found = found.titled_like(which.text)
    return found.annotate(by_title=Lower("title")) if which.sort == "title" else found


def page(
    found: RequestQuerySet, which: Which, *, after: str = "", before: str = "", size: int = SIZE
) -> Page[MediaRequest]:
    rows: QuerySet[MediaRequest] = pages.for_lists(narrowed(found, which))
    return page_by_key(rows, after=after, before=before, size=size, order=_ORDERS[which.sort])


def counts(found: RequestQuerySet, *, everybodys: bool) -> dict[str, int]:
    """How many there are of each state, and `open` of those that are still worked for: COUNTED at most of each.

    Of everybody's each state is counted by its index, and no further; one person's are few enough to be looked at once.
    """
    return _of_each(found) if everybodys else _in_one_go(found)


def _in_one_go(found: RequestQuerySet) -> dict[str, int]:
    states = {status.value: Count("pk", filter=Q(status=status)) for status in RequestStatus}
    told = found.order_by().aggregate(**states, open=Count("pk", filter=Q(is_open=True)))
    return {name: min(count, COUNTED) for name, count in told.items()}


def _of_each(found: RequestQuerySet) -> dict[str, int]:
    # A state stands in the statement in place of `_ANY`: to write it anew for each takes the ORM long enough.
    sql, parameters = found.filter(status=_ANY).order_by().values("status")[:COUNTED].query.sql_with_params()
    states = [status.value for status in RequestStatus]
    values = [state if value == _ANY else value for state in states for value in parameters]
    one = f"(SELECT count(*) FROM ({sql}) AS counted)"  # noqa: S608  (written by the ORM)
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + ", ".join([one] * len(states)), values)
        told: dict[str, int] = dict(zip(states, cursor.fetchone(), strict=True))
    return told | {OPEN: min(sum(told[state] for state in models.OPEN), COUNTED)}


# --- as a table -----------------------------------------------------------------------------------------------------------
HEADINGS = ("title", "type", "year", "seasons", "state", "asked", "there since", "reason")


def table(user: User, which: Which, *, everybodys: bool) -> Iterator[list[list[str]]]:
    """The first ten thousand as lines of a table, its heading first; everybody's with whom they are for.

    Given in portions, each read in a scope of its own: what is streamed to a slow reader holds no transaction open.
    """
    yield [[*HEADINGS, "for"] if everybodys else list(HEADINGS)]
    after, left = "", _TABLE_MOST
    while left > 0:
        with acting_as(user, staff=everybodys):
            portion = page(of(user, everybodys=everybodys), which, after=after, size=min(left, _TABLE_PAGE))
            lines = [_line(one, everybodys=everybodys) for one in portion.rows]
        yield lines
        left -= len(lines)
        after = portion.older
        if not after:
            return


def _line(one: MediaRequest, *, everybodys: bool) -> list[str]:
    year = one.media_item.release_date.year if one.media_item and one.media_item.release_date else ""
    there = one.completed_at.isoformat() if one.completed_at else ""
    cells = [one.title, one.media_type, year, pages.seasons(one), one.status, one.created_at.isoformat(), there]
    cells.append(one.decline_reason or one.failure_reason)
    if everybodys:
        cells.append(str(one.user or ""))
    return [_plain(cell) for cell in cells]


def _plain(cell: object) -> str:
    """A cell that no spreadsheet takes for a formula."""
    text = str(cell)
    return f"'{text}" if text.startswith(_DANGEROUS) else text
