"""The kinds of work on downloads: what is called for a promise, where, and how often.

What follows a final failure is done after it is written: the job's row is locked last, never first.
"""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction

from downloads import fetching, inspecting, promises, publishing, settling, tidying
from operations.jobs import kind
from operations.lease import Run


def _inspect_gave_up(args: dict[str, Any], code: str, reason: str) -> None:
    transaction.on_commit(partial(inspecting.gave_up, UUID(args["download_id"]), code, reason))


@kind(promises.INSPECT, max_attempts=4, on_giving_up=_inspect_gave_up)
def inspect(run: Run, download_id: str) -> None:
    """Look at what a list holds."""
    inspecting.inspect(run, UUID(download_id))


@kind(promises.THUMBNAILS, max_attempts=2)
def thumbnails(run: Run, download_id: str) -> None:
    """Fetch the small pictures of a list."""
    inspecting.thumbnails(run, UUID(download_id))


@kind(promises.START)
def start(run: Run, download_id: str) -> None:
    """Promise the fetching of every entry that waits."""
    fetching.start(UUID(download_id))


def _fetch_gave_up(args: dict[str, Any], code: str, reason: str) -> None:
    transaction.on_commit(partial(settling.lost, args["video_id"], code=code, reason=reason))


@kind(promises.FETCH, queue="downloads", max_attempts=5, on_giving_up=_fetch_gave_up)
def fetch(run: Run, video_id: str) -> None:
    """Fetch one video for everyone who waits for it."""
    fetching.fetch(run, video_id)


def _publish_gave_up(args: dict[str, Any], code: str, reason: str) -> None:
    transaction.on_commit(partial(publishing.gave_up, UUID(args["download_id"]), reason))


@kind(promises.PUBLISH, on_giving_up=_publish_gave_up)
def publish(run: Run, download_id: str) -> None:
    """Bring what has arrived into Plex."""
    publishing.publish(run, UUID(download_id))


@kind(promises.TIDY, max_attempts=1)
def tidy(run: Run) -> None:
    """Clear away what lost work left behind."""
    tidying.tidy(run)
