"""A circuit breaker for each outside service, shared by all processes.

After `threshold` failures in a row nobody knocks for `pause` seconds; then one caller may try, and its
result decides. The state stands in the cache (Redis); while that is away, each process keeps its own.
"""

from __future__ import annotations

import dataclasses
import threading
import time

from django.core.cache import cache

THRESHOLD = 5
PAUSE_SECONDS = 30.0
_KEEP_SECONDS = 600
_TRIAL_SECONDS = 15


@dataclasses.dataclass(frozen=True)
class Reading:
    """How it stands: failures in a row, and until when (seconds since 1970) nobody knocks."""

    failures: int = 0
    open_until: float = 0.0


_own: dict[str, Reading] = {}
_own_trials: dict[str, float] = {}
_lock = threading.Lock()


class Breaker:
    """The breaker of one service. Cheap to build; all with the same name are one."""

    def __init__(self, name: str, *, threshold: int = THRESHOLD, pause: float = PAUSE_SECONDS) -> None:
        self.name, self.threshold, self.pause = name, threshold, pause
        self._key, self._trial_key = f"breaker:{name}", f"breaker:{name}:trial"

    def reading(self) -> Reading:
        """The shared state; this process's own when there is none or Redis is away."""
        shared = cache.get(self._key)
        return Reading(*shared) if isinstance(shared, tuple) else _own.get(self.name, Reading())

    def allows(self) -> bool:
        """Whether to call the service now. While open: False, but True once for whoever is first after the pause."""
        reading = self.reading()
        if reading.failures < self.threshold:
            return True
        return time.time() >= reading.open_until and self._take_trial()

    def _take_trial(self) -> bool:
        taken = cache.add(self._trial_key, 1, timeout=_TRIAL_SECONDS)
        if taken is not None:
            return bool(taken)
        with _lock:  # Redis is away: one trial in this process
            now = time.monotonic()
            free = _own_trials.get(self.name, 0.0) <= now
            if free:
                _own_trials[self.name] = now + _TRIAL_SECONDS
            return free

    def succeeded(self) -> None:
        if self.reading().failures:
            self._write(Reading())
            self._end_trial()

    def failed(self) -> None:
        """Count a failure. Two at the same moment may count once; that only opens it a call later."""
        failures = self.reading().failures + 1
        self._write(Reading(failures, time.time() + self.pause if failures >= self.threshold else 0.0))
        self._end_trial()

    def _end_trial(self) -> None:
        with _lock:
            _own_trials.pop(self.name, None)
        cache.delete(self._trial_key)

    def _write(self, reading: Reading) -> None:
        with _lock:
            _own[self.name] = reading
        cache.set(self._key, dataclasses.astuple(reading), timeout=_KEEP_SECONDS)
