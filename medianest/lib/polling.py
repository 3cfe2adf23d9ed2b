"""Sending a page only what changed since it last asked.

A page that moves carries a short mark for each of its parts. It sends the marks back when it asks again,
and only parts whose mark differs are drawn. The server remembers nothing.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Sequence

_LETTERS = 4  # 24 bits: two states of one part share a mark once in 16 million


def mark(*parts: object) -> str:
    """Four letters that stand for everything given; different when any of it is."""
    digest = hashlib.blake2b(repr(parts).encode(), digest_size=3).digest()
    return base64.urlsafe_b64encode(digest).decode()


def seen(marks: Iterable[str]) -> str:
    """The marks of a page's parts as one word, to be sent back."""
    return "".join(marks)


def changed(seen_before: str, marks: Sequence[str]) -> list[bool]:
    """For each part whether it has to be drawn again. All of them when the page has other parts than before."""
    if len(seen_before) != _LETTERS * len(marks):
        return [True] * len(marks)
    return [seen_before[i * _LETTERS : (i + 1) * _LETTERS] != new for i, new in enumerate(marks)]
