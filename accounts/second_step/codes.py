"""Codes and how they are made, shown and compared. Nothing here knows the database."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets

import pyotp
import segno

SECONDS = 30  # a code changes so often
SLOTS_AROUND = 1  # clocks may differ by one slot
HOW_MANY = 10
ISSUER = "MediaNest"
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that look alike: 31 of them
_GROUPS, _GROUP = 4, 4  # 16 letters, 79 bits: nobody tries those through, so a fast hash does
_CODE = re.compile(r"[0-9]{6}")


def new_secret() -> str:
    return pyotp.random_base32()


def address_for_app(secret: str, *, name: str) -> str:
    """The `otpauth://` address that an app reads from the picture."""
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=ISSUER)


def picture(text: str) -> tuple[int, str]:
    """A QR code as an SVG path: its width in modules with the quiet border, and `d`."""
    rows = [bytes(row) for row in segno.make(text, error="m", micro=False).matrix_iter(border=4)]
    marks = [
        f"M{match.start()} {y}h{match.end() - match.start()}v1h-{match.end() - match.start()}z"
        for y, row in enumerate(rows)
        for match in re.finditer(rb"\x01+", row)
    ]
    return len(rows), "".join(marks)


def is_code(typed: str) -> bool:
    """Whether it has the form of an app's code: six digits, spaces aside."""
    return _CODE.fullmatch(_bare(typed)) is not None


def slot_of(secret: str, typed: str, *, now: float) -> int | None:
    """In which slot this code is the right one, of those around `now` (seconds since 1970); None for a wrong code."""
    code, made = _bare(typed).encode(), pyotp.TOTP(secret)
    current = int(now) // SECONDS
    near = range(current - SLOTS_AROUND, current + SLOTS_AROUND + 1)
    fitting = [slot for slot in near if hmac.compare_digest(made.generate_otp(slot).encode(), code)]
    return fitting[-1] if fitting else None


def new_recovery_codes() -> list[str]:
    def group() -> str:
        return "".join(secrets.choice(_LETTERS) for _ in range(_GROUP))

    return ["-".join(group() for _ in range(_GROUPS)) for _ in range(HOW_MANY)]


def hash_of(recovery_code: str) -> str:
    """What is stored of a spare code, however it is typed: capitals, spaces and dashes do not matter."""
    return hashlib.sha256(_bare(recovery_code).replace("-", "").lower().encode("utf-8", "surrogatepass")).hexdigest()


def _bare(typed: str) -> str:
    return "".join(typed.split())
