"""The parts of a running house that tests of downloads need: workers in this process, and people's acts."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import timezone

from accounts.models import User
from downloads import actions, links, storage
from downloads.models import DownloadEntry, YoutubeDownload
from operations import runner
from operations.models import Job, JobState
from sandbox.youtube import Seen

PATIENCE = 30.0  # seconds


def work() -> int:
    """Run everything that is due now, in both queues, until nothing is; how many jobs were run."""
    done = 0
    while ran := runner.work("default") + runner.work("downloads"):
        done += ran
    return done


def bring_forward(**which: Any) -> int:
    """Let waiting jobs be due now, instead of waiting for their time to come."""
    return Job.objects.filter(state=JobState.QUEUED, **which).update(run_after=timezone.now())


def work_until(reached: Callable[[], bool]) -> None:
    """Work, and do not wait for pauses, until something is so."""
    ends = time.monotonic() + PATIENCE
    while True:
        work()
        if reached():
            return
        assert time.monotonic() < ends, f"never reached; {waiting_jobs()}"
        pause(0.05)
        bring_forward()


def wait_for(reached: Callable[[], bool], what: str = "") -> None:
    """Wait while somebody else works."""
    ends = time.monotonic() + PATIENCE
    while not reached():
        assert time.monotonic() < ends, f"never reached: {what}; {waiting_jobs()}"
        pause(0.02)


def pause(seconds: float) -> None:
    threading.Event().wait(seconds)


def waiting_jobs() -> list[Any]:
    return list(Job.objects.live().values_list("kind", "state", "error_code", "error_text"))


class Worker:
    """Runs jobs in a thread of its own until it is left."""

    def __init__(self, *, threads: int = 1) -> None:
        self._leave = threading.Event()
        self._threads = [threading.Thread(target=self._run, daemon=True) for _ in range(threads)]

    def __enter__(self) -> Worker:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._leave.set()
        for thread in self._threads:
            thread.join(PATIENCE)
            assert not thread.is_alive()

    def _run(self) -> None:
        try:
            while not self._leave.wait(0.02):
                work()
        finally:
            connection.close()


# --- people ---------------------------------------------------------------------------------------------------------------
def submitted(user: User, url: str) -> YoutubeDownload:
    """Handed in and looked at."""
    download = actions.submit(user=user, link=links.parse(url))
    work()
    download.refresh_from_db()
    return download


def ordered(user: User, url: str) -> YoutubeDownload:
    """Handed in, looked at and ordered; nothing is fetched yet."""
    return actions.order(user=user, download=submitted(user, url))


def fetched(user: User, url: str) -> YoutubeDownload:
    """Ordered, and worked on until it is at an end and, where there is a Plex, shown there."""
    download = ordered(user, url)
    work_until(lambda: is_settled(download))
    return download


def is_settled(download: YoutubeDownload) -> bool:
    download.refresh_from_db()
    return download.status in ("completed", "failed", "cancelled") and download.plex_state != "scanning"


def states(download: YoutubeDownload) -> list[str]:
    """The entries' states in order."""
    return list(download.entries.order_by("position").values_list("status", flat=True))


def reasons(download: YoutubeDownload) -> list[str]:
    return list(download.entries.order_by("position").values_list("reason_code", flat=True))


def entry(download: YoutubeDownload, position: int) -> DownloadEntry:
    return download.entries.select_related("video").get(position=position)


# --- the disk ---------------------------------------------------------------------------------------------------------------
def films() -> list[Path]:
    """All finished films in the download folder, relative to it."""
    root = Path(settings.DOWNLOAD_ROOT)
    return sorted(path.relative_to(root) for path in root.rglob("*.mp4") if storage.WORK not in path.parts)


def leftovers() -> list[str]:
    return sorted(storage.work_folders())


def first_byte(seen: Seen) -> int:
    """The byte from which on a stream was asked for."""
    return int(seen.range.removeprefix("bytes=").split("-")[0] or 0)
