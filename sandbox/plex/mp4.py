"""How long an MP4 file plays, read from its header box alone (ISO 14496-12, `moov/mvhd`)."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO


def _boxes(file: BinaryIO, end: int) -> Iterator[tuple[bytes, int]]:
    """Each box's kind and end; the file stands at its content when it is given."""
    while (start := file.tell()) + 8 <= end:
        size, kind = struct.unpack(">I4s", file.read(8))
        if size == 1:
            (size,) = struct.unpack(">Q", file.read(8))
        stop = end if size == 0 else start + size
        if not start + 8 <= stop <= end:
            return
        yield kind, stop
        file.seek(stop)


def duration(path: Path) -> int | None:
    """Milliseconds, or None when it is not a complete MP4 file."""
    try:
        with path.open("rb") as file:
            return _duration(file, path.stat().st_size)
    except (OSError, struct.error):
        return None


def _duration(file: BinaryIO, size: int) -> int | None:
    for kind, end in _boxes(file, size):
        if kind == b"moov":
            for inner, _ in _boxes(file, end):
                if inner == b"mvhd":
                    return _header(file)
    return None


def _header(file: BinaryIO) -> int | None:
    long = file.read(4)[0] == 1
    layout = ">QQIQ" if long else ">IIII"
    _, _, scale, length = struct.unpack(layout, file.read(struct.calcsize(layout)))
    return int(length * 1000 / scale) or None if scale else None
