"""For tests of indexes: how PostgreSQL means to answer a query over many rows."""

from __future__ import annotations

import json
from typing import Any

from django.db import connection
from django.db.models import QuerySet

PEOPLE = 1_000


def add_people() -> None:
    """A thousand people, found by `person_id(n)` in SQL."""
    run(
        "INSERT INTO users (id, username, name, image, plex_username, role, status, password_hash,"
        " requires_password_change, is_bootstrap_user, created_at, updated_at)"
        " SELECT md5('person' || n)::uuid, 'person' || n, '', '', '', 'USER', 'active', '', false, false, now(), now()"
        f" FROM generate_series(1, {PEOPLE}) n"
    )


def run(sql: str) -> None:
    """Without triggers: the trail of a hundred thousand made-up rows takes longer than the rows."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(sql)
        cursor.execute("SET LOCAL session_replication_role = origin")


def plan(rows: QuerySet[Any, Any]) -> tuple[set[str], set[str]]:
    """The indexes that the query uses, and the tables that it reads from end to end."""
    indexes: set[str] = set()
    read_whole: set[str] = set()
    nodes = [json.loads(rows.explain(format="json"))[0]["Plan"]]
    while nodes:
        node = nodes.pop()
        nodes += node.get("Plans", [])
        if "Index Name" in node:
            indexes.add(node["Index Name"])
        if node["Node Type"] == "Seq Scan":
            read_whole.add(node["Relation Name"])
    return indexes, read_whole


def assert_uses(rows: QuerySet[Any, Any], *indexes: str) -> None:
    """The query goes through one of these indexes, and does not read its own table from end to end."""
    used, read_whole = plan(rows)
    assert rows.model._meta.db_table not in read_whole, f"reads all of {rows.model._meta.db_table}: {rows.explain()}"
    assert used & set(indexes), f"uses {used or 'none'} where one of {indexes} was meant: {rows.explain()}"


def indexes_on(table: str, column: str) -> list[str]:
    """The names of the table's indexes, those of unique rules and keys included, that begin with `column`."""
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, table)
    own = [name for name, is_ in found.items() if is_["index"] or is_["unique"] or is_["primary_key"]]
    return [name for name in own if found[name]["columns"][:1] == [column]]
