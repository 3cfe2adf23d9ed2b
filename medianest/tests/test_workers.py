from __future__ import annotations

import os
import signal
import subprocess
import sys
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


def test_the_file_can_be_run_before_anything_is_loaded() -> None:
    """As the launcher does. What knows models must not be imported with it."""
    done = subprocess.run(
        [sys.executable, "-c", "import medianest.workers"], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
