"""Texts that Redis keeps for a while in front of the database, so that most look-ups need no query.

While Redis is away nothing is found and nothing is kept; nothing here ever raises. What was dropped is marked for a
while, so that a process that read the database just before cannot put it back.
"""

from __future__ import annotations

import time
from collections.abc import Iterable

import structlog
from django_redis import get_redis_connection
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)

DROPPED = "-"
_MARKED_FOR = 120  # seconds; longer than any page takes between reading a row and keeping it
_AWAY_FOR = 5.0  # seconds during which a Redis that failed is not asked again

# KEYS[1] the name; ARGV: the text, milliseconds, "1" to leave what is there.
_KEEP = """
local there = redis.call('GET', KEYS[1])
if there == '-' or (there and ARGV[3] == '1') then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
"""

_away_until = 0.0


def look_up(name: str) -> str | None:
    """The text kept under `name`, DROPPED, or None. One round trip."""
    if _is_away():
        return None
    try:
        found = get_redis_connection("default").get(name)
    except (RedisError, OSError) as error:
        _note_away(error)
        return None
    return None if found is None else found.decode("utf-8", "replace")


def keep(name: str, text: str, seconds: int, *, if_new: bool = False) -> None:
    """Keep the text, unless the name was dropped lately or, with `if_new`, something newer is there."""
    if _is_away():
        return
    try:
        script = get_redis_connection("default").register_script(_KEEP)
        script(keys=[name], args=[text, seconds * 1000, "1" if if_new else "0"])
    except (RedisError, OSError) as error:
        _note_away(error)


def forget(name: str) -> None:
    """Have the next look-up ask the database."""
    if _is_away():
        return
    try:
        get_redis_connection("default").delete(name)
    except (RedisError, OSError) as error:
        _note_away(error)


def drop(names: Iterable[str]) -> None:
    """Forget these, and have nobody put them back. Tried even while Redis seems to be away."""
    try:
        with get_redis_connection("default").pipeline(transaction=False) as line:
            for name in names:
                line.set(name, DROPPED, ex=_MARKED_FOR)
            line.execute()
    except (RedisError, OSError) as error:
        _note_away(error)


def _is_away() -> bool:
    return time.monotonic() < _away_until


def _note_away(error: Exception) -> None:
    global _away_until  # noqa: PLW0603  (one fact about this process)
    _away_until = time.monotonic() + _AWAY_FOR
    log.warning("fleeting_store_away", error=type(error).__name__)
