"""All workers and the scheduler, forked from one process that has loaded the application once.

`python -m medianest.workers default:2 downloads:4 control:2 --beat`

The scheduler is a thread of the last worker named, or a process of its own where no worker is named.

Each `queue:threads` becomes a Celery worker process of its own, so that downloads never starve the
rest; forking shares the loaded code between them, which is most of their memory. One that dies is
forked again with a growing pause. Works as well with a single queue, one container for each.
"""

from __future__ import annotations

import argparse
import ctypes
import gc
import importlib
import os
import signal
import sys
import threading
import time
import warnings
from collections.abc import Callable
from functools import partial
from pathlib import Path

import structlog
from celery import concurrency
from celery.beat import EmbeddedService
from celery.exceptions import SecurityWarning
from django.conf import settings
from django.db import Error, connection

from medianest.celery import app
from operations import roles

log = structlog.get_logger(__name__)

PAUSES = (1, 2, 4, 8, 15, 30)  # seconds before the 1st, 2nd, … restart in a row
HEALTHY_AFTER = 60.0  # seconds of life after which the count starts anew
GRACE = 25.0  # seconds a worker has to put its jobs back
_PR_SET_PDEATHSIG = 1
_LOADED_LATE = (
    "billiard.pool", "celery.app.amqp", "celery.app.control", "celery.app.events", "celery.app.log", "celery.app.trace",
    "celery.apps.worker", "celery.beat", "celery.concurrency.thread", "celery.worker.autoscale",
    "celery.worker.components", "celery.worker.consumer", "celery.worker.loops", "celery.worker.pidbox",
    "celery.worker.strategy", "django_redis.compressors.identity", "django_redis.serializers.pickle", "kombu.mixins",
    "kombu.transport.redis",
)  # fmt: skip
"""What each worker would load for itself after the fork, and is shared when it is loaded before."""
_SCHEDULER = "celery.beat:Scheduler"  # keeps no file: every entry may run once more after a restart


def run_worker(queue: str, threads: int, *, beat: bool) -> None:
    """Be a Celery worker for one queue until told to stop, and the scheduler too if `beat`."""
    # It knows models, which can be imported only when the applications are loaded: not yet when this file is run.
    from medianest.without_redis import Fallback  # noqa: PLC0415

    if beat:
        scheduler = EmbeddedService(app, thread=True, scheduler_cls=_SCHEDULER)
        scheduler.start()  # type: ignore[union-attr]
        threading.Thread(target=leave_without, args=[scheduler], name="beat-watch", daemon=True).start()
    Fallback(app, queue).start()
    worker = app.Worker(
        hostname=f"{queue}@%h",
        queues=[queue],
        concurrency=threads,
        pool_cls=concurrency.get_implementation("threads"),
        loglevel=settings.LOG_LEVEL,
        quiet=True,
        without_gossip=True,
        without_mingle=True,
        without_heartbeat=True,
    )
    worker.start()
    sys.exit(worker.exitcode)


def leave_without(scheduler: threading.Thread) -> None:
    """Wait for the scheduler's end and end this worker then, so that both are forked anew."""
    scheduler.join()
    log.error("scheduler_ended", restart="with its worker")
    os.kill(os.getpid(), signal.SIGTERM)


def run_folder() -> Path:
    """Where process ids stand."""
    folder = Path(settings.DATA_DIR) / "run"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def run_beat() -> None:
    """Be the scheduler."""
    app.Beat(scheduler=_SCHEDULER, quiet=True, loglevel=settings.LOG_LEVEL).run()


class Child:
    """One forked process and its restarts."""

    def __init__(self, name: str, work: Callable[[], None]) -> None:
        self.name, self.work = name, work
        self.pid = 0
        self.started = 0.0
        self.deaths = 0
        self.due = 0.0

    def fork(self) -> None:
        self.started = time.monotonic()
        parent = os.getpid()
        pid = os.fork()
        if pid:
            self.pid = pid
            (run_folder() / f"worker-{self.name}.pid").write_text(f"{pid}\n")
            return
        _die_with(parent)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_DFL)
        code = 1
        try:
            self.work()
            code = 0
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 1
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)

    def died(self, code: int) -> None:
        if time.monotonic() - self.started > HEALTHY_AFTER:
            self.deaths = 0
        pause = PAUSES[min(self.deaths, len(PAUSES) - 1)]
        self.pid, self.deaths, self.due = 0, self.deaths + 1, time.monotonic() + pause
        log.error("worker_died", worker=self.name, exit_code=code, restart_in_seconds=pause)


def _die_with(parent: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:  # it was gone before it could be asked for
        os._exit(1)


def supervise(children: list[Child]) -> None:
    """Keep all children running until SIGTERM or SIGINT, then stop them."""
    stopping = False

    def stop(number: int, frame: object) -> None:
        nonlocal stopping
        stopping = True

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    while not stopping:
        for child in children:
            if not child.pid and time.monotonic() >= child.due:
                child.fork()
        _reap(children)
        time.sleep(0.2)
    _stop_all(children)


def _reap(children: list[Child]) -> None:
    for child in children:
        if child.pid:
            pid, status = os.waitpid(child.pid, os.WNOHANG)
            if pid:
                child.died(os.waitstatus_to_exitcode(status))


def _stop_all(children: list[Child]) -> None:
    for child in children:
        if child.pid:
            os.kill(child.pid, signal.SIGTERM)
    deadline = time.monotonic() + GRACE
    while any(child.pid for child in children) and time.monotonic() < deadline:
        for child in children:
            if child.pid and os.waitpid(child.pid, os.WNOHANG)[0]:
                child.pid = 0
        time.sleep(0.05)
    for child in children:
        if child.pid:
            log.error("worker_killed", worker=child.name, after_seconds=GRACE)
            os.kill(child.pid, signal.SIGKILL)
            os.waitpid(child.pid, 0)


def refuse_blind_database_role() -> None:
    """Exit when the database would hide people's rows from the workers. A database that is away is not asked."""
    try:
        refusal = roles.worker_refusal(connection)
    except Error:
        log.warning("database_role_unknown", reason="the database does not answer")
        return
    finally:
        connection.close()
        if settings.DB_POOL_MAX:
            connection.close_pool()  # type: ignore[attr-defined]  # PostgreSQL's; a forked process must make its own
    if refusal:
        sys.exit(refusal)


def main() -> None:
    warnings.filterwarnings("ignore", category=SecurityWarning)  # only JSON is accepted; root is fine in a home server
    parser = argparse.ArgumentParser(prog="medianest.workers", description="Run workers and the scheduler.")
    parser.add_argument("queues", nargs="*", metavar="QUEUE:THREADS", help="e.g. downloads:4")
    parser.add_argument("--beat", action="store_true", help="run the scheduler too")
    options = parser.parse_args()
    children = []
    for number, text in enumerate(options.queues, start=1):
        queue, _, threads = text.partition(":")
        if not queue or not threads.isdigit():
            parser.error(f"{text!r} is not QUEUE:THREADS")
        beat = options.beat and number == len(options.queues)
        children.append(Child(queue, partial(run_worker, queue, int(threads), beat=beat)))
    if options.beat and not children:
        children.append(Child("beat", run_beat))
    if not children:
        parser.error("name at least one QUEUE:THREADS, or --beat")
    app.loader.import_default_modules()
    app.finalize()
    for name in _LOADED_LATE:
        importlib.import_module(name)
    refuse_blind_database_role()
    gc.collect()
    gc.freeze()  # what is loaded now is never written to by the collector, so it stays shared
    supervise(children)


if __name__ == "__main__":
    main()
