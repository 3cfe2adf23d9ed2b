"""Where the pictures of videos are kept, for pages and for Plex."""

from __future__ import annotations

import os
import threading
from pathlib import Path

from django.conf import settings

from downloads.links import is_video_id


def folder() -> Path:
    return Path(settings.DATA_DIR) / "images" / "youtube"


def path_for(video_id: str) -> Path:
    """The place of a video's picture, there or not. Raises ValueError for what cannot be a video's id."""
    if not is_video_id(video_id):
        raise ValueError(video_id)
    return folder() / f"{video_id}.jpg"


def thumbnail(video_id: str) -> Path | None:
    """The stored picture of a video, a JPEG; None while there is none."""
    try:
        path = path_for(video_id)
    except ValueError:
        return None
    return path if path.is_file() else None


def write(video_id: str, jpeg: bytes) -> Path:
    """Keep a video's picture, whole or not at all. Raises OSError."""
    target = path_for(video_id)
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f"{target.name}.{os.getpid()}-{threading.get_ident()}.part")
    part.write_bytes(jpeg)
    return part.replace(target)
