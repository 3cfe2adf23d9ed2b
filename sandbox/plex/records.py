"""What a Plex server keeps: sections, items, collections and playlists."""

from __future__ import annotations

import dataclasses
import hashlib
from pathlib import Path

TYPE_NUMBERS = {"movie": 1, "show": 2, "season": 3, "episode": 4, "clip": 12, "collection": 18}
TYPE_NAMES = {number: name for name, number in TYPE_NUMBERS.items()}

SORT_RELEASE, SORT_ALPHA, SORT_CUSTOM = 0, 1, 2


@dataclasses.dataclass
class Section:
    """A library. `location` is the folder as Plex sees it, `folder` the real one (None: invented files)."""

    key: int
    type: str
    title: str
    agent: str
    scanner: str
    location: str
    uuid: str
    created_at: int
    folder: Path | None = None
    scanned_at: int = 0
    changed_at: int = 1


@dataclasses.dataclass(frozen=True)
class Poster:
    """An uploaded picture. Plex names it by its hash and never forgets it."""

    data: bytes
    mimetype: str

    @property
    def key(self) -> str:
        return "upload://posters/" + hashlib.sha1(self.data, usedforsecurity=False).hexdigest()


@dataclasses.dataclass
class Record:
    """Anything with a rating key that lives in a section; times are seconds since the epoch."""

    rating_key: int
    type: str
    section: Section
    title: str
    added_at: int
    updated_at: int
    summary: str = ""
    title_sort: str = ""
    labels: list[str] = dataclasses.field(default_factory=list)
    posters: list[Poster] = dataclasses.field(default_factory=list)
    poster: Poster | None = None
    locked: set[str] = dataclasses.field(default_factory=set)

    @property
    def sort_title(self) -> str:
        if self.title_sort:
            return self.title_sort
        for article in ("The ", "A ", "An "):
            if self.title.startswith(article):
                return self.title[len(article) :]
        return self.title


@dataclasses.dataclass
class Item(Record):
    """A film, series, season, episode or video; `duration` in milliseconds, `file` as Plex sees it."""

    guid: str = ""
    guids: tuple[str, ...] = ()
    year: int | None = None
    available: str | None = None
    duration: int | None = None
    file: str | None = None
    size: int = 0
    index: int | None = None
    parent: Item | None = None
    genres: tuple[str, ...] = ()
    content_rating: str | None = None
    vote: float | None = None

    @property
    def show(self) -> Item:
        return self.parent.show if self.parent else self


@dataclasses.dataclass
class Collection(Record):
    """A list of items of one type; `members` is the custom order."""

    subtype: str = "movie"
    members: list[Item] = dataclasses.field(default_factory=list)
    sort: int = SORT_RELEASE
    mode: int = -1

    @property
    def items(self) -> list[Item]:
        """The members in the order that people see."""
        if self.sort == SORT_CUSTOM:
            return list(self.members)
        if self.sort == SORT_ALPHA:
            return sorted(self.members, key=lambda item: item.sort_title.casefold())
        return sorted(self.members, key=lambda item: (item.available or "", item.sort_title.casefold()))


@dataclasses.dataclass
class Playlist:
    """A list that belongs to one account; an entry's first part is its playlist item id."""

    rating_key: int
    owner: str
    title: str
    added_at: int
    updated_at: int
    summary: str = ""
    entries: list[tuple[int, Item]] = dataclasses.field(default_factory=list)
