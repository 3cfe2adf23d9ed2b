"""Keeps the library over a restart, as a real server does: items keep their keys, collections their order."""

from __future__ import annotations

import hashlib
import pickle
from pathlib import Path

from sandbox.plex import records
from sandbox.plex.library import Library
from sandbox.world import TITLES


def _version(library: Library) -> bytes:
    """Changes with the shape of records, the invented world or the folders: then nothing is remembered."""
    places = [(section.title, section.location, str(section.folder)) for section in library.sections.values()]
    shape = Path(records.__file__).read_bytes()
    return hashlib.sha256(shape + repr((TITLES, places)).encode()).hexdigest().encode()


class Memory:
    """One file that holds the library's records; without a file nothing is kept."""

    def __init__(self, library: Library, file: Path | None) -> None:
        self._library = library
        self._file = file
        self._mark = _version(library)

    def recall(self) -> bool:
        """Fill the library with what was kept; False if there is nothing that fits."""
        if self._file is None or not self._file.exists():
            return False
        mark, _, kept = self._file.read_bytes().partition(b"\n")
        if mark != self._mark:
            return False
        library = self._library
        with library.lock:
            library.sections, library.records, library.playlists, library.last_key = pickle.loads(kept)  # noqa: S301  (our own file)
        return True

    def keep(self) -> None:
        if self._file is None:
            return
        library = self._library
        with library.lock:
            kept = pickle.dumps((library.sections, library.records, library.playlists, library.last_key))
            draft = self._file.with_name(self._file.name + ".new")
            draft.write_bytes(self._mark + b"\n" + kept)
            draft.replace(self._file)
