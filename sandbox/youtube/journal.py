"""What was asked of the service, as tests look at it."""

from __future__ import annotations

import collections
import threading
from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit

KEPT = 20_000  # requests remembered


class Seen(NamedTuple):
    """One request that reached a host; `path` with its query, `range` as the header had it."""

    host: str
    method: str
    path: str
    range: str

    @property
    def video_id(self) -> str | None:
        """The video whose bytes were asked for."""
        if not self.host.endswith(".googlevideo.com"):
            return None
        return parse_qs(urlsplit(self.path).query).get("id", [None])[0]

    @property
    def start(self) -> int:
        """The first byte that was asked for."""
        first = self.range.removeprefix("bytes=").partition("-")[0]
        return int(first) if first.isdecimal() else 0


class Journal:
    """Thread-safe lists of what was asked and of the hosts that were refused, the oldest first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._requests: collections.deque[Seen] = collections.deque(maxlen=KEPT)
        self._refused: collections.deque[str] = collections.deque(maxlen=KEPT)

    def add(self, seen: Seen) -> None:
        with self._lock:
            self._requests.append(seen)

    def refuse(self, host: str) -> None:
        with self._lock:
            self._refused.append(host)

    def forget(self) -> None:
        with self._lock:
            self._requests.clear()
            self._refused.clear()

    @property
    def requests(self) -> list[Seen]:
        with self._lock:
            return list(self._requests)

    @property
    def refused_hosts(self) -> list[str]:
        with self._lock:
            return list(self._refused)
