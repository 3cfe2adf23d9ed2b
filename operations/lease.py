"""Holding jobs while they run: one keeper thread in each worker process renews all its leases.

A renewal also brings the news that a job was asked to stop or was given to somebody else.
"""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable
from typing import Any

import structlog
from django.db import Error, connection
from django.utils import timezone

from operations.jobs import LEASE, Cancelled, Interrupted, LeaseLost, worker_name
from operations.models import Job, JobState

log = structlog.get_logger(__name__)

RENEW_EVERY = min(2.0, LEASE.total_seconds() / 4)  # seconds; also the longest it takes to notice a cancel
_shutting_down = threading.Event()


class Run:
    """One claimed job under way, as its handler sees it.

    A handler calls `breathe()` often; it raises when the handler should stop. `on_stop` callbacks
    let it break out of something that cannot breathe, such as a child process.
    """

    def __init__(self, job: Job) -> None:
        self.job = job
        self._stop: type[Cancelled | Interrupted | LeaseLost] | None = None
        self._on_stop: list[Callable[[], None]] = []

    @property
    def stopping(self) -> bool:
        return self._stop is not None or _shutting_down.is_set()

    def breathe(self) -> None:
        """Raises Cancelled, Interrupted or LeaseLost when the work must stop."""
        if self._stop is not None:
            raise self._stop
        if _shutting_down.is_set():
            raise Interrupted

    def on_stop(self, callback: Callable[[], None]) -> None:
        """Have `callback` called, from the keeper's thread, when the work must stop; again and again until it does."""
        self._on_stop.append(callback)

    def stop(self, why: type[Cancelled | Interrupted | LeaseLost]) -> None:
        if self._stop is None:
            self._stop = why
        for callback in self._on_stop:
            try:
                callback()
            except Exception:  # this is the keeper's thread: without it every other lease of the process runs out
                log.exception("on_stop_crashed", job_id=str(self.job.pk), kind=self.job.kind)

    def report(self, **progress: Any) -> None:
        """Note progress on the job's row, for whoever looks at the job itself."""
        Job.objects.filter(pk=self.job.pk, attempt=self.job.attempt).update(progress=progress)


class LeaseKeeper:
    """Renews the leases of all runs of this process, from a thread of its own with its own connection."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._runs: dict[uuid.UUID, Run] = {}
        self._wanted = threading.Condition(self._lock)
        self._thread: threading.Thread | None = None

    def hold(self, run: Run) -> None:
        with self._lock:
            self._runs[run.job.pk] = run
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._keep, name="lease-keeper", daemon=True)
                self._thread.start()
            self._wanted.notify()

    def drop(self, run: Run) -> None:
        with self._lock:
            self._runs.pop(run.job.pk, None)

    def stop_all(self, why: type[Cancelled | Interrupted | LeaseLost]) -> None:
        with self._lock:
            runs = list(self._runs.values())
        for run in runs:
            run.stop(why)

    def _keep(self) -> None:
        while True:
            with self._lock:
                while not self._runs:
                    connection.close()
                    self._wanted.wait()
                runs = list(self._runs.values())
            try:
                self._renew(runs)
            except Error as error:
                # The database may be away for a while; the leases outlast a short outage.
                log.warning("lease_renewal_failed", error=type(error).__name__)
                connection.close()
            time.sleep(RENEW_EVERY)

    def _renew(self, runs: list[Run]) -> None:
        held = Job.objects.filter(pk__in=[run.job.pk for run in runs], state=JobState.RUNNING, owner=worker_name())
        held.update(lease_until=timezone.now() + LEASE)
        rows = {
            pk: (attempt, cancel) for pk, attempt, cancel in held.values_list("pk", "attempt", "cancel_requested_at")
        }
        for run in runs:
            attempt, cancel = rows.get(run.job.pk, (None, None))
            if attempt != run.job.attempt:
                run.stop(LeaseLost)
            elif cancel is not None:
                run.stop(Cancelled)


keeper = LeaseKeeper()


def shut_down(**_: object) -> None:
    """The worker is ending: every run stops at its next breath and its job goes back to the queue."""
    _shutting_down.set()
    keeper.stop_all(Interrupted)


def is_shutting_down() -> bool:
    return _shutting_down.is_set()
