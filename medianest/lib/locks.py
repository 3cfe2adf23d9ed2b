"""Locks that several processes and machines share, kept by PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


def hold_until_commit(name: str) -> None:
    """Wait for the lock `name` and keep it until the transaction under way ends.

    For rules over several rows, or over rows that do not exist yet, which no row lock can guard.
    Raises RuntimeError outside of a transaction, where the lock would be gone at once.
    """
    if not connection.in_atomic_block:
        raise RuntimeError(f"The lock {name!r} needs a transaction to live in.")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])


@contextmanager
def held(name: str) -> Iterator[None]:
    """Wait for the lock `name` and keep it for the length of the block, over many transactions."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", [name])
    with _given_back(name):
        yield


@contextmanager
def held_if_free(name: str) -> Iterator[bool]:
    """Like `held`, but without waiting: gives False, and no lock, while somebody else has it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", [name])
        is_mine = bool(cursor.fetchone()[0])
    if not is_mine:
        yield False
        return
    with _given_back(name):
        yield True


@contextmanager
def _given_back(name: str) -> Iterator[None]:
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [name])
