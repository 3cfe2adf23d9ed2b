"""What is promised to be done for downloads, and under which keys, so that nothing is promised twice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from operations.jobs import promise

if TYPE_CHECKING:
    from accounts.models import User

INSPECT = "downloads.inspect"
THUMBNAILS = "downloads.thumbnails"
START = "downloads.start"
FETCH = "downloads.fetch"
PUBLISH = "downloads.publish"
TIDY = "downloads.tidy"


def inspect_key(download_id: UUID) -> str:
    return f"inspect:{download_id}"


def thumbnails_key(download_id: UUID) -> str:
    return f"thumbnails:{download_id}"


def start_key(download_id: UUID) -> str:
    return f"start:{download_id}"


def fetch_key(video_id: str) -> str:
    """By the video and nothing else: two playlists or two people never fetch it twice."""
    return f"fetch:{video_id}"


def publish_key(download_id: UUID) -> str:
    return f"publish:{download_id}"


def inspect(download_id: UUID, *, by: User | None = None) -> None:
    """Look at what the list holds."""
    promise(INSPECT, key=inspect_key(download_id), args=_args(download_id), created_by=by, renew=True)


def thumbnails(download_id: UUID) -> None:
    """Fetch the small pictures of the entries."""
    promise(THUMBNAILS, key=thumbnails_key(download_id), args=_args(download_id), renew=True)


def start(download_id: UUID, *, by: User | None = None) -> None:
    """Promise the fetching of every entry that waits."""
    promise(START, key=start_key(download_id), args=_args(download_id), created_by=by, renew=True)


def fetch(video_id: str) -> None:
    """Fetch one video for everyone who waits for it."""
    promise(FETCH, key=fetch_key(video_id), args={"video_id": video_id}, renew=True)


def publish(download_id: UUID, *, by: User | None = None) -> None:
    """Bring what has arrived into Plex."""
    promise(PUBLISH, key=publish_key(download_id), args=_args(download_id), created_by=by, renew=True)


def tidy() -> None:
    """Clear away what cancelled and lost work left behind."""
    promise(TIDY, key=TIDY, renew=True)


def _args(download_id: UUID) -> dict[str, Any]:
    return {"download_id": str(download_id)}
