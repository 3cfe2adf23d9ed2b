"""The download folder: where work is done, where finished files go, and nothing outside of it."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
import errno
import fcntl
import json
import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import structlog
from django.conf import settings

from downloads import media
from downloads.ytdlp import Announced, Fetched
from medianest.lib.filenames import safe_name

log = structlog.get_logger(__name__)

WORK = ".medianest-tmp"
FOLDER_BYTES, TITLE_BYTES = 80, 64  # keeps whole paths short enough for Windows
SUFFIX = ".mp4"
_PLACED = "placed.json"
_LOCK = "lock"


class Busy(Exception):
    """Another worker is in this video's work folder."""


class Escaped(Exception):
    """A name led out of the download folder."""


def root() -> Path:
    """The download folder, which is made if it is missing. Raises OSError."""
    folder = Path(settings.DOWNLOAD_ROOT)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def absolute(relative: str) -> Path:
    """A stored path, as it stands on this machine. Raises Escaped when it leads out of the download folder."""
    base = Path(settings.DOWNLOAD_ROOT).resolve()
    path = (base / relative).resolve()
    if not relative or path == base or not path.is_relative_to(base):
        raise Escaped(relative)
    return path


def is_there(relative: str) -> bool:
    """Whether a stored file is still where it was put."""
    return bool(relative) and absolute(relative).is_file()


def free_bytes() -> int:
    return shutil.disk_usage(root()).free


# --- names --------------------------------------------------------------------------------------------------------------
def relative_path(about: Announced) -> str:
    """Where a video goes: a folder for its channel, and date, title and id as its name."""
    folder = safe_name(about.channel, max_bytes=FOLDER_BYTES, fallback="Unknown channel")
    title = safe_name(about.title, max_bytes=TITLE_BYTES, fallback="Video")
    date = f"{about.published_on.isoformat()} - " if about.published_on else ""
    return f"{folder}/{date}{title} [{about.video_id}]{SUFFIX}"


# --- work folders -------------------------------------------------------------------------------------------------------
def work_root() -> Path:
    return root() / WORK


@contextlib.contextmanager
def work_folder(video_id: str) -> Iterator[Path]:
    """The folder in which one video is fetched, held against other workers of this machine.

    It is kept as it is when the block ends; `clear` removes it. Raises Busy and OSError.
    """
    folder = work_root() / video_id
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / _LOCK).open("w") as lock:
        _lock(lock.fileno())
        yield folder


def _lock(descriptor: int) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise Busy from None
    except OSError as error:
        if error.errno not in (errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP):
            raise  # a network folder without locks still has the job's lease


def clear(video_id: str) -> None:
    """Remove a video's work folder with all that lies there; one that another worker holds stays."""
    if (work_root() / video_id).is_dir():
        with contextlib.suppress(Busy), work_folder(video_id) as folder:
            shutil.rmtree(folder, ignore_errors=True)


def empty(video_id: str) -> None:
    """Throw away what lies in a work folder that the caller holds."""
    for path in (work_root() / video_id).iterdir():
        if path.name != _LOCK:
            path.unlink(missing_ok=True)


def work_folders() -> dict[str, float]:
    """Every video with a work folder, and how many seconds ago something last changed there."""
    if not work_root().is_dir():
        return {}
    now = time.time()
    return {folder.name: now - _changed(folder) for folder in work_root().iterdir() if folder.is_dir()}


def _changed(folder: Path) -> float:
    times = [0.0]
    with contextlib.suppress(FileNotFoundError):  # others may be clearing it at this moment
        for path in (folder, *folder.iterdir()):
            with contextlib.suppress(FileNotFoundError):
                times.append(path.stat().st_mtime)
    return max(times)


# --- finished files -----------------------------------------------------------------------------------------------------
def place(fetched: Fetched, work: Path) -> str:
    """Put a fetched and probed file, and what goes with it, into its final place at once; the path in the root.

    What was placed is noted in the work folder first, so that `placed` finds it after a crash.
    Raises Escaped and OSError.
    """
    relative = relative_path(fetched.about)
    target = absolute(relative)
    target.parent.mkdir(parents=True, exist_ok=True)
    if not target.parent.resolve().is_relative_to(Path(settings.DOWNLOAD_ROOT).resolve()):
        raise Escaped(relative)
    _note(work, fetched.about)
    for language, file in fetched.subtitles.items():
        shutil.copyfile(file, target.with_name(f"{target.stem}.{safe_name(language, max_bytes=16, fallback='xx')}.srt"))
    if fetched.picture:
        shutil.copyfile(fetched.picture, target.with_suffix(".jpg"))
    _flush(fetched.file)
    fetched.file.replace(target)
    _flush(target.parent)
    return relative


def placed(work: Path) -> tuple[str, Announced, media.Probe] | None:
    """What an earlier try had placed already before it could say so: path, facts and probe; None if nothing whole is."""
    try:
        noted = json.loads((work / _PLACED).read_text())
        day = noted["published_on"]
        about = Announced(**noted | {"published_on": dt.date.fromisoformat(day) if day else None})
    except (OSError, ValueError, KeyError, TypeError):
        return None
    relative = relative_path(about)
    try:
        return (relative, about, media.probe(absolute(relative))) if is_there(relative) else None
    except media.Unplayable:
        return None


def _note(work: Path, about: Announced) -> None:
    facts = dataclasses.asdict(about)
    facts["published_on"] = about.published_on.isoformat() if about.published_on else None
    (work / _PLACED).write_text(json.dumps(facts))


def _flush(path: Path) -> None:
    """Have the disk keep it, so that a power cut does not leave an empty file under a good name."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
