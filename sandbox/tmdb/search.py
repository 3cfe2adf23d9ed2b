"""Searching and sorting the catalogue, without any address or parameter of the web in it."""

from __future__ import annotations

import datetime
import unicodedata
from collections.abc import Callable, Collection, Mapping
from typing import Any

from sandbox.tmdb import genres, people, providers
from sandbox.tmdb.catalogue import day, entry, popularity, texts
from sandbox.tmdb.titles import ALL, released, today
from sandbox.world import Title

Gone = Collection[tuple[int, str]]


def _folded(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return "".join(letter if letter.isalnum() else " " for letter in plain.casefold()).split()


def matches(query: str, *names: str) -> bool:
    """Whether every word of the query begins a word of one of the names."""
    words = _folded(query)
    return bool(words) and any(all(any(w.startswith(q) for w in _folded(name)) for q in words) for name in names)


def popular(media_type: str, gone: Gone = ()) -> list[Title]:
    """Titles of a type ("movie", "tv", or "all"), the most popular first, without those that are gone."""
    found = [
        title
        for title in ALL
        if media_type in ("all", title.media_type) and (title.tmdb_id, title.media_type) not in gone
    ]
    return sorted(found, key=popularity, reverse=True)


def named(query: str, media_type: str, gone: Gone = ()) -> list[Title]:
    """Titles whose English or German name fits."""
    return [title for title in popular(media_type, gone) if matches(query, title.name, texts(title, "de")[0])]


def people_named(query: str, language: str) -> list[dict[str, Any]]:
    return [
        people.named(one) | {"media_type": "person", "known_for": _known_for(one, language)}
        for one in people.PEOPLE.values()
        if matches(query, one.name)
    ]


def _known_for(person: people.Actor, language: str) -> list[dict[str, Any]]:
    own = [
        title
        for title in popular("all")
        if person == people.maker_of(title) or person in [one for one, _ in people.cast_of(title)]
    ]
    return [entry(title, language, with_type=True) for title in own[:3]]


def upcoming(media_type: str, gone: Gone = ()) -> list[Title]:
    coming = [title for title in popular(media_type, gone) if (released(title) or datetime.date.min) > today()]
    return sorted(coming, key=lambda title: day(released(title)))


def out(media_type: str, gone: Gone = ()) -> list[Title]:
    """Titles that have been released, the most popular first."""
    return [title for title in popular(media_type, gone) if "" < day(released(title)) <= day(today())]


def _among(ids: set[int], asked: str) -> bool:
    """A comma means all of them, an upright bar any of them."""
    if "|" in asked:
        return any(part.isdigit() and int(part) in ids for part in asked.split("|"))
    return all(part.isdigit() and int(part) in ids for part in asked.split(",") if part)


def _streams(title: Title, asked: Mapping[str, str]) -> bool:
    offers = providers.offers(title).get(asked.get("watch_region", ""), {})
    return _among({number for numbers in offers.values() for number in numbers}, asked["with_watch_providers"])


_FILTERS: dict[str, Callable[[Title, str], bool]] = {
    "with_genres": lambda title, asked: _among(set(genres.ids(title)), asked),
    "without_genres": lambda title, asked: not {str(one) for one in genres.ids(title)} & set(asked.split(",")),
    "with_original_language": lambda title, asked: asked == "en",
    "primary_release_year": lambda title, asked: day(released(title)).startswith(asked),
    "first_air_date_year": lambda title, asked: day(released(title)).startswith(asked),
    "primary_release_date.gte": lambda title, asked: day(released(title)) >= asked,
    "primary_release_date.lte": lambda title, asked: "" < day(released(title)) <= asked,
    "first_air_date.gte": lambda title, asked: day(released(title)) >= asked,
    "first_air_date.lte": lambda title, asked: "" < day(released(title)) <= asked,
    "vote_average.gte": lambda title, asked: title.vote >= float(asked),
    "vote_average.lte": lambda title, asked: title.vote <= float(asked),
    "with_runtime.gte": lambda title, asked: title.runtime >= float(asked),
    "with_runtime.lte": lambda title, asked: title.runtime <= float(asked),
}
_SORTS: dict[str, Callable[[Title], str | float]] = {
    "popularity": popularity,
    "vote_average": lambda title: title.vote,
    "primary_release_date": lambda title: day(released(title)),
    "first_air_date": lambda title: day(released(title)),
    "title": lambda title: title.name,
    "name": lambda title: title.name,
}


def discover(media_type: str, asked: Mapping[str, str], gone: Gone = ()) -> list[Title]:
    """Titles that pass TMDB's discover parameters; unknown ones are passed over.

    Raises ValueError when a number is none.
    """
    found = popular(media_type, gone)
    for name, fits in _FILTERS.items():
        if asked.get(name):
            found = [title for title in found if fits(title, asked[name])]
    if asked.get("with_watch_providers"):
        found = [title for title in found if _streams(title, asked)]
    field, _, direction = asked.get("sort_by", "popularity.desc").rpartition(".")
    return sorted(found, key=_SORTS.get(field, popularity), reverse=direction != "asc")


def credits_of(person: people.Actor, language: str) -> dict[str, Any]:
    """The titles in which the person plays, and those made by them."""
    cast, crew = [], []
    for title in popular("all"):
        shown = entry(title, language, with_type=True)
        count = {} if title.media_type == "movie" else {"episode_count": sum(title.seasons)}
        for one, character in people.cast_of(title):
            if one == person:
                cast.append(shown | count | {"character": character, "credit_id": f"5{title.tmdb_id:07}c"})
        if people.maker_of(title) == person:
            job = {"department": "Directing", "job": "Director", "credit_id": f"5{title.tmdb_id:07}m"}
            crew.append(shown | count | job)
    return {"cast": cast, "crew": crew}
