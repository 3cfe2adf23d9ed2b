"""What the audit trail costs a writer: the same changes with its triggers and without, by turns, in one database."""

from __future__ import annotations

import time
from collections.abc import Callable

import psycopg

_SINGLE, _BULK, _TURNS = 1000, 10_000, 3
_FILL = (
    "INSERT INTO quick_links (id, title, url, description, icon, audience, position, is_shown, created_at, updated_at)"
    " SELECT gen_random_uuid(), 'Link ' || n, 'https://' || n || '.bench.example', '', '', 'everyone', n, true, now(),"
    " now() FROM generate_series(1, %s) n"
)
_CONTEXT = (
    "SELECT set_config('pghistory.context_metadata',"
    ' \'{"user": "6d8f6a52-7c1e-4f0b-9d51-0c5f5a3c2b11", "request": "2ff9dd78f061", "address": "192.0.2.7"}\', true)'
)


def write_cost(url: str) -> tuple[tuple[float, float], tuple[float, float]]:
    """Milliseconds without and with the trail: for a change in a transaction of its own, and for a bulk change.

    `url` names a database whose tables belong to its user; what is left behind is taken out again.
    """
    with psycopg.connect(url, autocommit=True) as connection:
        _turn(connection, on=False)
        connection.execute(_FILL, [_BULK])
        single = _compare(connection, _one_by_one)
        bulk = _compare(connection, _at_once)
        _turn(connection, on=False)
        connection.execute("DELETE FROM quick_links WHERE url LIKE '%.bench.example'")
        _turn(connection, on=True)
    return single, bulk


def _compare(connection: psycopg.Connection, change: Callable[[psycopg.Connection, int], float]) -> tuple[float, float]:
    """The quickest of each, so that whatever else the machine does weighs little."""
    took: dict[bool, list[float]] = {False: [], True: []}
    for turn in range(_TURNS):
        for on in (False, True):
            _turn(connection, on=on)
            took[on].append(change(connection, 2 * turn + on))
    return min(took[False]), min(took[True])


def _turn(connection: psycopg.Connection, *, on: bool) -> None:
    connection.execute(f"ALTER TABLE quick_links {'ENABLE' if on else 'DISABLE'} TRIGGER USER")


def _one_by_one(connection: psycopg.Connection, mark: int) -> float:
    began = time.perf_counter()
    for n in range(1, _SINGLE + 1):
        with connection.transaction():
            connection.execute(_CONTEXT)
            connection.execute(
                "UPDATE quick_links SET title = %s WHERE url = %s", [f"{mark}", f"https://{n}.bench.example"]
            )
    return (time.perf_counter() - began) / _SINGLE * 1000


def _at_once(connection: psycopg.Connection, mark: int) -> float:
    began = time.perf_counter()
    with connection.transaction():
        connection.execute(_CONTEXT)
        connection.execute(
            "UPDATE quick_links SET description = %s WHERE url LIKE '%%.bench.example'", [f"turn {mark}"]
        )
    return (time.perf_counter() - began) * 1000
