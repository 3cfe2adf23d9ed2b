"""How often something may happen: a sliding window, counted in Redis by one atomic script.

While Redis is away each process counts for itself, so a limit is never an error and never gone.
"""

from __future__ import annotations

import dataclasses
import hashlib
import math
import threading
import time
import uuid
from collections import deque
from collections.abc import Callable, Mapping

import structlog
from django_redis import get_redis_connection
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)

# The window's hits are a sorted set by time, read from Redis's own clock so that machines need not agree on theirs.
# A refused hit is not counted: whoever waits as long as told gets in.
# KEYS[1] the window; ARGV: limit, window in ms, a unique name for this hit, `ask` to be told of an unknown window, then
# for each hit of earlier a name and how many ms ago. Gives {allowed, ms to wait}; allowed is -1 for an unknown window.
_SCRIPT = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local window = tonumber(ARGV[2])
if ARGV[4] == 'ask' and redis.call('EXISTS', KEYS[1]) == 0 then
  return {-1, 0}
end
for i = 5, #ARGV, 2 do
  redis.call('ZADD', KEYS[1], now - tonumber(ARGV[i + 1]), ARGV[i])
  redis.call('PEXPIRE', KEYS[1], window)
end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - window)
if redis.call('ZCARD', KEYS[1]) < tonumber(ARGV[1]) then
  redis.call('ZADD', KEYS[1], now, ARGV[3])
  redis.call('PEXPIRE', KEYS[1], window)
  return {1, 0}
end
local oldest = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
return {0, oldest[2] + window - now}
"""
_PREFIX = "throttle:"
_AWAY_FOR = 5.0  # seconds during which a Redis that failed is not asked again
_LOCAL_KEYS = 10_000


@dataclasses.dataclass(frozen=True)
class Verdict:
    """Whether it may happen now; if not, `retry_after` is in how many whole seconds."""

    allowed: bool
    retry_after: int = 0


Earlier = Callable[[], Mapping[str, float]]
"""What is known from elsewhere of a window: for each hit a name of its own and how many seconds ago it was."""


class _LocalWindows:
    """The same windows in this process's memory."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._windows: dict[str, deque[float]] = {}

    def hit(self, name: str, limit: int, window_seconds: float, earlier: Earlier | None = None) -> Verdict:
        known = earlier() if earlier is not None and name not in self._windows else {}
        now = time.monotonic()
        with self._lock:
            if known and name not in self._windows:
                self._windows[name] = deque(sorted(now - seconds for seconds in known.values()))
            hits = self._windows.pop(name, None) or deque()
            self._windows[name] = hits  # last in the dict: longest unused are first
            while len(self._windows) > _LOCAL_KEYS:
                del self._windows[next(iter(self._windows))]
            while hits and hits[0] <= now - window_seconds:
                hits.popleft()
            if len(hits) < limit:
                hits.append(now)
                return Verdict(True)
            return Verdict(False, _whole_seconds(hits[0] + window_seconds - now))

    def give_back(self, name: str) -> None:
        with self._lock:
            if hits := self._windows.get(name):
                hits.pop()

    def forget(self, name: str) -> None:
        with self._lock:
            self._windows.pop(name, None)


_local = _LocalWindows()
_away_until = 0.0


def hit(key: str, limit: int, window_seconds: int, *, earlier: Earlier | None = None) -> Verdict:
    """Count one more `key`, unless that would make more than `limit` within any `window_seconds`.

    `earlier` is asked when nothing is known of the key: it is new, its window has passed, or Redis was wiped.
    `key` may hold anything a person typed: only its hash leaves this process. Never raises.
    """
    name = _name(key)
    if not _is_away():
        try:
            script = get_redis_connection("default").register_script(_SCRIPT)
            facts = [limit, window_seconds * 1000, uuid.uuid4().hex]
            allowed, wait = script(keys=[name], args=[*facts, "ask" if earlier else ""])
            if allowed == -1 and earlier:
                told = [word for named, ago in earlier().items() for word in (named, round(ago * 1000))]
                allowed, wait = script(keys=[name], args=[*facts, "", *told])
        except (RedisError, OSError) as error:
            _note_away(error)
        else:
            return Verdict(True) if allowed else Verdict(False, _whole_seconds(wait / 1000))
    return _local.hit(name, limit, window_seconds, earlier)


def give_back(key: str) -> None:
    """Take back the latest hit: what was counted turned out to be harmless. Never raises."""
    name = _name(key)
    _local.give_back(name)
    _tell_redis("zpopmax", name)


def forget(key: str) -> None:
    """Start the key's window afresh. Never raises."""
    name = _name(key)
    _local.forget(name)
    _tell_redis("delete", name)


def _tell_redis(command: str, name: str) -> None:
    if _is_away():
        return
    try:
        getattr(get_redis_connection("default"), command)(name)
    except (RedisError, OSError) as error:
        _note_away(error)


def _name(key: str) -> str:
    return _PREFIX + hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


def _whole_seconds(seconds: float) -> int:
    return max(1, math.ceil(seconds))


def _is_away() -> bool:
    return time.monotonic() < _away_until


def _note_away(error: Exception) -> None:
    global _away_until  # noqa: PLW0603  (one fact about this process)
    _away_until = time.monotonic() + _AWAY_FOR
    log.warning("throttle_counts_alone", error=type(error).__name__)
