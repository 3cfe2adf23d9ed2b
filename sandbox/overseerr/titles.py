"""TMDB's titles in Overseerr's words: the same things, differently spelled."""

from __future__ import annotations

import re
from typing import Any

from sandbox.overseerr.shapes import media_info
from sandbox.overseerr.state import State
from sandbox.tmdb import catalogue, parts, providers
from sandbox.tmdb.people import PEOPLE, named
from sandbox.world import Title

_APPENDED = ["credits", "external_ids", "videos", "keywords", "watch/providers", "release_dates", "content_ratings"]


def _camel(name: str) -> str:
    if name.startswith("iso_"):
        return name
    return re.sub(r"_([a-z0-9])", lambda found: found[1].upper(), name)


def camel(value: Any) -> Any:
    """The same value with all keys in camel case."""
    if isinstance(value, dict):
        return {_camel(key): camel(inner) for key, inner in value.items()}
    return [camel(one) for one in value] if isinstance(value, list) else value


def result(state: State, title: Title, language: str) -> dict[str, Any]:
    """One result of a list, with `mediaInfo` if Overseerr knows the title."""
    found: dict[str, Any] = camel(catalogue.entry(title, language, with_type=True))
    return found | _media_info(state, title)


def _media_info(state: State, title: Title) -> dict[str, Any]:
    with state.lock:
        media = state.find_media(title.tmdb_id, title.media_type)
        return {} if media is None else {"mediaInfo": media_info(state, media)}


def page(state: State, titles: list[Title], number: int, language: str) -> dict[str, Any]:
    return {
        "page": number,
        "totalPages": -(-len(titles) // 20),
        "totalResults": len(titles),
        "results": [result(state, title, language) for title in titles[20 * (number - 1) : 20 * number]],
    }


def details(state: State, title: Title, language: str) -> dict[str, Any]:
    """A title's page."""
    plain = catalogue.details(title, language)
    more = parts.appended(title, _APPENDED, language)
    found: dict[str, Any] = camel({key: value for key, value in plain.items() if key != "belongs_to_collection"})
    found |= {
        "credits": {
            "cast": [camel(_without_fame(one)) for one in more["credits"]["cast"]],
            "crew": [camel(_without_fame(one)) for one in more["credits"]["crew"]],
        },
        "externalIds": camel(more["external_ids"]),
        "relatedVideos": [_video(one) for one in more["videos"]["results"]],
        "keywords": more["keywords"].get("keywords") or more["keywords"].get("results"),
        "watchProviders": [_offers(region, one) for region, one in more["watch/providers"]["results"].items()],
    }
    if title.media_type == "movie":
        found["releases"] = more["release_dates"]
        if plain["belongs_to_collection"]:
            found["collection"] = camel(plain["belongs_to_collection"])
    else:
        found["contentRatings"] = more["content_ratings"]
    return found | _media_info(state, title) | ({"onUserWatchlist": False} if state.major >= 2 else {})


def _without_fame(person: dict[str, Any]) -> dict[str, Any]:
    left_out = ("adult", "popularity", "known_for_department", "original_name")
    return {key: value for key, value in person.items() if key not in left_out}


def _video(one: dict[str, Any]) -> dict[str, Any]:
    wanted = {key: one[key] for key in ("site", "key", "name", "size", "type")}
    return wanted | {"url": f"https://www.youtube.com/watch?v={one['key']}"}


def _offers(region: str, one: dict[str, Any]) -> dict[str, Any]:
    """Only what can be bought and what a subscription includes: renting, free and advertisements are left out."""
    listed = {kind: [provider(offer) for offer in one.get(kind, [])] for kind in ("buy", "flatrate")}
    return {"iso_3166_1": region, "link": one["link"]} | listed


def provider(one: dict[str, Any]) -> dict[str, Any]:
    return {
        "displayPriority": one["display_priority"],
        "logoPath": one["logo_path"],
        "id": one["provider_id"],
        "name": one["provider_name"],
    }


def providers_of(region: str) -> list[dict[str, Any]]:
    return [provider(one) for one in providers.listed(region)["results"]]


def season(title: Title, number: int) -> dict[str, Any] | None:
    """A season with its episodes; None if there is none of that number."""
    found = catalogue.season(title, number)
    if found is None:
        return None
    for one in found["episodes"]:
        del one["crew"], one["guest_stars"], one["episode_type"]
    shape: dict[str, Any] = camel(found)
    del shape["Id"]
    return shape | {"externalIds": {}}


def person(person_id: int) -> dict[str, Any] | None:
    known = PEOPLE.get(person_id)
    if known is None:
        return None
    found: dict[str, Any] = camel(named(known))
    return found | {
        "alsoKnownAs": [],
        "biography": f"{known.name} lives by the sea.",
        "birthday": "1970-06-01",
        "placeOfBirth": "A small harbour town",
        "imdbId": f"nm{person_id:07}",
    }
