"""Made-up rows in great numbers, to measure with: people, titles, requests, and lists of what people watch.

PostgreSQL makes them itself, from their numbers alone, so that the same size always gives the same rows. Each bears
an id from a range of its own, by which all of them are found and removed again.
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable
from typing import Any

from django.db import connection, transaction
from django.db.models import PROTECT, Exists, Model, OuterRef, QuerySet
from django.utils import timezone

from accounts.models import User
from catalog.models import MediaItem
from maintenance.scale_rows import SOURCES, Source, span
from medianest.lib.errors import Cannot
from medianest.lib.locks import hold_until_commit
from medianest.lib.slow_queries import taking_their_time
from operations.audit import without_a_trail
from requests_app.models import MediaRequest, ProblemReport, RequestedSeason, RequestEvent, RequestFollower
from watchlists.models import WatchlistEntry

BATCH = 50_000
Say = Callable[[str], object]


class CannotScale(Cannot):
    """Made-up rows do not belong here, or there is no such number of them."""


@dataclasses.dataclass(frozen=True)
class Size:
    """How many of each. At a hundred thousand requests: a thousand people, each with five hundred list entries."""

    requests: int
    entries_per_request: int = 5

    @property
    def people(self) -> int:
        return max(3, self.requests // 100)

    @property
    def titles(self) -> int:
        return max(1_000, self.requests // 5)

    @property
    def list_length(self) -> int:
        """List entries for each person. Nobody has a title twice, so there are never more than titles."""
        return min(self.requests * self.entries_per_request // self.people, self.titles)

    @property
    def entries(self) -> int:
        return self.people * self.list_length

    def of(self, source: Source) -> int:
        """How many numbers `source` counts through."""
        return int(getattr(self, source.counts))


def grow(size: Size, *, say: Say, among_people: bool = False) -> None:
    """Put in as many rows as `size` names, in place of those of an earlier time. All or nothing.

    `say` hears of each table. Raises CannotScale where real people live, unless `among_people`.
    """
    if size.requests < 1 or size.entries_per_request < 0:
        raise CannotScale("Name how many requests there shall be, from 1 on.")
    if not among_people and User._base_manager.exclude(pk__range=span(User)).exists():
        raise CannotScale("People live in this database. To fill it with made-up rows all the same, add --yes.")
    # Nobody did what is made up, and the trail of it would outlive it.
    with transaction.atomic(), without_a_trail(), taking_their_time(connection):
        _take_time()
        _remove(say)
        for source in SOURCES:
            _make(source, size, say)
    with taking_their_time(connection), connection.cursor() as cursor:
        cursor.execute("ANALYZE " + ", ".join(sorted({source.model._meta.db_table for source in SOURCES})))


def remove(*, say: Say) -> None:
    """Take all made-up rows out again, with what people hung on them; titles that people use stay."""
    with transaction.atomic(), without_a_trail(), taking_their_time(connection):
        _take_time()
        _remove(say)


def _take_time() -> None:
    """This may last longer than any page may, and two at once would get in each other's way."""
    hold_until_commit("maintenance.scale")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # or a million checks would wait for the end


# --- making -------------------------------------------------------------------------------------------------------------
def _make(source: Source, size: Size, say: Say) -> None:
    began, made, count = time.monotonic(), 0, size.of(source)
    statement, constants = _insert(source, size)
    with connection.cursor() as cursor:
        for first in range(0, count, BATCH):
            cursor.execute(statement, [*constants, first, min(first + BATCH, count) - 1])
            made += cursor.rowcount
            if first + BATCH < count and (first // BATCH) % 4 == 3:
                say(f"  {source.name}: {made:,} …")
    if made:
        say(f"{source.name}: {made:,} in {time.monotonic() - began:.1f} s.")


def _insert(source: Source, size: Size) -> tuple[str, list[Any]]:
    """An INSERT of the rows numbered from one %s to another, and the values of columns that are alike in all rows."""
    names, values, constants = [], [], []
    for field in source.model._meta.local_concrete_fields:
        if field.generated:
            continue
        names.append(connection.ops.quote_name(str(field.column)))
        if field.attname in source.columns:
            values.append(_told(source.columns[field.attname], size))
        else:
            values.append("%s")
            constants.append(_usual(field))
    table = connection.ops.quote_name(source.model._meta.db_table)
    rows = f"generate_series(%s::bigint, %s::bigint) AS n {_told(source.where, size)}"
    return f"INSERT INTO {table} ({', '.join(names)}) SELECT {', '.join(values)} FROM {rows}", constants  # noqa: S608


def _told(sql: str, size: Size) -> str:
    return sql.format(people=size.people, titles=size.titles, list_length=size.list_length)


def _usual(field: Any) -> Any:
    """What a new row has in this column when nobody says otherwise."""
    if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False):
        return timezone.now()
    return field.get_db_prep_save(field.get_default(), connection)


# --- removing -----------------------------------------------------------------------------------------------------------
def _remove(say: Say) -> None:
    """In the order in which rows hang on each other; the great tables without loading a row."""
    requests, people = span(MediaRequest), span(User)
    _spanned(ProblemReport, "request", requests).update(request=None)
    gone = 0
    for model, key, ids in (
        (RequestEvent, "request", requests),
        (RequestFollower, "request", requests),
        (RequestedSeason, "request", requests),
        (MediaRequest, "pk", requests),
        (WatchlistEntry, "user", people),
    ):
        gone += _spanned(model, key, ids)._raw_delete(connection.alias)
    gone += sum(User._base_manager.filter(pk__range=people).delete()[1].values())
    gone += sum(_unused_titles().delete()[1].values())
    if gone:
        say(f"Removed {gone:,} made-up rows.")


def _spanned(model: type[Model], key: str, ids: tuple[str, str]) -> Any:
    return model._base_manager.filter(**{f"{key}__gte": ids[0], f"{key}__lte": ids[1]})


def _unused_titles() -> QuerySet[MediaItem]:
    """Made-up titles on which no person's row hangs."""
    titles = MediaItem.objects.filter(pk__range=span(MediaItem))
    for relation in MediaItem._meta.related_objects:
        if relation.on_delete is PROTECT:
            of_the_title = {relation.field.name: OuterRef("pk")}
            titles = titles.exclude(Exists(relation.related_model._base_manager.filter(**of_the_title)))
    return titles
