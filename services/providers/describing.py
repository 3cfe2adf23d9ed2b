"""What a source of facts about films, series and people gives, whoever it is: TMDB itself, or Overseerr in its place."""

from __future__ import annotations

import dataclasses
import datetime as dt
from abc import ABC, abstractmethod
from typing import ClassVar

from medianest.lib.http import ProviderError

MOVIE, TV = "movie", "tv"


class NoSuchTitle(ProviderError):
    """The source is sure that it has no such title, person or collection (any more)."""


@dataclasses.dataclass(frozen=True)
class Listing:
    """A film or series as lists show it. `score` runs from 0 to 10; None where nobody has voted yet."""

    media_type: str
    tmdb_id: int
    title: str
    original_title: str = ""
    overview: str = ""
    release_date: dt.date | None = None
    poster_path: str = ""
    backdrop_path: str = ""
    score: float | None = None
    genre_ids: tuple[int, ...] = ()


@dataclasses.dataclass(frozen=True)
class PersonListing:
    """Somebody who makes or plays in titles; `known_for` names a few."""

    person_id: int
    name: str
    profile_path: str = ""
    known_for: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True)
class Found:
    """One page of what was found, in the source's order. `pages` counts the pages that can be asked for.

    `ignored` names what was wanted and the source cannot look for (fields of `Wanted`): what it found may not fit.
    """

    titles: tuple[Listing, ...] = ()
    people: tuple[PersonListing, ...] = ()
    page: int = 1
    pages: int = 1
    total: int = 0
    ignored: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True)
class Part:
    """Who played or did what in a title: `role` is the character, or the job."""

    person_id: int
    name: str
    role: str
    profile_path: str = ""


@dataclasses.dataclass(frozen=True)
class Offer:
    """A streaming service that has the title; `kind` is flatrate, free, ads, rent or buy. JustWatch's facts."""

    provider: str
    kind: str
    regions: tuple[str, ...]
    logo_path: str = ""
    url: str = ""


@dataclasses.dataclass(frozen=True)
class Season:
    """A season; number 0 holds the specials."""

    number: int
    name: str
    episodes: int
    overview: str = ""
    air_date: dt.date | None = None
    poster_path: str = ""


@dataclasses.dataclass(frozen=True)
class Episode:
    """One episode; `runtime` in minutes."""

    season: int
    number: int
    title: str
    overview: str = ""
    air_date: dt.date | None = None
    runtime: int | None = None
    still_path: str = ""


@dataclasses.dataclass(frozen=True)
class Collection:
    """Films that belong together. `parts` is empty where only its name was told."""

    collection_id: int
    name: str
    overview: str = ""
    poster_path: str = ""
    backdrop_path: str = ""
    parts: tuple[Listing, ...] = ()


@dataclasses.dataclass(frozen=True)
class Description:
    """All that is told of a title. `certifications` are age ratings by country; `trailer` is a YouTube id or "".

    `status` is the source's English word (Released, Ended, Returning Series …). `runtime` is in minutes.
    """

    listing: Listing
    imdb_id: str = ""
    tvdb_id: int | None = None
    tagline: str = ""
    status: str = ""
    original_language: str = ""
    runtime: int | None = None
    genres: tuple[str, ...] = ()
    creators: tuple[str, ...] = ()
    studios: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    certifications: dict[str, str] = dataclasses.field(default_factory=dict)
    seasons: tuple[Season, ...] = ()
    next_episode: dt.date | None = None
    cast: tuple[Part, ...] = ()
    crew: tuple[Part, ...] = ()
    offers: tuple[Offer, ...] = ()
    trailer: str = ""
    collection: Collection | None = None
    recommendations: tuple[Listing, ...] = ()
    similar: tuple[Listing, ...] = ()


@dataclasses.dataclass(frozen=True)
class PersonDescription:
    """Somebody with what they are known for; `credits` pairs each title with the part or job, newest first."""

    person_id: int
    name: str
    biography: str = ""
    birthday: dt.date | None = None
    died: dt.date | None = None
    birthplace: str = ""
    profile_path: str = ""
    imdb_id: str = ""
    credits: tuple[tuple[Listing, str], ...] = ()


@dataclasses.dataclass(frozen=True)
class Named:
    """Something to choose from: a genre, a streaming service (`logo_path`)."""

    key: int
    name: str
    logo_path: str = ""


@dataclasses.dataclass(frozen=True)
class Wanted:
    """What to discover. Years and minutes are inclusive; `services` are streaming services' numbers in `region`.

    `sort` is popularity, score, newest, oldest or title. `certification` is the highest age rating wanted, as `region`
    rates.
    """

    media_type: str = MOVIE
    genres: tuple[int, ...] = ()
    year_from: int | None = None
    year_to: int | None = None
    score_from: float | None = None
    runtime_from: int | None = None
    runtime_to: int | None = None
    certification: str = ""
    services: tuple[int, ...] = ()
    region: str = "US"
    sort: str = "popularity"


class CanDescribeTitles(ABC):
    """Finds and describes films, series and people. Texts come in `language` (two letters) where there are any.

    Every method raises the ProviderError family; those that take an id raise NoSuchTitle where the source can tell.
    """

    knows_best: ClassVar[bool] = False
    """Whether it is asked before others that can do the same."""

    calls_a_second: ClassVar[float] = 2.0
    """How often background work may ask it about titles."""

    @abstractmethod
    def search(self, text: str, *, page: int, language: str) -> Found:
        """Films, series and people by name. Knows the prefix `year:` behind a name, as people type it."""

    @abstractmethod
    def by_outside_id(self, outside_id: str, source: str, *, language: str) -> Found:
        """Titles with an id of IMDb (`source` "imdb") or TheTVDB ("tvdb"); episodes are not looked for."""

    @abstractmethod
    def describe(self, media_type: str, tmdb_id: int, *, language: str) -> Description: ...

    @abstractmethod
    def episodes(self, tmdb_id: int, season: int, *, language: str) -> tuple[Episode, ...]: ...

    @abstractmethod
    def person(self, person_id: int, *, language: str) -> PersonDescription: ...

    @abstractmethod
    def collection(self, collection_id: int, *, language: str) -> Collection: ...

    @abstractmethod
    def trending(self, *, page: int, language: str) -> Found:
        """What many look at these days, films and series mixed."""

    @abstractmethod
    def upcoming(self, media_type: str, *, page: int, language: str, region: str) -> Found: ...

    @abstractmethod
    def discover(self, wanted: Wanted, *, page: int, language: str) -> Found:
        """What fits. What the source cannot look for is named in `ignored`."""

    @abstractmethod
    def genres(self, media_type: str, *, language: str) -> tuple[Named, ...]: ...

    @abstractmethod
    def services(self, media_type: str, *, region: str) -> tuple[Named, ...]:
        """Streaming services of a country (two letters), the better known first."""
