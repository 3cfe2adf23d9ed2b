"""What the screen shows and the log files keep of all children's words."""

from __future__ import annotations

import contextlib
import os
import re
from pathlib import Path
from typing import TextIO

LOG_BYTES = 5_000_000
LOG_COPIES = 3
_COLOURS = (36, 33, 35, 32, 34, 96, 93, 95)
_WORTH_SHOWING = re.compile(rb"\b(WARNING|FATAL|PANIC):|# (Fatal|Can't|Error)|No space left")
_ORDINARY = re.compile(rb"database system is (starting up|shutting down)|due to administrator command")
_LONGEST_LINE = 64_000


class Log:
    """A file that starts anew when it has grown to LOG_BYTES, keeping LOG_COPIES older ones."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._size = path.stat().st_size

    def write(self, line: bytes) -> None:
        """Adds one line. Raises OSError when the disk is full."""
        if self._size > LOG_BYTES:
            self._rotate()
        self._size += os.write(self._file, line + b"\n")

    def _rotate(self) -> None:
        os.close(self._file)
        for number in range(LOG_COPIES - 1, 0, -1):
            with contextlib.suppress(FileNotFoundError):
                self._copy(number).replace(self._copy(number + 1))
        self._path.replace(self._copy(1))
        self._file = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._size = 0

    def _copy(self, number: int) -> Path:
        return self._path.with_name(f"{self._path.name}.{number}")

    def close(self) -> None:
        os.close(self._file)


class Output:
    """Lines of many speakers, each with its name before it, on `screen` and in `logs`/NAME.log."""

    def __init__(self, logs: Path, screen: TextIO) -> None:
        self._logs = logs
        self._screen: TextIO | None = screen
        self._colour = screen.isatty() and not os.environ.get("NO_COLOR")
        self._files: dict[str, Log] = {}
        self._names: dict[str, int] = {}
        self._rest: dict[str, bytes] = {}
        self._complained = False

    def feed(self, name: str, data: bytes, *, terse: bool = False) -> None:
        """Takes what `name` wrote; whole lines are passed on, the rest waits for its end."""
        *lines, rest = (self._rest.pop(name, b"") + data).split(b"\n")
        if len(rest) > _LONGEST_LINE:
            lines, rest = [*lines, rest], b""
        if rest:
            self._rest[name] = rest
        for line in lines:
            self._line(name, line.rstrip(b"\r"), terse=terse)

    def end(self, name: str) -> None:
        """`name` has closed its mouth: passes on what was left without a line's end."""
        if name in self._rest:
            self._line(name, self._rest.pop(name), terse=False)

    def say(self, text: str) -> None:
        """The launcher's own words."""
        for line in text.split("\n"):
            self._line("medianest", line.encode(), terse=False)

    def show(self, text: str) -> None:
        """Puts text on the screen only, as it is: what must not reach a log, such as a password."""
        if self._screen is None:
            return
        try:
            self._screen.write(text + "\n")
            self._screen.flush()
        except (OSError, ValueError):  # the terminal is gone; the log files go on
            self._screen = None

    def close(self) -> None:
        for name in list(self._rest):
            self.end(name)
        for log in self._files.values():
            log.close()
        self._files.clear()

    def _line(self, name: str, line: bytes, *, terse: bool) -> None:
        self._keep(name, line)
        if terse and (_ORDINARY.search(line) or not _WORTH_SHOWING.search(line)):
            return
        self.show(self._prefix(name) + line.decode(errors="replace"))

    def _prefix(self, name: str) -> str:
        number = self._names.setdefault(name, len(self._names))
        label = f"{name:<9} | "
        return f"\x1b[{_COLOURS[number % len(_COLOURS)]}m{label}\x1b[0m" if self._colour else label

    def _keep(self, name: str, line: bytes) -> None:
        try:
            if name not in self._files:
                self._files[name] = Log(self._logs / f"{name}.log")
            self._files[name].write(line)
        except OSError as error:
            if not self._complained:
                self._complained = True
                self.show(f"{self._prefix('medianest')}The logs in {self._logs} cannot be written: {error.strerror}.")
