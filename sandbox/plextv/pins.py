"""PINs: asked for by an application, approved by a person, redeemed for a token."""

from __future__ import annotations

import dataclasses
import datetime as dt
import secrets
import threading

STRONG_LIFE = dt.timedelta(seconds=1800)
SHORT_LIFE = dt.timedelta(seconds=900)
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ123456789"


@dataclasses.dataclass
class Pin:
    """`origin` is the Origin header with which it was asked for, if any."""

    id: int
    code: str
    client_id: str
    product: str
    origin: str | None
    address: str
    created_at: dt.datetime
    expires_at: dt.datetime
    token: str | None = None

    @property
    def expired(self) -> bool:
        return dt.datetime.now(dt.UTC) >= self.expires_at


class Pins:
    """All PINs asked for so far."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pins: dict[int, Pin] = {}
        self._last = 1_500_000_000

    def make(self, client_id: str, product: str, origin: str | None, address: str, *, strong: bool) -> Pin:
        now = dt.datetime.now(dt.UTC).replace(microsecond=0)
        code = secrets.token_urlsafe(18) if strong else "".join(secrets.choice(_LETTERS) for _ in range(4))
        life = STRONG_LIFE if strong else SHORT_LIFE
        with self._lock:
            self._last += secrets.randbelow(90) + 1
            pin = Pin(self._last, code, client_id, product, origin, address, now, now + life)
            self._pins[pin.id] = pin
        return pin

    def by_id(self, number: int, client_id: str) -> Pin | None:
        """None if unknown, expired, or asked for by another client."""
        with self._lock:
            pin = self._pins.get(number)
        return pin if pin is not None and pin.client_id == client_id and not pin.expired else None

    def by_code(self, code: str) -> Pin | None:
        with self._lock:
            return next((pin for pin in self._pins.values() if pin.code == code and not pin.expired), None)

    def expire(self) -> None:
        """Let the time of every PIN run out now."""
        with self._lock:
            for pin in self._pins.values():
                pin.expires_at = dt.datetime.now(dt.UTC)
