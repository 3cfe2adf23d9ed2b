from __future__ import annotations

import os
import signal
import threading

import pytest
from celery.beat import EmbeddedService

from medianest import workers
from medianest.celery import app


def test_a_worker_whose_scheduler_ended_leaves(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[tuple[int, int]] = []
    monkeypatch.setattr("medianest.workers.os.kill", lambda pid, number: sent.append((pid, number)))
    scheduler = threading.Thread(target=lambda: None)
    scheduler.start()
    workers.leave_without(scheduler)
    assert sent == [(os.getpid(), signal.SIGTERM)]


def test_the_scheduler_knows_every_entry_without_a_file() -> None:
    scheduler = EmbeddedService(app, thread=True, scheduler_cls=workers._SCHEDULER).service.scheduler  # type: ignore[union-attr]
    assert set(app.conf.beat_schedule) <= set(scheduler.schedule)
