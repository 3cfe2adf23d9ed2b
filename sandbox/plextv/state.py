"""What the simulated plex.tv knows and how it is set."""

from __future__ import annotations

import dataclasses
import threading
import time
from typing import TYPE_CHECKING, Any

from sandbox.plextv.accounts import Tokens
from sandbox.plextv.pins import Pin, Pins
from sandbox.world import PEOPLE, Person

if TYPE_CHECKING:
    from sandbox.plex import Plex


@dataclasses.dataclass
class State:
    """Settable while it runs.

    `poll_limit`: how many PIN checks a second are answered (None: all).
    `strict_origin`: a sign-in is sent back only to the Origin that asked for the PIN.
    `cors`: whether a browser may ask for PINs.
    `alert`: the sign-in page warns as it does when application and browser come from different places.
    `failing`: paths (by how they begin) that answer with a status of their own, as `{"/api/users": 503}`.
    `crowd`: so many invented friends more.
    """

    plex: Plex | None
    tokens: Tokens = dataclasses.field(default_factory=Tokens)
    pins: Pins = dataclasses.field(default_factory=Pins)
    poll_limit: int | None = None
    strict_origin: bool = True
    cors: bool = True
    alert: bool = False
    failing: dict[str, int] = dataclasses.field(default_factory=dict)
    crowd: int = 0
    _changed: dict[str, dict[str, Any]] = dataclasses.field(default_factory=dict)
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

    def change(self, username: str, **fields: Any) -> None:
        """Let an account be otherwise from now on (`relation`, `email`, `title`); without fields as it was at first."""
        self._changed[username] = {**self._changed.get(username, {}), **fields} if fields else {}

    def as_is(self, person: Person) -> Person:
        """The person with all that was changed about them."""
        changes = self._changed.get(person.username)
        return dataclasses.replace(person, **changes) if changes else person

    def people(self) -> list[Person]:
        """Everybody as they are now, the crowd behind them."""
        crowd = [
            Person(5000 + n, f"friend{n}", f"Friend {n}", f"friend{n}@nest.example", "", "shared")
            for n in range(self.crowd)
        ]
        return [*(self.as_is(person) for person in PEOPLE), *crowd]

    def failure(self, path: str) -> int | None:
        """The status with which `path` is to fail."""
        return next((status for start, status in self.failing.items() if path.startswith(start)), None)

    def approve(self, pin: Pin, person: Person) -> None:
        pin.token = self.tokens.issue(person, pin.client_id)
