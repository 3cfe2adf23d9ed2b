"""What can be changed about the simulated TMDB while it runs."""

from __future__ import annotations

import threading
import time

READ_ACCESS = "sandbox-read-access-token"
V3_KEY = "5a4db0c5a4db0c5a4db0c5a4db0c5a4d"


class State:
    """The keys, what was taken out, and how it throttles."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._recent: list[float] = []
        self.token = READ_ACCESS
        self.api_key = V3_KEY
        self.gone: set[tuple[int, str]] = set()
        self.changed: set[tuple[int, str]] = set()
        self.requests = 0
        self.rate: int | None = None  # answers a second
        self.throttle_next = 0  # this many answers from now on are 429
        self.retry_after = 1  # seconds; 0 leaves the header out

    def count(self) -> None:
        with self._lock:
            self.requests += 1

    def throttled(self) -> int | None:
        """Seconds to wait if this request is one too many, else None."""
        with self._lock:
            if self.throttle_next > 0:
                self.throttle_next -= 1
                return self.retry_after
            now = time.monotonic()
            self._recent = [at for at in self._recent if at > now - 1]
            if self.rate is not None and len(self._recent) >= self.rate:
                return self.retry_after
            self._recent.append(now)
            return None
