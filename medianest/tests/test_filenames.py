"""Names from strangers."""

from __future__ import annotations

import unicodedata

import pytest
from pathvalidate import is_valid_filename

from medianest.lib.filenames import cut, safe_name

HOSTILE = [
    "..",
    ".",
    "../../etc/passwd",
    "/etc/passwd",
    "C:\\Windows\\x",
    "CON",
    "nul.txt",
    "COM1 ",
    "-rf",
    ".hidden",
    "trailing. . .",
    "a\x00b\x1fc",
    "line\nbreak\ttab",
    "\u202egnp.exe",
    "\u200bzero\u2066width\ufeff",
    'what? *is* <this>|"that":',
    "x" * 300,
    "ä" * 300,
    "\U0001f389" * 100,
    "e\u0301" * 100,
    "\udcff\ud800",
    "",
    "   ",
    "....",
]


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("limit", [16, 64])
def test_names_are_valid_everywhere_and_short_enough(text: str, limit: int) -> None:
    name = safe_name(text, max_bytes=limit, fallback="Video")
    assert is_valid_filename(name, platform="universal")
    assert 0 < len(name.encode()) <= limit
    assert name not in (".", "..")
    assert not name.startswith((".", "-", " "))
    assert not name.endswith((".", " "))
    assert not any(unicodedata.category(letter) in ("Cc", "Cf", "Cs") for letter in name)
    assert not set(name) & set('/\\:*?"<>|')


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("AC/DC: live", "AC-DC - live"),
        ("Grüße aus Wien", "Grüße aus Wien"),
        ("Fête \U0001f389", "Fête \U0001f389"),
        ("two  spaces", "two spaces"),
        ("What?", "What"),
    ],
)
def test_ordinary_titles_stay_readable(text: str, name: str) -> None:
    assert safe_name(text, max_bytes=64, fallback="Video") == name


def test_nothing_left_gives_the_fallback() -> None:
    assert safe_name("\u202e..", max_bytes=64, fallback="Video") == "Video"


def test_cutting_leaves_no_half_letters() -> None:
    assert cut("aä", 2) == "a"
    assert cut("ae\u0301", 2) == "a"
    assert cut("abc", 9) == "abc"
