"""What the simulated plex.tv knows and how it is set."""

from __future__ import annotations

import dataclasses
import threading
import time
from typing import TYPE_CHECKING

from sandbox.plextv.accounts import Tokens
from sandbox.plextv.pins import Pin, Pins
from sandbox.world import Person

if TYPE_CHECKING:
    from sandbox.plex import Plex


@dataclasses.dataclass
class State:
    """Settable while it runs.

    `poll_limit`: how many PIN checks a second are answered (None: all).
    `strict_origin`: a sign-in is sent back only to the Origin that asked for the PIN.
    `cors`: whether a browser may ask for PINs.
    `alert`: the sign-in page warns as it does when application and browser come from different places.
    """

    plex: Plex | None
    tokens: Tokens = dataclasses.field(default_factory=Tokens)
    pins: Pins = dataclasses.field(default_factory=Pins)
    poll_limit: int | None = None
    strict_origin: bool = True
    cors: bool = True
    alert: bool = False
    _checks: list[float] = dataclasses.field(default_factory=list)
    _lock: threading.Lock = dataclasses.field(default_factory=threading.Lock)

    def may_check(self) -> bool:
        now = time.monotonic()
        with self._lock:
            self._checks = [moment for moment in self._checks if now - moment < 1.0]
            if self.poll_limit is not None and len(self._checks) >= self.poll_limit:
                return False
            self._checks.append(now)
            return True

    def approve(self, pin: Pin, person: Person) -> None:
        pin.token = self.tokens.issue(person, pin.client_id)
