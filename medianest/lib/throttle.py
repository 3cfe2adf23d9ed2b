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

import structlog
from django_redis import get_redis_connection
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)

# The window's hits are a sorted set by time, read from Redis's own clock so that machines need not agree on theirs.
# A refused hit is not counted: whoever waits as long as told gets in.
# KEYS[1] the window; ARGV: limit, window in ms, a unique name for this hit. Gives {allowed, ms to wait}.
_SCRIPT = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local window = tonumber(ARGV[2])
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


class _LocalWindows:
    """The same windows in this process's memory."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._windows: dict[str, deque[float]] = {}

    def hit(self, name: str, limit: int, window_seconds: float) -> Verdict:
        now = time.monotonic()
        with self._lock:
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


def hit(key: str, limit: int, window_seconds: int) -> Verdict:
    """Count one more `key`, unless that would make more than `limit` within any `window_seconds`.

    `key` may hold anything a person typed: only its hash leaves this process. Never raises.
    """
    name = _name(key)
    if not _is_away():
        try:
            script = get_redis_connection("default").register_script(_SCRIPT)
            allowed, wait = script(keys=[name], args=[limit, window_seconds * 1000, uuid.uuid4().hex])
        except (RedisError, OSError) as error:
            _note_away(error)
        else:
            return Verdict(True) if allowed else Verdict(False, _whole_seconds(wait / 1000))
    return _local.hit(name, limit, window_seconds)


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
