"""What stands in the database, so that a test can say that nothing changed."""

from __future__ import annotations

from collections.abc import Collection

from django.db import connection

NOISE = {
    "sessions": "the last use of a session is noted",
    "error_logs": "refusals are written down",
    "security_events": "refusals are written down",
    "rate_limits": "uses are counted",
}
"""Tables that a mere look may write to, and why."""


def taken(*, leave_out: Collection[str] = tuple(NOISE)) -> dict[str, str]:
    """A digest of all rows, by table."""
    with connection.cursor() as cursor:
        tables = [
            name
            for name in connection.introspection.table_names(cursor)
            if name not in leave_out and not name.startswith("pgh_")
        ]
        asked = " UNION ALL ".join(
            f"SELECT '{name}', count(*) || md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM \"{name}\" t"
            for name in tables
        )
        cursor.execute(asked)
        return dict(cursor.fetchall())


def changed(before: dict[str, str], *, leave_out: Collection[str] = tuple(NOISE)) -> set[str]:
    """The tables that are not as they were."""
    after = taken(leave_out=leave_out)
    return {name for name in before | after if before.get(name) != after.get(name)}


def everything() -> str:
    """All rows of all tables as one text, to look for what should stand nowhere."""
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        cursor.execute(
            " UNION ALL ".join(f"SELECT coalesce(string_agg(t::text, ' '), '') FROM \"{one}\" t" for one in tables)
        )
        return "\n".join(text for (text,) in cursor.fetchall())
