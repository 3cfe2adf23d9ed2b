"""Pictures from outside, kept on disk so that no browser has to fetch them elsewhere.

A store holds a limited number of bytes; what was not looked at for longest goes first. Only real JPEG, PNG, WebP and
GIF pictures are taken, told by their first bytes, so that what is handed out can never be a page or a program.
"""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

_TOUCH_AFTER = 86_400  # seconds; a look every day is enough to tell what is liked
_BEGINNINGS = ((b"\xff\xd8\xff", "image/jpeg"), (b"\x89PNG\r\n\x1a\n", "image/png"), (b"GIF8", "image/gif"))


class NotAPicture(ValueError):
    """These bytes are no picture of a kind that is kept."""


def content_type(head: bytes) -> str:
    """The media type of a picture by its first bytes. Raises NotAPicture."""
    for beginning, kind in _BEGINNINGS:
        if head.startswith(beginning):
            return kind
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    raise NotAPicture


@dataclasses.dataclass(frozen=True)
class Picture:
    """A kept picture; `path` may be gone at the next moment, `body` is here to stay."""

    path: Path
    body: bytes
    content_type: str


class PictureStore:
    """Pictures by key (any text), in `folder`, together at most `room` bytes."""

    def __init__(self, folder: Path, room: int) -> None:
        self.folder, self.room = folder, room

    def _path(self, key: str) -> Path:
        name = hashlib.blake2b(key.encode(), digest_size=20).hexdigest()
        return self.folder / name[:2] / name[2:]

    def find(self, key: str) -> Picture | None:
        """The picture under a key; None if there is none."""
        path = self._path(key)
        try:
            body = path.read_bytes()
            if time.time() - path.stat().st_mtime > _TOUCH_AFTER:
                os.utime(path)
            return Picture(path, body, content_type(body))
        except (OSError, NotAPicture):
            return None

    def keep(self, key: str, body: bytes) -> Picture:
        """Keep a picture, whole or not at all. Raises NotAPicture, and OSError when the disk does not take it."""
        found = Picture(self._path(key), body, content_type(body))
        found.path.parent.mkdir(parents=True, exist_ok=True)
        part = found.path.with_name(f"{found.path.name}.{os.getpid()}-{threading.get_ident()}.part")
        try:
            part.write_bytes(body)
            part.replace(found.path)
        except OSError:
            part.unlink(missing_ok=True)
            raise
        return found

    def drop(self, key: str) -> None:
        """Take the picture under a key away; nothing happens when there is none. Raises OSError."""
        self._path(key).unlink(missing_ok=True)

    def tidy(self) -> int:
        """Drop the longest unseen until a tenth of the room is free, and what a stopped process left. Bytes dropped."""
        kept = sorted(self._files(), key=lambda one: one[1].st_mtime)
        total, dropped = sum(stat.st_size for _, stat in kept), 0
        if total <= self.room:
            return 0
        for path, stat in kept:
            if total - dropped <= self.room * 9 // 10:
                break
            path.unlink(missing_ok=True)
            dropped += stat.st_size
        return dropped

    def _files(self) -> Iterator[tuple[Path, os.stat_result]]:
        if not self.folder.is_dir():
            return
        for shelf in self.folder.iterdir():
            for path in shelf.iterdir() if shelf.is_dir() else ():
                with contextlib.suppress(FileNotFoundError):
                    stat = path.stat()
                    if path.suffix == ".part" and time.time() - stat.st_mtime > _TOUCH_AFTER:
                        path.unlink(missing_ok=True)
                    else:
                        yield path, stat
