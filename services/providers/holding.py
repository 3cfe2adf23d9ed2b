"""What a media server says of what it holds: its libraries, the titles in them, and their pictures.

Outside ids are told apart here once for all servers: an id of a series that is written on its episodes, as old agents
did, is not the episode's own and is left out.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator

MOVIE, SHOW, SEASON, EPISODE = "movie", "show", "season", "episode"
PARTS: dict[str, tuple[str, ...]] = {MOVIE: (MOVIE,), SHOW: (SHOW, SEASON, EPISODE)}
"""What a library of each type is read for, what holds others first. Libraries of other types are listed only."""

_IMDB = re.compile(r"tt\d{5,10}")
_OLD_AGENTS = re.compile(r"com\.plexapp\.agents\.(imdb|themoviedb|thetvdb|hama|none)://([^?]*)")
_OLD_NAMES = {"imdb": "imdb", "themoviedb": "tmdb", "thetvdb": "tvdb"}
_HAMA = re.compile(r"(tmdb|tvdb|imdb)\d?-(.+)")
_LARGEST_ID = 2_147_483_647


@dataclasses.dataclass(frozen=True)
class Ids:
    """What a title is called elsewhere; None and "" where that is not known."""

    tmdb: int | None = None
    imdb: str = ""
    tvdb: int | None = None


@dataclasses.dataclass(frozen=True)
class HeldSection:
    """A library. `type` is movie, show, artist or photo; `is_personal` where nobody knows what its videos are."""

    key: str
    type: str
    title: str
    agent: str = ""
    language: str = ""
    scanned_at: dt.datetime | None = None
    is_personal: bool = False


@dataclasses.dataclass(frozen=True)
class HeldItem:
    """A film, series, season or episode; `parent_key` is the rating key of the series of a season, or of the season of
    an episode, and `number` its place there. `parts` are the episodes in a season, or the seasons of a series.

    `thumb` and `art` are the server's own paths.
    """

    rating_key: str
    type: str
    title: str
    sort_title: str = ""
    original_title: str = ""
    year: int | None = None
    parent_key: str = ""
    number: int | None = None
    parts: int = 0
    guids: tuple[str, ...] = ()
    ids: Ids = Ids()
    duration_ms: int | None = None
    certification: str = ""
    thumb: str = ""
    art: str = ""
    added_at: dt.datetime | None = None


@dataclasses.dataclass(frozen=True)
class HeldPage:
    """A part of a list: `places` of it, of which `items` make sense; `total` is how many the whole list has, as the
    server says with this page."""

    items: tuple[HeldItem, ...]
    places: int
    total: int


class HoldsLibrary(ABC):
    """A media server whose library can be read. Every method but `play_address` raises the ProviderError family."""

    @abstractmethod
    def server_id(self) -> str:
        """What the server calls itself for ever."""

    @abstractmethod
    def library(self) -> tuple[HeldSection, ...]:
        """All its libraries."""

    @abstractmethod
    def held(self, section: HeldSection, type: str, since: dt.datetime | None = None) -> Iterator[HeldPage]:
        """What a library holds of a type (see `PARTS`), the longest there first, page by page.

        With `since` only what came or was changed after that. Whoever compares pages with `total` knows whether
        something was moved while they were read. Raises Refused(404) for a library that is not there.
        """

    @abstractmethod
    def count(self, section: HeldSection, type: str) -> int:
        """How many of a type a library holds."""

    @abstractmethod
    def picture(self, path: str, *, width: int, height: int) -> bytes:
        """A picture by its path on the server, at about that size in pixels. Raises ValueError for another's path."""

    @classmethod
    @abstractmethod
    def play_address(cls, server_id: str, rating_key: str) -> str:
        """Where a browser plays an item; asks nobody."""


def ids_of(guids: Iterable[str], type: str) -> Ids:
    """The outside ids among a server's, new (`tmdb://550`) and old (`com.plexapp.agents.imdb://tt0137523?lang=en`)."""
    found: dict[str, str] = {}
    for guid in guids:
        name, _, value = guid.partition("://")
        if old := _OLD_AGENTS.match(guid):
            name, value = _of_old_agent(old[1], old[2], type)
        if name in ("tmdb", "imdb", "tvdb") and value:
            found.setdefault(name, value)
    imdb = found.get("imdb", "")
    return Ids(_number(found.get("tmdb")), imdb if _IMDB.fullmatch(imdb) else "", _number(found.get("tvdb")))


def _of_old_agent(agent: str, value: str, type: str) -> tuple[str, str]:
    """Whose id it is, and the id; nothing for seasons and episodes, which bear their series' id with a number behind."""
    if type not in (MOVIE, SHOW) or "/" in value:
        return "", ""
    if agent == "hama":
        inner = _HAMA.fullmatch(value)
        return (inner[1], inner[2]) if inner else ("", "")
    name = _OLD_NAMES.get(agent, "")
    # The agent for TMDB also wrote IMDb's ids, where it was told to.
    return ("imdb" if _IMDB.fullmatch(value) else name), value


def _number(text: str | None) -> int | None:
    if text is None or not text.isascii() or not text.isdigit():
        return None
    number = int(text[:11])
    return number if 0 < number <= _LARGEST_ID else None
