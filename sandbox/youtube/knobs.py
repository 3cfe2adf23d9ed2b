"""Settings that change while answers are being given."""

from __future__ import annotations

import threading

from sandbox.youtube.catalogue import Failure


class Knobs:
    """Thread-safe holder of `rate` (bytes a second for each media answer, None: no limit), `latency`
    (seconds before each answer) and the failure that strikes every video."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rate: int | None = None
        self._latency = 0.0
        self._changed = threading.Event()
        self._closing = threading.Event()
        self.global_failure: Failure | None = None

    @property
    def rate(self) -> int | None:
        return self._rate

    @rate.setter
    def rate(self, rate: int | None) -> None:
        if rate is not None and rate <= 0:
            raise ValueError("rate is a positive number of bytes a second, or None")
        self._rate = rate
        self._release()

    @property
    def latency(self) -> float:
        return self._latency

    @latency.setter
    def latency(self, latency: float) -> None:
        if latency < 0:
            raise ValueError("latency is in seconds and not negative")
        self._latency = float(latency)
        self._release()

    def wait(self, seconds: float) -> bool:
        """Wait so long; True if a setting changed or the service closes meanwhile."""
        with self._lock:
            changed = self._changed
        return changed.wait(seconds)

    @property
    def closing(self) -> bool:
        return self._closing.is_set()

    def close(self) -> None:
        """Release all who wait, for good."""
        self._closing.set()
        self._release()

    def reopen(self) -> None:
        self._closing.clear()

    def _release(self) -> None:
        with self._lock:
            released, self._changed = self._changed, threading.Event()
        released.set()
