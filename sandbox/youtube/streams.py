"""Media as bytes, and sending them at a set pace and with set failures."""

from __future__ import annotations

import dataclasses
import re
import select
import socket
import struct
import time
from pathlib import Path

from sandbox.youtube.catalogue import Failure, Video
from sandbox.youtube.knobs import Knobs

_BLOCK = 65_536  # bytes written at once when there is no limit
_STEPS = 20  # writes a second when there is one
_RANGE = re.compile(r"bytes=(\d+)-(\d*)")


class Unsatisfiable(Exception):
    """The range begins after the last byte."""


@dataclasses.dataclass(frozen=True)
class Stream:
    """A media file of a video, followed by `padding` bytes of an MP4 box that players pass over."""

    video: Video
    path: Path
    content_type: str
    padding: int = 0

    @property
    def size(self) -> int:
        return self.path.stat().st_size + self.padding

    def read(self, at: int, amount: int) -> bytes:
        """Up to `amount` bytes from `at` on."""
        with self.path.open("rb") as file:
            file.seek(at)
            data = file.read(amount)
        missing = min(amount, self.size - at) - len(data)
        if missing <= 0:
            return data
        behind = at + len(data) - (self.size - self.padding)
        box = struct.pack(">I4s", self.padding, b"free")[behind : behind + missing]
        return data + box.ljust(missing, b"\0")

    def part(self, header: str) -> tuple[int, int]:
        """First and last byte that a Range header asks for; all of it if there is none.

        Raises Unsatisfiable.
        """
        asked, end = _RANGE.fullmatch(header.strip()), self.size - 1
        if asked is None:
            return 0, end
        first, last = int(asked[1]), min(int(asked[2] or end), end)
        if first > last:
            raise Unsatisfiable
        return first, last


class Transfer:
    """Sends the bytes `first` to `last` of a stream, as fast and as far as the knobs and the video allow."""

    def __init__(self, connection: socket.socket, knobs: Knobs, stream: Stream) -> None:
        self._connection = connection
        self._knobs = knobs
        self._stream = stream
        self._due = time.monotonic()

    def run(self, first: int, last: int) -> bool:
        """Whether all was sent; if not, the connection is to be closed."""
        at = first
        while at <= last:
            failure = self._knobs.global_failure or self._stream.video.failure
            stop = self._stop(failure, first, last)
            if at < stop:
                block = self._stream.read(at, min(self._block(), stop - at))
                self._connection.sendall(block)
                at += len(block)
                if not self._pause(len(block)):
                    return False
            elif failure is Failure.STALLED:
                if not self._stalled():
                    return False
            else:
                self._stream.video.struck(failure)
                return False
        return True

    def _stop(self, failure: Failure | None, first: int, last: int) -> int:
        """The byte before which this failure ends the sending."""
        after = self._stream.video.failure_after
        if failure is Failure.DROPPING:
            return first + min(after, (last + 1 - first) // 2)
        if failure in (Failure.STALLED, Failure.TRUNCATED):
            return min(after, self._stream.size // 2)
        return last + 1

    def _block(self) -> int:
        rate = self._knobs.rate
        return _BLOCK if rate is None else max(1, min(_BLOCK, rate // _STEPS))

    def _pause(self, sent: int) -> bool:
        """Wait until the next bytes are due; False if the service closes."""
        rate = self._knobs.rate
        if rate is None:
            self._due = time.monotonic()
        else:
            now = time.monotonic()
            self._due = max(self._due, now) + sent / rate  # a slow reader is not paid back later
            if self._knobs.wait(self._due - now):
                self._due = time.monotonic()
        return not self._knobs.closing

    def _stalled(self) -> bool:
        """Wait a moment without sending; False if the client has gone or the service closes."""
        readable, _, _ = select.select([self._connection], [], [], 0.05)
        return not readable and not self._knobs.closing
