"""Reads TMDB's JSON, which leaves out, empties or nulls whatever it likes, into what `describing` declares."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from typing import Any

from medianest.lib.http import not_the_service
from services.providers.describing import (
    MOVIE,
    TV,
    Collection,
    Description,
    Episode,
    Found,
    Listing,
    Named,
    Offer,
    Part,
    PersonDescription,
    PersonListing,
    Season,
)

OFFER_KINDS = ("flatrate", "free", "ads", "rent", "buy")
_LAST_PAGE = 500  # TMDB refuses what lies behind
_CAST, _CREW, _RELATED, _CREDITS, _OFFERS = 24, 12, 20, 60, 200
_JOBS = ("Director", "Writer", "Screenplay", "Novel", "Original Music Composer", "Director of Photography")
_IMDB = re.compile(r"^tt[0-9]{5,10}$")
_CREATED_BY = "created_by"


# --- values ---------------------------------------------------------------------------------------------------------------
def text(value: object, limit: int = 300) -> str:
    """A text of at most `limit` characters without NULs; "" for anything else."""
    return value.replace("\x00", "").strip()[:limit] if isinstance(value, str) else ""


def number(value: object) -> int | None:
    """A whole number from 1 to what a column holds."""
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return int(value) if is_number and 0 < value < 2**31 else None  # type: ignore[operator, call-overload]


def day(value: object) -> dt.date | None:
    """An ISO date, also before a time of day; unknown ones are empty strings at TMDB."""
    try:
        return dt.date.fromisoformat(text(value)[:10])
    except ValueError:
        return None


def path(value: object) -> str:
    """A picture's path with its slash."""
    found = text(value, 200)
    return found if found.startswith("/") else ""


def entries(value: object, limit: int = 500) -> Iterator[Mapping[str, Any]]:
    """The objects of a list; nothing of anything else."""
    if isinstance(value, list):
        yield from [one for one in value[:limit] if isinstance(one, dict)]


def under(value: object, name: str) -> Any:
    """What an object holds under a name; None of anything else."""
    return value.get(name) if isinstance(value, dict) else None


def record(value: object, label: str) -> Mapping[str, Any]:
    """The object that an answer must be. Raises Malformed."""
    if not isinstance(value, dict):
        raise not_the_service(label)
    return value


# --- lists ----------------------------------------------------------------------------------------------------------------
def listing(one: Mapping[str, Any], media_type: str = "") -> Listing | None:
    """A title of a list; None for what is none, or lacks its id or name."""
    kind = media_type or text(one.get("media_type"))
    key = number(one.get("id"))
    name = text(one.get("title")) or text(one.get("name")) or text(one.get("original_title"))
    if kind not in (MOVIE, TV) or key is None or not name:
        return None
    score = one.get("vote_average")
    is_scored = isinstance(score, (int, float)) and 0 < score <= 10
    return Listing(
        media_type=kind,
        tmdb_id=key,
        title=name,
        original_title=text(one.get("original_title")) or text(one.get("original_name")),
        overview=text(one.get("overview"), 5000),
        release_date=day(one.get("release_date") or one.get("first_air_date")),
        poster_path=path(one.get("poster_path")),
        backdrop_path=path(one.get("backdrop_path")),
        score=float(score) if is_scored else None,  # type: ignore[arg-type]
        genre_ids=tuple(key for key in one.get("genre_ids") or () if isinstance(key, int)),
    )


def listings(value: object, media_type: str = "", limit: int = _RELATED) -> tuple[Listing, ...]:
    return tuple(found for one in entries(value, limit) if (found := listing(one, media_type)))


def _person_listing(one: Mapping[str, Any]) -> PersonListing | None:
    key, name = number(one.get("id")), text(one.get("name"))
    if key is None or not name:
        return None
    known = tuple(found.title for found in listings(one.get("known_for"), limit=3))
    return PersonListing(key, name, path(one.get("profile_path")), known)


def found(body: object, label: str, media_type: str = "") -> Found:
    """A page of results; `media_type` is that of lists which do not say it. Raises Malformed."""
    page = record(body, label)
    results = list(entries(page.get("results"), 100))
    people = [one for one in results if one.get("media_type") == "person"]
    return Found(
        titles=tuple(title for one in results if (title := listing(one, media_type))),
        people=tuple(person for one in people if (person := _person_listing(one))),
        page=number(page.get("page")) or 1,
        pages=min(number(page.get("total_pages")) or 1, _LAST_PAGE),
        total=number(page.get("total_results")) or 0,
    )


def named(value: object, key: str = "id", name: str = "name") -> tuple[Named, ...]:
    return tuple(
        Named(number(one.get(key)) or 0, text(one.get(name)), path(one.get("logo_path")))
        for one in entries(value)
        if number(one.get(key)) and text(one.get(name))
    )


# --- a title --------------------------------------------------------------------------------------------------------------
def description(body: Mapping[str, Any], media_type: str, label: str) -> Description:
    """A title's details with what was appended. Raises Malformed if it lacks id or name."""
    head = listing(body, media_type)
    if head is None:
        raise not_the_service(label)
    outside = body.get("external_ids")
    imdb = text(body.get("imdb_id")) or text(under(outside, "imdb_id"))
    cast = _parts(under(body.get("credits"), "cast"), "character")[:_CAST]
    crew = _parts(under(body.get("credits"), "crew"), "job")
    lengths = body.get("episode_run_time") or [None]
    return Description(
        listing=head,
        imdb_id=imdb if _IMDB.match(imdb) else "",
        tvdb_id=number(under(outside, "tvdb_id")),
        tagline=text(body.get("tagline")),
        status=text(body.get("status"), 40),
        original_language=text(body.get("original_language"), 10),
        runtime=number(body.get("runtime")) or number(lengths[0] if isinstance(lengths, list) else None),
        genres=tuple(text(one.get("name"), 60) for one in entries(body.get("genres"), 20) if text(one.get("name"))),
        creators=_creators(body, crew),
        studios=_names(body.get("networks"), 3) or _names(body.get("production_companies"), 3),
        keywords=_keywords(body.get("keywords")),
        certifications=_certifications(body),
        seasons=_seasons(body.get("seasons")),
        next_episode=day(under(body.get("next_episode_to_air"), "air_date")),
        cast=cast,
        crew=tuple(one for one in crew if one.role in _JOBS)[:_CREW],
        offers=_offers(under(body.get("watch/providers"), "results")),
        trailer=_trailer(under(body.get("videos"), "results")),
        collection=_belongs_to(body.get("belongs_to_collection")),
        recommendations=listings(under(body.get("recommendations"), "results"), media_type),
        similar=listings(under(body.get("similar"), "results"), media_type),
    )


def _names(value: object, limit: int) -> tuple[str, ...]:
    return tuple(text(one.get("name"), 150) for one in entries(value, limit) if text(one.get("name")))


def _creators(body: Mapping[str, Any], crew: tuple[Part, ...]) -> tuple[str, ...]:
    """Directors of a film, creators of a series."""
    made_by = _names(body.get(_CREATED_BY), 5)
    return made_by or tuple(dict.fromkeys(one.name[:150] for one in crew if one.role == "Director"))[:5]


def _keywords(value: object) -> tuple[str, ...]:
    """Under `keywords` for films, under `results` for series, and a bare list at Overseerr."""
    listed = value if isinstance(value, list) else under(value, "keywords") or under(value, "results")
    return _names(listed, 20)


def _parts(value: object, role: str) -> tuple[Part, ...]:
    return tuple(
        Part(number(one.get("id")) or 0, text(one.get("name"), 150), text(one.get(role)), path(one.get("profile_path")))
        for one in entries(value)
        if number(one.get("id")) and text(one.get("name"))
    )


def _certifications(body: Mapping[str, Any]) -> dict[str, str]:
    """By country, from a film's releases (cinemas first) or a series' ratings."""
    found: dict[str, str] = {}
    for one in entries(under(body.get("content_ratings"), "results")):
        found.setdefault(text(one.get("iso_3166_1"), 2), text(one.get("rating"), 20))
    for one in entries(under(body.get("release_dates"), "results")):
        releases = sorted(entries(one.get("release_dates")), key=lambda release: release.get("type") != 3)
        rated = next((text(r.get("certification"), 20) for r in releases if text(r.get("certification"))), "")
        found.setdefault(text(one.get("iso_3166_1"), 2), rated)
    return {region: rating for region, rating in found.items() if len(region) == 2 and rating}


def _seasons(value: object) -> tuple[Season, ...]:
    return tuple(
        Season(
            number=one["season_number"],
            name=text(one.get("name"), 200),
            episodes=number(one.get("episode_count")) or 0,
            overview=text(one.get("overview"), 3000),
            air_date=day(one.get("air_date")),
            poster_path=path(one.get("poster_path")),
        )
        for one in entries(value)
        if isinstance(one.get("season_number"), int) and 0 <= one["season_number"] < 10_000
    )


def _offers(results: object) -> tuple[Offer, ...]:
    """One for each service and kind, with all countries where it is so."""
    regions: dict[tuple[str, str], list[str]] = {}
    told: dict[tuple[str, str], tuple[str, str]] = {}
    for region, kinds in sorted(results.items()) if isinstance(results, dict) else ():
        if not re.fullmatch(r"[A-Z]{2}", str(region)):
            continue
        for kind in OFFER_KINDS:
            for one in entries(under(kinds, kind), 40):
                key = text(one.get("provider_name"), 100), kind
                if key[0] and region not in regions.setdefault(key, []):
                    regions[key].append(region)
                    told.setdefault(key, (path(one.get("logo_path")), text(under(kinds, "link"), 500)))
    offers = (Offer(name, kind, tuple(where), *told[name, kind]) for (name, kind), where in regions.items())
    return tuple(offers)[:_OFFERS]


def _trailer(videos: object) -> str:
    """The YouTube id of the official trailer, else of any trailer or teaser."""
    fitting = [
        one
        for one in entries(videos)
        if one.get("site") == "YouTube"
        and one.get("type") in ("Trailer", "Teaser")
        and re.fullmatch(r"[\w-]{11}", text(one.get("key")))
    ]
    fitting.sort(key=lambda one: (one.get("type") != "Trailer", not one.get("official", True)))
    return text(fitting[0]["key"]) if fitting else ""


def _belongs_to(value: object) -> Collection | None:
    key, name = number(under(value, "id")), text(under(value, "name"))
    if key is None or not name:
        return None
    pictures = path(under(value, "poster_path")), path(under(value, "backdrop_path"))
    return Collection(key, name, text(under(value, "overview"), 3000), *pictures)


# --- what hangs on titles -------------------------------------------------------------------------------------------------
def collection(body: object, label: str) -> Collection:
    """Films that belong together, in the order of their release. Raises Malformed."""
    head = _belongs_to(body)
    if head is None:
        raise not_the_service(label)
    parts = sorted(listings(under(body, "parts"), MOVIE, 100), key=lambda one: one.release_date or dt.date.max)
    return Collection(head.collection_id, head.name, head.overview, head.poster_path, head.backdrop_path, tuple(parts))


def episodes(body: object, season: int) -> tuple[Episode, ...]:
    return tuple(
        Episode(
            season=season,
            number=number(one.get("episode_number")) or 0,
            title=text(one.get("name")),
            overview=text(one.get("overview"), 3000),
            air_date=day(one.get("air_date")),
            runtime=number(one.get("runtime")),
            still_path=path(one.get("still_path")),
        )
        for one in entries(under(body, "episodes"), 2000)
        if number(one.get("episode_number"))
    )


def person(body: Mapping[str, Any], told: object, label: str) -> PersonDescription:
    """Somebody, with `told` (cast and crew) as their credits. Raises Malformed if id or name is missing."""
    key, name = number(body.get("id")), text(body.get("name"), 150)
    if key is None or not name:
        raise not_the_service(label)
    parts: dict[tuple[str, int], tuple[Listing, str]] = {}
    for kind, role in (("cast", "character"), ("crew", "job")):
        for one in entries(under(told, kind)):
            if title := listing(one):
                parts.setdefault((title.media_type, title.tmdb_id), (title, text(one.get(role))))
    newest = sorted(parts.values(), key=lambda part: part[0].release_date or dt.date.min, reverse=True)
    return PersonDescription(
        person_id=key,
        name=name,
        biography=text(body.get("biography"), 8000),
        birthday=day(body.get("birthday")),
        died=day(body.get("deathday")),
        birthplace=text(body.get("place_of_birth")),
        profile_path=path(body.get("profile_path")),
        imdb_id=text(body.get("imdb_id"), 12),
        credits=tuple(newest[:_CREDITS]),
    )
