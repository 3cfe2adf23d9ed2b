"""The ways a simulated service can be made to misbehave."""

from __future__ import annotations

import dataclasses
import enum
import threading


class Mode(enum.StrEnum):
    """How a service answers."""

    UP = "up"
    DOWN = "down"  # nothing listens: connections are refused
    SLOW = "slow"  # answers correctly after `delay` seconds
    HANG = "hang"  # accepts, reads, and does not answer for `delay` seconds
    WRONG = "wrong"  # a healthy web page of some other product
    UNAUTHORIZED = "unauthorized"  # 401 to everything
    ERROR = "error"  # 500 to everything
    GARBAGE = "garbage"  # 200 with bytes that are neither JSON nor XML


@dataclasses.dataclass(frozen=True)
class Setting:
    """One state of a switch; `delay` in seconds is used by SLOW and HANG."""

    mode: Mode = Mode.UP
    delay: float = 5.0


class Switch:
    """Thread-safe holder of a service's current `Setting`."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._setting = Setting()
        self.changed = threading.Event()

    @property
    def setting(self) -> Setting:
        with self._lock:
            return self._setting

    def turn(self, mode: Mode, delay: float = 5.0) -> None:
        """Change the mode; a request hanging under the old mode is released."""
        with self._lock:
            self._setting = Setting(mode, delay)
            released, self.changed = self.changed, threading.Event()
        released.set()
