"""Fills the simulated server with the titles of the invented world."""

from __future__ import annotations

import datetime as dt
import time
import uuid
from collections.abc import Collection

from sandbox.plex.library import Library
from sandbox.plex.records import Item, Section
from sandbox.world import Title

DAY = 86400


def _guid(kind: str, name: str) -> str:
    return f"plex://{kind}/{uuid.uuid5(uuid.NAMESPACE_URL, f'sandbox/{kind}/{name}').hex[:24]}"


def _guids(title: Title) -> tuple[str, ...]:
    ids = [f"imdb://{title.imdb_id}", f"tmdb://{title.tmdb_id}"]
    return (*ids, f"tvdb://{title.tvdb_id}") if title.tvdb_id else tuple(ids)


def _item(library: Library, section: Section, type: str, name: str, title: Title, **more: object) -> Item:
    item = Item(library.next_key(), type, section, name, 0, 0)
    values = {
        "guid": _guid(type, f"{title.imdb_id}/{item.title}"),
        "year": title.year,
        "content_rating": title.certification,
    }
    for attribute, value in (values | more).items():
        setattr(item, attribute, value)
    library.add(item)
    return item


def add_film(library: Library, section: Section, title: Title, added_at: int) -> Item:
    name = f"{title.name} ({title.year})"
    return _item(
        library,
        section,
        "movie",
        title.name,
        title,
        added_at=added_at,
        updated_at=added_at,
        summary=title.overview,
        available=f"{title.year}-06-01",
        duration=title.runtime * 60_000,
        file=f"{section.location}/{name}/{name}.mkv",
        size=title.runtime * 40_000_000,
        guids=_guids(title),
        genres=title.genres,
        vote=title.vote,
    )


def add_series(
    library: Library, section: Section, title: Title, added_at: int, seasons: Collection[int] | None = None
) -> Item:
    """The series with its seasons, of all or of `seasons` alone, beside those that are there: an episode a week from
    the first of January."""
    show = next((one for one in library.items(section, "show") if one.guids == _guids(title)), None)
    show = show or _item(
        library,
        section,
        "show",
        title.name,
        title,
        added_at=added_at,
        updated_at=added_at,
        summary=title.overview,
        available=f"{title.year}-01-01",
        duration=title.runtime * 60_000,
        guids=_guids(title),
        genres=title.genres,
        vote=title.vote,
    )
    show.updated_at = added_at
    there = {season.index for season in library.children(show)}
    for number in range(1, len(title.seasons) + 1):
        if number not in there and (seasons is None or number in seasons):
            _add_season(library, show, title, number, added_at)
    return show


def _add_season(library: Library, show: Item, title: Title, number: int, added_at: int) -> None:
    section, common = show.section, {"added_at": added_at, "updated_at": added_at}
    season = _item(
        library,
        section,
        "season",
        f"Season {number}",
        title,
        **common,
        parent=show,
        index=number,
        year=None,
        guid=_guid("season", f"{title.imdb_id}/{number}"),
    )
    start = dt.date(title.year + number - 1, 1, 1)
    for index in range(1, title.seasons[number - 1] + 1):
        day = start + dt.timedelta(weeks=index - 1)
        _item(
            library,
            section,
            "episode",
            f"Episode {index}",
            title,
            **common,
            parent=season,
            index=index,
            guid=_guid("episode", f"{title.imdb_id}/{number}/{index}"),
            year=day.year,
            available=day.isoformat(),
            duration=title.runtime * 60_000,
            file=f"{section.location}/{title.name}/Season {number:02}/{title.name} - S{number:02}E{index:02}.mkv",
            size=title.runtime * 30_000_000,
        )


def add_title(
    library: Library, title: Title, added_at: int | None = None, seasons: Collection[int] | None = None
) -> Item:
    """Put a title into "Films" or "Series", added now unless a time in seconds is given; of a series only `seasons`."""
    moment = int(time.time()) if added_at is None else added_at
    if title.media_type == "movie":
        return add_film(library, library.section("Films"), title, moment)
    return add_series(library, library.section("Series"), title, moment, seasons)


def fill(library: Library, titles: tuple[Title, ...]) -> None:
    """All titles that are in the library, each some days older than the next."""
    present = [title for title in titles if title.in_library]
    now = int(time.time())
    for number, title in enumerate(present):
        add_title(library, title, now - (len(present) - number) * 3 * DAY)
