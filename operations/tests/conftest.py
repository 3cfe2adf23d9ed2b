"""Wake-ups are noted instead of sent, and nothing stays from one test to the next."""

from __future__ import annotations

import threading
from collections import deque

import pytest

from medianest.tests.people import (  # noqa: F401  (fixtures)
    _files_as_they_are,
    administrator,
    administrators,
    anna,
    annas,
    ben,
    bens,
    moderator,
    moderators,
    stranger,
)
from operations import error_log, jobs, lease
from operations.tests import acts


@pytest.fixture(autouse=True)
def woken(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int, float]]:
    """The wake-ups sent: queue, how many, in how many seconds."""
    noted: list[tuple[str, int, float]] = []

    def wake(queue: str, *, count: int = 1, seconds: float = 0) -> bool:
        noted.append((queue, count, seconds))
        return True

    monkeypatch.setattr(jobs, "wake", wake)
    return noted


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    acts.acts.clear()
    acts.given_up.clear()
    monkeypatch.setattr(lease, "_shutting_down", threading.Event())
    monkeypatch.setattr(jobs, "_redis_away_until", 0.0)
    monkeypatch.setattr(error_log, "_waiting", deque(maxlen=error_log._waiting.maxlen))
    monkeypatch.setattr(error_log, "_folded", {})
    monkeypatch.setattr(error_log, "_retry_at", 0.0)
