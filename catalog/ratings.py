"""From which age titles are rated.

Sources: the rating bodies' own scales (MPA and TV Parental Guidelines, BBFC, FSK, CNC, Kijkwijzer …), where the age is
part of the rating or of its definition.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_WORDS: dict[str, int] = {
    "G": 0, "PG": 8, "PG-13": 13, "R": 17, "NC-17": 18, "X": 18,
    "TV-Y": 0, "TV-Y7": 7, "TV-Y7-FV": 7, "TV-G": 0, "TV-PG": 8, "TV-14": 14, "TV-MA": 17,
    "U": 0, "UC": 0, "TP": 0, "AL": 0, "T": 0, "ATP": 0, "L": 0, "E": 0, "ALL": 0, "A": 0, "APTA": 0, "BTL": 0,
    "M": 15, "MA15+": 15, "MA 15+": 15, "R18+": 18, "X18+": 18, "R18": 18, "M18": 18, "R21": 21, "NR": -1, "UNRATED": -1,
}  # fmt: skip
_NUMBER = re.compile(r"(\d{1,2})")
_NEAREST = ("US", "GB", "DE")


def age_of(rating: str) -> int | None:
    """The age in a rating such as “PG-13”, “16” or “FSK 12”; None where it says none."""
    word = rating.strip().upper()
    if word in _WORDS:
        return _WORDS[word] if _WORDS[word] >= 0 else None
    found = _NUMBER.search(word)
    return min(int(found[1]), 21) if found else None


def minimum_age(by_region: Mapping[str, str], region: str) -> int | None:
    """From which age a title is rated in a country; in the nearest that rates it, else in any, the strictest."""
    for code in (region.upper(), *_NEAREST):
        if (age := age_of(by_region.get(code, ""))) is not None:
            return age
    return max((age for rating in by_region.values() if (age := age_of(rating)) is not None), default=None)
