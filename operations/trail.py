"""Reading the audit trail, newest first over all tables or one, a page at a time; and letting go of it again."""

from __future__ import annotations

import dataclasses
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import CharField, F, Q, QuerySet, Value
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Collate

from operations.audit import TRAILS, Trail
from operations.models import SecurityEvent, TrailEntry

PAGE = 50
PRUNE_AT_ONCE = 5000
PRUNE_ROUNDS = 20  # for each table; what is left waits for the next time
_MOST = 2**63


@dataclasses.dataclass(frozen=True)
class Sought:
    """What is looked for; empty means everything. `person` is an id, `request` a correlation id."""

    table: str = ""
    object_id: str = ""
    person: str = ""
    kind: str = ""
    request: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclasses.dataclass(frozen=True)
class Place:
    """Behind which entry a page begins. Times differ by microseconds; the table and number settle what is left."""

    at: datetime
    source: str
    number: int

    def __str__(self) -> str:
        return f"{self.at.isoformat()}~{self.source}~{self.number}"

    @classmethod
    def parse(cls, text: str) -> Place | None:
        """None for what no page of ours wrote."""
        try:
            at, source, number = text.split("~")
            found = cls(datetime.fromisoformat(at), source, int(number))
        except ValueError:
            return None
        known = found.source in TRAILS and 0 < found.number < _MOST
        return found if known and found.at.tzinfo is not None else None


def page(sought: Sought, *, behind: Place | None = None) -> tuple[list[TrailEntry], Place | None]:
    """At most PAGE entries, newest first, and where the next page begins (None at the end). One query.

    Each table gives its own newest by its index; only those are put in order together.
    """
    parts = [_newest(trail, sought, behind) for name, trail in sorted(TRAILS.items()) if sought.table in ("", name)]
    if not parts:
        return [], None
    rows = parts[0]
    if len(parts) > 1:
        rows = rows.union(*parts[1:], all=True).order_by("-at", "source", "-number")[: PAGE + 1]
    found = list(rows)
    entries = [TrailEntry(id=f"{row['source']}-{row['number']}", **row) for row in found[:PAGE]]
    if len(found) <= PAGE:
        return entries, None
    return entries, Place(entries[-1].at, entries[-1].source, entries[-1].number)


def _newest(trail: Trail, sought: Sought, behind: Place | None) -> QuerySet[Any, Any]:
    rows = trail.rows._default_manager.filter(_wanted(trail, sought))
    if behind:
        rows = rows.filter(pgh_created_at__lte=behind.at).filter(
            Q(pgh_created_at__lt=behind.at) | _later_at_once(trail.table, behind)
        )
    if sought.person:
        rows = rows.alias(who=KT("pgh_context__user")).filter(who=sought.person)
    if sought.request:
        rows = rows.alias(through=KT("pgh_context__request")).filter(through=sought.request)
    return rows.order_by(
        "-pgh_created_at", "-pgh_id"
    ).values(
        "before",
        "after",
        source=Collate(Value(trail.table, output_field=CharField()), "C"),  # sorted as Python sorts
        number=F("pgh_id"),
        at=F("pgh_created_at"),
        kind=F("pgh_label"),
        object_id=Cast("pgh_obj_id", CharField()),
        context=F("pgh_context"),
    )[: PAGE + 1]


def _later_at_once(table: str, behind: Place) -> Q:
    """Of the entries of the very same time, those that come after `behind`."""
    if table == behind.source:
        return Q(pgh_created_at=behind.at, pgh_id__lt=behind.number)
    return Q(pgh_created_at=behind.at) if table > behind.source else Q(pk__in=[])


def _wanted(trail: Trail, sought: Sought) -> Q:
    wanted = Q()
    if sought.object_id:
        wanted &= Q(pgh_obj_id=trail.key(sought.object_id))
    if sought.kind:
        wanted &= Q(pgh_label=sought.kind)
    if sought.since:
        wanted &= Q(pgh_created_at__gte=sought.since)
    if sought.until:
        wanted &= Q(pgh_created_at__lt=sought.until)
    return wanted


# --- letting go -----------------------------------------------------------------------------------------------------------
# The rows are written once. These go through functions of the tables' owner that the workers' role may call.
def prune(older_than: datetime) -> int:
    """Remove what is older, in batches; how many rows. For workers and the owner."""
    kept = [(trail.rows._meta.db_table, "pgh_created_at") for trail in TRAILS.values()]
    gone = 0
    for table, clock in [*kept, (SecurityEvent._meta.db_table, "created_at")]:
        for _ in range(PRUNE_ROUNDS):
            batch = _call("SELECT trail_prune(%s, %s, %s, %s)", table, clock, older_than, PRUNE_AT_ONCE)
            gone += batch
            if batch < PRUNE_AT_ONCE:
                break
    return gone


def forget(person: UUID) -> int:
    """Take a person's own data and addresses out of all trails; how many rows. For workers and the owner.

    Their id stays where they did something: it names nobody once the person's row is gone. To be called after that
    went, because its going is told as well.
    """
    touched = _call("SELECT security_forget(%s)", person)
    for trail in TRAILS.values():
        personal = list(trail.personal)
        touched += _call(
            "SELECT trail_forget(%s, %s, %s, %s)", trail.rows._meta.db_table, person, trail.owner, personal
        )
    return touched


def _call(statement: str, *values: Any) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.fetchone()[0])
