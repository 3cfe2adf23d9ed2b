"""Titles in TMDB's shapes: entries of lists, and full details."""

from __future__ import annotations

import datetime
from typing import Any

from sandbox.tmdb import genres, paths, people
from sandbox.tmdb.titles import (
    ALL,
    BARE,
    COLLECTION_ID,
    COLLECTION_NAME,
    COLLECTION_PARTS,
    GERMAN,
    ON_AIR,
    released,
    today,
)
from sandbox.world import Title

BY_KEY = {(title.tmdb_id, title.media_type): title for title in ALL}


def texts(title: Title, language: str) -> tuple[str, str]:
    """Name and overview in a language ("en", "de"). Without a translation the name stays and the overview is empty."""
    if language == "en":
        return title.name, title.overview
    found = GERMAN.get((title.tmdb_id, title.media_type)) if language == "de" else None
    return found or (title.name, "")


def day(date: datetime.date | None) -> str:
    """Unknown dates are empty strings."""
    return "" if date is None else date.isoformat()


def popularity(title: Title) -> float:
    return round(900 / (1 + title.tmdb_id % 61) + title.vote, 3)


def entry(title: Title, language: str, with_type: bool = False) -> dict[str, Any]:
    """One result of a list; only mixed lists say the type."""
    name, overview = texts(title, language)
    common: dict[str, Any] = {
        "adult": False,
        "backdrop_path": paths.backdrop(title),
        "genre_ids": genres.ids(title),
        "id": title.tmdb_id,
        "original_language": "en",
        "overview": overview,
        "popularity": popularity(title),
        "poster_path": paths.poster(title),
        "vote_average": title.vote,
        "vote_count": int(title.vote * 311),
    }
    if with_type:
        common["media_type"] = title.media_type
    date = day(released(title))
    if title.media_type == "movie":
        return common | {"title": name, "original_title": title.name, "release_date": date, "video": False}
    return common | {"name": name, "original_name": title.name, "first_air_date": date, "origin_country": ["GB"]}


def details(title: Title, language: str) -> dict[str, Any]:
    return film(title, language) if title.media_type == "movie" else series(title, language)


def _common_details(title: Title, language: str) -> dict[str, Any]:
    found = entry(title, language)
    del found["genre_ids"]
    return found | {
        "genres": genres.of(title, language),
        "homepage": "",
        "origin_country": ["GB"],
        "production_companies": [
            {"id": 9900 + title.tmdb_id % 3, "logo_path": None, "name": "Saltmarsh Pictures", "origin_country": "GB"}
        ],
        "production_countries": [{"iso_3166_1": "GB", "name": "United Kingdom"}],
        "spoken_languages": [{"english_name": "English", "iso_639_1": "en", "name": "English"}],
        "tagline": "",
    }


def film(title: Title, language: str) -> dict[str, Any]:
    date = released(title)
    return _common_details(title, language) | {
        "belongs_to_collection": collection_entry() if title.tmdb_id in COLLECTION_PARTS else None,
        "budget": 0 if date is None else 4_000_000,
        "imdb_id": title.imdb_id or None,
        "revenue": 0,
        "runtime": title.runtime,
        "status": "Planned" if date is None else "Released" if date <= today() else "Post Production",
    }


def collection_entry() -> dict[str, Any]:
    return {
        "id": COLLECTION_ID,
        "name": COLLECTION_NAME,
        "poster_path": paths.path("poster", COLLECTION_NAME),
        "backdrop_path": paths.path("backdrop", COLLECTION_NAME),
    }


def collection(language: str) -> dict[str, Any]:
    parts = [entry(BY_KEY[number, "movie"], language, with_type=True) for number in COLLECTION_PARTS]
    return collection_entry() | {"overview": "Two sisters and a ferry.", "parts": parts}


def series(title: Title, language: str) -> dict[str, Any]:
    """A series; `seasons` has season 0 where there are specials, and the counts leave it out."""
    seasons = [season_entry(title, number, count) for number, count in paths.numbered_seasons(title)]
    aired = [one for number, _ in paths.numbered_seasons(title) if number for one in episodes(title, number)]
    past = [one for one in aired if one["air_date"] <= day(today())]
    coming = [one for one in aired if one["air_date"] > day(today())]
    maker = people.named(people.maker_of(title))
    return _common_details(title, language) | {
        "created_by": [
            {key: maker[key] for key in ("id", "name", "original_name", "gender", "profile_path")}
            | {"credit_id": f"5{title.tmdb_id:07}k00"}
        ],
        "episode_run_time": [title.runtime],
        "in_production": bool(coming),
        "languages": ["en"],
        "last_air_date": past[-1]["air_date"] if past else None,
        "last_episode_to_air": past[-1] if past else None,
        "next_episode_to_air": coming[0] if coming else None,
        "networks": [{"id": 9950, "logo_path": None, "name": "Channel Seven and a Half", "origin_country": "GB"}],
        "number_of_episodes": len(aired),
        "number_of_seasons": len(title.seasons),
        "seasons": seasons,
        "status": "Returning Series" if title.tmdb_id == ON_AIR or coming else "Ended",
        "type": "Scripted",
    }


def _season_start(title: Title, season: int) -> datetime.date:
    start = released(title) or today()
    return start + datetime.timedelta(days=364 * max(season - 1, 0))


def season_entry(title: Title, season: int, count: int) -> dict[str, Any]:
    return {
        "air_date": day(_season_start(title, season)),
        "episode_count": count,
        "id": title.tmdb_id * 100 + season,
        "name": "Specials" if season == 0 else f"Season {season}",
        "overview": "",
        "poster_path": paths.season_poster(title, season),
        "season_number": season,
        "vote_average": title.vote,
    }


def episodes(title: Title, season: int) -> list[dict[str, Any]]:
    """The episodes of a season, a week apart. Their ids are a number range of their own and may be a title's id too."""
    count = dict(paths.numbered_seasons(title))[season]
    start = _season_start(title, season)
    return [
        {
            "air_date": day(start + datetime.timedelta(days=7 * (number - 1))),
            "episode_number": number,
            "episode_type": "finale" if number == count else "standard",
            "id": 90000 + (title.tmdb_id - 90001) % 100_000 * 200 + (season - 1) % 6 * 30 + number,
            "name": f"Special {number}" if season == 0 else f"Episode {number}",
            "overview": "",
            "production_code": "",
            "runtime": title.runtime,
            "season_number": season,
            "show_id": title.tmdb_id,
            "still_path": paths.still(title, season, number),
            "vote_average": title.vote,
            "vote_count": 12,
        }
        for number in range(1, count + 1)
    ]


def season(title: Title, number: int) -> dict[str, Any] | None:
    """A season with its episodes; None if the series has no such season."""
    count = dict(paths.numbered_seasons(title)).get(number)
    if count is None:
        return None
    found = season_entry(title, number, count)
    del found["episode_count"]
    listed = [one | {"crew": [], "guest_stars": []} for one in episodes(title, number)]
    return found | {"_id": f"{title.tmdb_id:020x}{number:04x}", "episodes": listed}


def is_bare(title: Title) -> bool:
    return title.tmdb_id == BARE
