"""The picture paths that TMDB hands out.

TMDB serves JPEG; the pictures here are PNG, and their paths say so.
"""

from __future__ import annotations

import string
from hashlib import sha256

from sandbox.tmdb.titles import BARE, SPECIALS
from sandbox.world import Title

_LETTERS = string.ascii_letters + string.digits


def path(shape: str, name: str) -> str:
    """The path of the picture of that shape and name; always the same one."""
    digest = sha256(f"{shape}:{name}".encode()).digest()
    return "/" + "".join(_LETTERS[byte % len(_LETTERS)] for byte in digest[:27]) + ".png"


def poster(title: Title) -> str | None:
    return None if title.tmdb_id == BARE else path("poster", title.name)


def backdrop(title: Title) -> str | None:
    return None if title.tmdb_id == BARE else path("backdrop", title.name)


def season_poster(title: Title, season: int) -> str:
    return path("poster", f"{title.name} {season}")


def still(title: Title, season: int, episode: int) -> str:
    return path("still", f"{title.name} {season} {episode}")


def numbered_seasons(title: Title) -> list[tuple[int, int]]:
    """(season, episodes) of a series, with season 0 where it has specials."""
    specials = [(0, SPECIALS[title.tmdb_id])] if title.media_type == "tv" and title.tmdb_id in SPECIALS else []
    return specials + list(enumerate(title.seasons, start=1))
