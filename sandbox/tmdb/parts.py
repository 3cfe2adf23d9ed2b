"""The parts of a title that are asked for by themselves or appended to its details."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sandbox.tmdb import genres, providers
from sandbox.tmdb.catalogue import day, entry, is_bare, season
from sandbox.tmdb.people import credits
from sandbox.tmdb.titles import ALL, released
from sandbox.world import Title

MAX_APPENDED = 20

_GERMAN_AGES = {"0": "0", "12": "12", "R": "16", "TV-MA": "16"}
_AMERICAN = {"0": "G", "12": "PG-13", "R": "R", "TV-MA": "TV-MA"}


def external_ids(title: Title) -> dict[str, Any]:
    found: dict[str, Any] = {
        "id": title.tmdb_id,
        "imdb_id": title.imdb_id or None,
        "wikidata_id": None,
        "facebook_id": None,
        "instagram_id": None,
        "twitter_id": None,
    }
    if title.media_type == "tv":
        found |= {"freebase_mid": None, "freebase_id": None, "tvdb_id": title.tvdb_id, "tvrage_id": None}
    return found


def release_dates(title: Title) -> dict[str, Any]:
    date = released(title)
    if date is None:
        return {"results": []}

    def country(code: str, certification: str) -> dict[str, Any]:
        release = {
            "certification": certification,
            "descriptors": [],
            "iso_639_1": "",
            "note": "",
            "release_date": f"{day(date)}T00:00:00.000Z",
            "type": 3,
        }
        return {"iso_3166_1": code, "release_dates": [release]}

    return {
        "results": [
            country("US", _AMERICAN[title.certification]),
            country("DE", _GERMAN_AGES[title.certification]),
            country("GB", "18" if title.certification == "R" else ""),
        ]
    }


def content_ratings(title: Title) -> dict[str, Any]:
    american = "TV-MA" if title.certification == "TV-MA" else "TV-14"
    ratings = (("US", american), ("DE", _GERMAN_AGES[title.certification]))
    return {"results": [{"descriptors": [], "iso_3166_1": code, "rating": rating} for code, rating in ratings]}


def videos(title: Title) -> dict[str, Any]:
    if is_bare(title):
        return {"results": []}
    return {
        "results": [
            {
                "iso_639_1": "en",
                "iso_3166_1": "US",
                "name": f"{title.name}: the trailer",
                "key": f"trail{title.tmdb_id:06}",
                "site": "YouTube",
                "size": 1080,
                "type": "Trailer",
                "official": True,
                "published_at": f"{day(released(title))}T12:00:00.000Z",
                "id": f"{title.tmdb_id:024x}",
            }
        ]
    }


def keywords(title: Title) -> dict[str, Any]:
    """Under `keywords` for a film and under `results` for a series, as TMDB has it."""
    found = [{"id": 9700 + number, "name": word} for number, word in enumerate(("harbour", "small town"))]
    return {"keywords" if title.media_type == "movie" else "results": found}


def images(title: Title) -> dict[str, Any]:
    found = entry(title, "en")

    def listed(path: str | None, width: int, height: int) -> list[dict[str, Any]]:
        if path is None:
            return []
        ratio = {"aspect_ratio": round(width / height, 3), "height": height, "width": width}
        return [ratio | {"iso_639_1": None, "file_path": path, "vote_average": 5.0, "vote_count": 3}]

    return {
        "backdrops": listed(found["backdrop_path"], 1280, 720),
        "logos": [],
        "posters": listed(found["poster_path"], 1000, 1500),
    }


def related(title: Title) -> list[Title]:
    """Titles of the same type that share a genre, the most alike first."""
    own = set(genres.ids(title))
    others = [
        (len(own & set(genres.ids(other))), -abs(other.vote - title.vote), other)
        for other in ALL
        if other.media_type == title.media_type and other.tmdb_id != title.tmdb_id and own & set(genres.ids(other))
    ]
    return [other for *_, other in sorted(others, key=lambda one: one[:2], reverse=True)]


def recommended(title: Title) -> list[Title]:
    return related(title)[::2]


def similar(title: Title) -> list[Title]:
    """What is not recommended, behind two that are: the lists overlap, as at TMDB."""
    return related(title)[:4:2] + related(title)[1::2]


def paged(found: list[Title], page: int, language: str, with_type: bool = False) -> dict[str, Any]:
    """One page of 20 of them; a page after the last is empty."""
    return {
        "page": page,
        "results": [entry(title, language, with_type) for title in found[20 * (page - 1) : 20 * page]],
        "total_pages": -(-len(found) // 20),
        "total_results": len(found),
    }


def _recommended_page(title: Title, language: str) -> dict[str, Any]:
    return paged(recommended(title), 1, language, with_type=True)


def _similar_page(title: Title, language: str) -> dict[str, Any]:
    return paged(similar(title), 1, language, with_type=True)


_EITHER: dict[str, Callable[[Title, str], dict[str, Any]]] = {
    "credits": lambda title, _: credits(title),
    "external_ids": lambda title, _: external_ids(title),
    "images": lambda title, _: images(title),
    "keywords": lambda title, _: keywords(title),
    "recommendations": _recommended_page,
    "similar": _similar_page,
    "videos": lambda title, _: videos(title),
    "watch/providers": lambda title, _: providers.watch_providers(title),
}
_MOVIE = _EITHER | {"release_dates": lambda title, _: release_dates(title)}
_TV = _EITHER | {"content_ratings": lambda title, _: content_ratings(title)}


def part(title: Title, name: str, language: str) -> dict[str, Any] | None:
    """One part by its name in the address; None if there is none of that name."""
    if title.media_type == "tv" and name.startswith("season/"):
        number = name.removeprefix("season/")
        return season(title, int(number)) if number.isdigit() else None
    found = (_MOVIE if title.media_type == "movie" else _TV).get(name)
    return None if found is None else found(title, language)


def appended(title: Title, names: list[str], language: str) -> dict[str, Any]:
    """The named parts that exist, without the id they carry when asked for alone. Unknown names are passed over."""
    found = {name: part(title, name, language) for name in names}
    kept = {name: dict(body) for name, body in found.items() if body is not None}
    for name, body in kept.items():
        if not name.startswith("season/"):
            body.pop("id", None)
    return kept
