"""Names for files and folders made from what strangers wrote: valid on every system, and never a way out."""

from __future__ import annotations

import re
import unicodedata

from pathvalidate import sanitize_filename

_REPLACED = str.maketrans({"/": "-", "\\": "-", "|": "-", ":": " -", '"': "'", "?": "", "*": "", "<": "", ">": ""})
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_SPACES = re.compile(r"\s+")


def safe_name(text: str, *, max_bytes: int, fallback: str) -> str:
    """One path component made from `text`, at most `max_bytes` of UTF-8; `fallback` when nothing is left of it.

    Without control, bidi and other invisible characters, separators, leading dots and dashes, trailing
    dots, and names that Windows reserves.
    """
    plain = "".join(_visible(letter) for letter in unicodedata.normalize("NFC", text))
    name = _trimmed(_SPACES.sub(" ", plain.translate(_REPLACED)))
    name = _trimmed(cut(name, max_bytes))
    name = sanitize_filename(name, platform="universal", null_value_handler=lambda _: "")
    return name if len(name.encode()) <= max_bytes and name else fallback


def cut(text: str, max_bytes: int) -> str:
    """The longest beginning of `text` that takes at most `max_bytes` of UTF-8, without half characters or accents."""
    short = text.encode("utf-8", "ignore")[:max_bytes].decode("utf-8", "ignore")
    following = text[len(short) : len(short) + 1]
    while short and following and unicodedata.combining(following):
        short, following = short[:-1], short[-1]
    return short


def _visible(letter: str) -> str:
    if letter in "\t\n\r":
        return " "
    return "" if unicodedata.category(letter) in _UNSEEN else letter


def _trimmed(name: str) -> str:
    return name.strip().lstrip(".-\N{EN DASH}\N{EM DASH} ").rstrip(". ")
