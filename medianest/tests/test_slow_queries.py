"""Slow statements leave a line that tells their shape and never a value."""

from __future__ import annotations

import time
from typing import Any

import pytest
import structlog
from django.db import OperationalError, connection
from psycopg import sql
from pytest_django.fixtures import Settings

from accounts.models import User
from medianest.lib import correlation, slow_queries

SECRET = "hunter2"


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ('SELECT "users"."id" FROM "users" WHERE "users"."name" = %s', None),
        ("SELECT 'hunter2', 42, 1.5e3, x1 FROM t2", "SELECT ?, ?, ?, x1 FROM t2"),
        ("SELECT 'it''s hunter2' || E'a\\'hunter2' || N'x'", "SELECT ? || ? || ?"),
        ("SELECT $$hunter2$$, $tag$ a $$ hunter2 $tag$", "SELECT ?, ?"),
        ("SELECT 1 -- hunter2\n, 2 /* hunter2 */", "SELECT ? , ?"),
        ("a IN (%s, %s,%s)", "a IN (…)"),
        ("INSERT INTO t (a, b) VALUES (%s, 1), (%s, 2), (%s, 3)", "INSERT INTO t (a, b) VALUES (…), …"),
        ("SELECT 'hunter2", "SELECT ?"),
        ("SELECT $a$hunter2", "SELECT ?"),
        (b"SELECT 'hunter2'", "SELECT ?"),
        (sql.SQL("SELECT {}, {}").format(sql.Literal("hunter2"), sql.Identifier("name")), 'SELECT ?, "name"'),
    ],
)
def test_a_shape_keeps_names_and_no_values(statement: Any, told: str | None) -> None:
    assert slow_queries.shape(statement) == (told or statement)


def test_a_very_long_statement_takes_no_time_and_little_room() -> None:
    started = time.thread_time()
    for part in ("(%s, 'x'), ", "'", '"', "$", "/*", "a" * 50, "((", "1"):
        assert len(slow_queries.shape("INSERT " + part * 200_000)) <= 2000
    assert time.thread_time() - started < 3


@pytest.fixture
def _quick(settings: Settings) -> None:
    settings.SLOW_QUERY_MS = 100


@pytest.mark.usefixtures("_quick")
@pytest.mark.django_db
def test_a_slow_query_is_logged_under_the_reference_without_its_parameters() -> None:
    reference = correlation.bind()
    with structlog.testing.capture_logs([structlog.contextvars.merge_contextvars]) as lines:
        User.objects.filter(username=SECRET).exists()
        list(User.objects.raw("SELECT *, pg_sleep(0.15) FROM (SELECT 1) one LEFT JOIN users ON name = %s", [SECRET]))
    # On a busy machine the quick one may have been slow as well.
    line = [line for line in lines if line["event"] == "slow_query"][-1]
    assert line["correlation_id"] == reference
    assert line["statement"] == "SELECT *, pg_sleep(?) FROM (SELECT ?) one LEFT JOIN users ON name = %s"
    assert line["seconds"] >= 0.15
    assert SECRET not in str(lines)


@pytest.mark.django_db
def test_work_that_was_asked_to_take_long_leaves_no_line_and_what_follows_does(settings: Settings) -> None:
    settings.SLOW_QUERY_MS = 0
    with structlog.testing.capture_logs() as lines, connection.cursor() as cursor:
        with slow_queries.taking_their_time(connection):
            cursor.execute("SELECT 1")
        assert not lines
        cursor.execute("SELECT 1")
    assert [line["event"] for line in lines] == ["slow_query"]


@pytest.mark.usefixtures("_quick")
@pytest.mark.django_db(transaction=True)
def test_a_statement_that_was_cut_off_is_logged_too() -> None:
    with structlog.testing.capture_logs() as lines, connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 150")
        with pytest.raises(OperationalError):
            cursor.execute("SELECT pg_sleep(5)")
        cursor.execute("SET statement_timeout = 30000")
    assert "SELECT pg_sleep(?)" in [line["statement"] for line in lines if line["event"] == "slow_query"]


@pytest.mark.django_db(transaction=True)
def test_each_connection_is_watched_once_whoever_else_wraps_it() -> None:
    def other(execute: Any, *args: Any) -> Any:
        return execute(*args)

    connection.close()
    with connection.execute_wrapper(other):
        connection.ensure_connection()
        assert connection.execute_wrappers.count(slow_queries.timed) == 1
        assert connection.execute_wrappers[-1] is other
    assert connection.execute_wrappers.count(slow_queries.timed) == 1
    assert other not in connection.execute_wrappers
