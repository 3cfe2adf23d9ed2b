"""Scanning: a refresh returns at once, the folder is walked some time later."""

from __future__ import annotations

import dataclasses
import os
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath

from sandbox.plex.library import Library
from sandbox.plex.mp4 import duration
from sandbox.plex.records import Item, Section

VIDEO_SUFFIXES = frozenset({".mp4", ".m4v", ".mkv", ".webm", ".mov", ".avi"})


@dataclasses.dataclass
class Scan:
    """One promised walk; `path` as Plex sees it."""

    section: Section
    path: str
    uuid: str
    cancelled: threading.Event = dataclasses.field(default_factory=threading.Event)


class Scanner:
    """Keeps the sections with a real folder in step with it.

    `after` is called when a walk is over. `delay` is the time in seconds between a refresh and the walk. With `skips_new_folders` a scoped
    scan finds nothing in a folder that the library holds no item of: only a scan of its parent does.
    """

    def __init__(self, library: Library, after: Callable[[], None], delay: float = 0.0) -> None:
        self.library = library
        self.delay = delay
        self._after = after
        self.skips_new_folders = False
        self.scanned: list[str] = []
        self._running: dict[str, Scan] = {}
        self._walking = threading.Lock()

    def running(self, section: Section | None = None) -> list[Scan]:
        with self.library.lock:
            return [scan for scan in self._running.values() if section is None or scan.section is section]

    def refresh(self, section: Section, path: str | None = None) -> bool:
        """Promise a walk of the section or of one folder of it; False if the folder is not of the section."""
        wanted = PurePosixPath(path or section.location)
        if ".." in wanted.parts or not wanted.is_relative_to(section.location):
            return False
        scan = Scan(section, str(wanted), str(uuid.uuid4()))
        with self.library.lock:
            self._running[scan.uuid] = scan
        threading.Thread(target=self._run, args=(scan,), name="sandbox-plex-scan", daemon=True).start()
        return True

    def cancel(self, section: Section | None = None) -> None:
        for scan in self.running(section):
            scan.cancelled.set()

    def _run(self, scan: Scan) -> None:
        try:
            if not scan.cancelled.wait(self.delay):
                with self._walking:
                    self._walk(scan)
                    self._after()
        finally:
            with self.library.lock:
                self._running.pop(scan.uuid, None)

    def _walk(self, scan: Scan) -> None:
        section = scan.section
        with self.library.lock:
            self.scanned.append(scan.path)
            known = {item.file: item for item in self.library.items(section) if item.file and _in(item.file, scan.path)}
        new_folder = not known and scan.path != section.location
        if section.folder is not None and not (new_folder and self.skips_new_folders):
            found = dict(self._files(section, scan.path))
            for file in found.keys() - known.keys():
                self._add(section, file, found[file])
            for file, item in known.items():
                if file not in found:
                    self.library.remove(item)
                else:
                    self._update(item, found[file])
        section.scanned_at = max(int(time.time()), section.scanned_at + 1)

    def _files(self, section: Section, path: str) -> Iterator[tuple[str, Path]]:
        if section.folder is None:
            return
        start = section.folder / PurePosixPath(path).relative_to(section.location)
        for folder, folders, files in os.walk(start):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            for name in sorted(files):
                file = Path(folder, name)
                if file.suffix.lower() in VIDEO_SUFFIXES and not name.startswith("."):
                    yield str(PurePosixPath(section.location, file.relative_to(section.folder).as_posix())), file

    def _add(self, section: Section, file: str, real: Path) -> None:
        try:
            size = real.stat().st_size
        except FileNotFoundError:
            return
        key, now = self.library.next_key(), int(time.time())
        guid = f"com.plexapp.agents.none://{uuid.uuid5(uuid.NAMESPACE_URL, file).hex}?lang=xn"
        item = Item(key, "movie", section, real.stem, now, now, guid=guid, file=file, size=size)
        item.duration = duration(real)
        self.library.add(item)

    def _update(self, item: Item, real: Path) -> None:
        try:
            size = real.stat().st_size
        except FileNotFoundError:
            return
        if size != item.size:
            item.size, item.duration = size, duration(real)
            self.library.touch(item)


def _in(file: str, folder: str) -> bool:
    return PurePosixPath(file).is_relative_to(folder)
