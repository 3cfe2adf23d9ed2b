"""Telling of database statements that take long: their shape, never a value."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import structlog
from django.conf import settings

log = structlog.get_logger(__name__)

_MOST_READ = 20_000  # characters
_MOST_TOLD = 2_000
# Names in double quotes and words stay; comments, texts and numbers go. The first that fits wins.
_PARTS = re.compile(
    r"""(?P<kept>"[^"]*"|[A-Za-z_][\w$]*(?!')|%s)"""
    r"""|(?P<comment>--[^\n]*|/\*.*?(?:\*/|$))"""
    r"""|(?P<value>[A-Za-z&]{0,2}'(?:[^'\\]|''|\\.)*(?:'|$)|\$(?P<tag>\w*)\$.*?(?:\$(?P=tag)\$|$)|\d[\w.]*)""",
    re.DOTALL,
)
_MANY = re.compile(r"\((?:%s|\?)(?:\s*,\s*(?:%s|\?))+\)")
_MANY_ROWS = re.compile(r"(\([^()]*\))(?:\s*,\s*\([^()]*\))+")


def watch(connection: Any, **_signal: Any) -> None:
    """Watch a connection's statements; receiver of Django's `connection_created`.

    First in the row, because whoever wraps for a time takes off the last one.
    """
    if timed not in connection.execute_wrappers:
        connection.execute_wrappers.insert(0, timed)


def timed(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
    """Django's wrapper around each statement: one that took longer than SLOW_QUERY_MS leaves a line in the log."""
    started = time.perf_counter()
    try:
        return execute(sql, params, many, context)
    finally:
        seconds = time.perf_counter() - started
        if seconds * 1000 >= settings.SLOW_QUERY_MS:
            log.warning("slow_query", seconds=round(seconds, 3), statement=shape(sql))


@contextmanager
def taking_their_time(connection: Any) -> Iterator[None]:
    """Statements of this block may take as long as they like without a line: somebody asked for millions of rows."""
    watched = timed in connection.execute_wrappers
    if watched:
        connection.execute_wrappers.remove(timed)
    try:
        yield
    finally:
        if watched:
            connection.execute_wrappers.insert(0, timed)


def shape(sql: Any) -> str:
    """A statement without parameters, literals and comments, in one line of at most 2,000 characters."""
    text = sql if isinstance(sql, str) else sql.decode() if isinstance(sql, bytes) else sql.as_string(None)
    bare = " ".join(_PARTS.sub(_kept, text[:_MOST_READ]).split())
    return _MANY_ROWS.sub(r"\1, …", _MANY.sub("(…)", bare))[:_MOST_TOLD]


def _kept(part: re.Match[str]) -> str:
    if part["kept"]:
        return part["kept"]
    return " " if part["comment"] else "?"
