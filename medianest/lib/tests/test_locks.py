"""Locks that processes share."""

from __future__ import annotations

import threading

import pytest
from django.db import connection, transaction

from medianest.lib.locks import held, hold_until_commit

pytestmark = pytest.mark.django_db(transaction=True)


def other_gets(name: str) -> bool:
    """Whether somebody else would get the lock now."""
    found: list[bool] = []

    def ask() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", [name])
            found.append(cursor.fetchone()[0])
        connection.close()

    thread = threading.Thread(target=ask)
    thread.start()
    thread.join()
    return found[0]


def test_a_lock_is_held_until_the_transaction_ends() -> None:
    with transaction.atomic():
        hold_until_commit("tests.one")
        assert not other_gets("tests.one")
        assert other_gets("tests.two")
    assert other_gets("tests.one")


def test_without_a_transaction_it_is_refused() -> None:
    with pytest.raises(RuntimeError, match=r"tests\.one"):
        hold_until_commit("tests.one")


def test_a_lock_is_held_over_many_transactions() -> None:
    with held("tests.one"):
        with transaction.atomic():
            pass
        assert not other_gets("tests.one")
    assert other_gets("tests.one")


def failing() -> None:
    with held("tests.one"):
        raise LookupError("it failed")


def test_a_failure_gives_it_back() -> None:
    with pytest.raises(LookupError):
        failing()
    assert other_gets("tests.one")
