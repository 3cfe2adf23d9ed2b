"""Browsers' own names in words."""

from __future__ import annotations

import pytest

from medianest.lib.browsers import is_handheld, name_of


@pytest.mark.parametrize(
    ("agent", "name", "handheld"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/141.0 Safari/537.36 Edg/141.0", "Edge on Windows", False),
        ("Mozilla/5.0 (Linux; Android 16; Pixel 9) AppleWebKit/537.36 Chrome/141.0 Mobile Safari/537.36", "Chrome on Android", True),
        ("Mozilla/5.0 (iPad; CPU OS 19_0 like Mac OS X) AppleWebKit/605 CriOS/141 Mobile Safari/604.1", "Chrome on iPad", True),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/19.0 Safari/605.1.15", "Safari on Mac", False),
        ("curl/8.9.1", "curl", False),
        ("", "Unknown device", False),
        ("<script>" * 100, "Unknown device", False),
    ],
)  # fmt: skip
def test_a_browser_is_named(agent: str, name: str, handheld: bool) -> None:
    assert (name_of(agent), is_handheld(agent)) == (name, handheld)
