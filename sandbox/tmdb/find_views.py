"""Finding titles: search, discovery, fixed lists, outside identifiers, what has changed."""

from __future__ import annotations

import datetime
import unicodedata
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, request

from sandbox.tmdb import genres, people, providers
from sandbox.tmdb.catalogue import BY_KEY, collection_entry, day, entry, episodes, popularity, texts
from sandbox.tmdb.parts import paged
from sandbox.tmdb.paths import numbered_seasons
from sandbox.tmdb.replies import answer, language, living, page, refuse, state
from sandbox.tmdb.titles import ALL, released, today
from sandbox.world import Title

views = Blueprint("find", __name__)


def _folded(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return "".join(letter if letter.isalnum() else " " for letter in plain.casefold()).split()


def matches(query: str, *names: str) -> bool:
    """Whether every word of the query begins a word of one of the names."""
    words = _folded(query)
    return bool(words) and any(all(any(w.startswith(q) for w in _folded(name)) for q in words) for name in names)


def by_popularity(titles: list[Title]) -> list[Title]:
    return sorted(living(titles), key=popularity, reverse=True)


def of_type(media_type: str) -> list[Title]:
    return [title for title in ALL if media_type in ("all", "multi", title.media_type)]


def _known_for(person: people.Actor, lang: str) -> list[dict[str, Any]]:
    own = [title for title in ALL if person in [one for one, _ in people.cast_of(title)] + [people.maker_of(title)]]
    return [entry(title, lang, with_type=True) for title in by_popularity(own)[:3]]


def found_people(query: str, lang: str) -> list[dict[str, Any]]:
    return [
        people.named(one) | {"known_for": _known_for(one, lang)}
        for one in people.PEOPLE.values()
        if matches(query, one.name)
    ]


def found_titles(query: str, media_type: str) -> list[Title]:
    """Titles whose English or German name fits, the most popular first."""
    return [title for title in by_popularity(of_type(media_type)) if matches(query, title.name, texts(title, "de")[0])]


@views.get("/3/search/<any(multi, movie, tv, person, collection):kind>")
def search(kind: str) -> Response:
    query, lang, number = request.args.get("query", ""), language(), page()
    if kind == "collection":
        hits = [collection_entry()] if matches(query, str(collection_entry()["name"])) else []
        return _page_of(hits, number)
    if kind == "person":
        return _page_of([one | {"media_type": "person"} for one in found_people(query, lang)], number)
    year = (
        request.args.get("year") or request.args.get("primary_release_year") or request.args.get("first_air_date_year")
    )
    titles = [title for title in found_titles(query, kind) if not year or day(released(title)).startswith(year)]
    if kind != "multi":
        return answer(paged(titles, number, lang))
    results = [entry(title, lang, with_type=True) for title in titles]
    return _page_of(results + [one | {"media_type": "person"} for one in found_people(query, lang)], number)


def _page_of(results: list[dict[str, Any]], number: int) -> Response:
    return answer(
        {
            "page": number,
            "results": results[20 * (number - 1) : 20 * number],
            "total_pages": -(-len(results) // 20),
            "total_results": len(results),
        }
    )


@views.get("/3/trending/<any(all, movie, tv, person):media_type>/<any(day, week):window>")
def trending(media_type: str, window: str) -> Response:
    if media_type == "person":
        everybody = [people.named(one) | {"media_type": "person"} for one in people.PEOPLE.values()]
        return _page_of(everybody, page())
    return answer(paged(by_popularity(of_type(media_type)), page(), language(), with_type=True))


def upcoming() -> list[Title]:
    return sorted(
        (title for title in living(of_type("movie")) if (released(title) or datetime.date.min) > today()),
        key=lambda title: day(released(title)),
    )


@views.get("/3/movie/<any(popular, top_rated, upcoming, now_playing):kind>")
def films(kind: str) -> Response:
    titles = upcoming() if kind == "upcoming" else _ranked("movie", kind)
    body = paged(titles, page(), language())
    if kind in ("upcoming", "now_playing"):
        body["dates"] = {"maximum": day(today() + datetime.timedelta(days=120)), "minimum": day(today())}
    return answer(body)


@views.get("/3/tv/<any(popular, top_rated, on_the_air, airing_today):kind>")
def shows(kind: str) -> Response:
    return answer(paged(_ranked("tv", kind), page(), language()))


def _ranked(media_type: str, kind: str) -> list[Title]:
    titles = by_popularity(of_type(media_type))
    if kind == "top_rated":
        return sorted(titles, key=lambda title: title.vote, reverse=True)
    return [title for title in titles if day(released(title)) and day(released(title)) <= day(today())]


def _among(ids: set[int], asked: str) -> bool:
    """A comma means all of them, an upright bar any of them."""
    if "|" in asked:
        return any(part.isdigit() and int(part) in ids for part in asked.split("|"))
    return all(part.isdigit() and int(part) in ids for part in asked.split(",") if part)


def _streams(title: Title) -> set[int]:
    region = request.args.get("watch_region", "")
    return {number for numbers in providers.offers(title).get(region, {}).values() for number in numbers}


_FILTERS: dict[str, Callable[[Title, str], bool]] = {
    "with_genres": lambda title, asked: _among(set(genres.ids(title)), asked),
    "without_genres": lambda title, asked: (
        not set(genres.ids(title)) & {int(i) for i in asked.split(",") if i.isdigit()}
    ),
    "with_watch_providers": lambda title, asked: _among(_streams(title), asked),
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


@views.get("/3/discover/<any(movie, tv):media_type>")
def discover(media_type: str) -> Response:
    """Unknown parameters are passed over, as at TMDB."""
    titles = living(of_type(media_type))
    try:
        for name, fits in _FILTERS.items():
            if asked := request.args.get(name):
                titles = [title for title in titles if fits(title, asked)]
    except ValueError:
        refuse(5)
    field, _, direction = request.args.get("sort_by", "popularity.desc").rpartition(".")
    order = sorted(titles, key=_SORTS.get(field, popularity), reverse=direction != "asc")
    return answer(paged(order, page(), language()))


@views.get("/3/find/<outside>")
def find(outside: str) -> Response:
    """All kinds that bear this outside id: TVDB numbers series and episodes separately, so one number may hit both."""
    source = request.args.get("external_source", "")
    if source not in ("imdb_id", "tvdb_id"):
        refuse(5)
    hits = [
        title
        for title in living(list(ALL))
        if outside == (title.imdb_id if source == "imdb_id" else str(title.tvdb_id or ""))
    ]
    listed = {kind: [entry(t, language(), True) for t in hits if t.media_type == kind] for kind in ("movie", "tv")}
    return answer(
        {
            "movie_results": listed["movie"],
            "person_results": [],
            "tv_results": listed["tv"],
            "tv_episode_results": _episodes_of(outside) if source == "tvdb_id" else [],
            "tv_season_results": [],
        }
    )


def _episodes_of(tvdb_id: str) -> list[dict[str, Any]]:
    """TVDB's number of an episode is here 900,000 and the episode's own: some fall on a series' number."""
    return [
        episode | {"media_type": "tv_episode"}
        for title in living(of_type("tv"))
        for number, _ in numbered_seasons(title)
        for episode in episodes(title, number)
        if str(900_000 + episode["id"]) == tvdb_id
    ]


@views.get("/3/<any(movie, tv):media_type>/changes")
def changes(media_type: str) -> Response:
    """Ids changed of late; a window of more than 14 days is refused."""
    try:
        end = datetime.date.fromisoformat(request.args.get("end_date") or day(today()))
        start = datetime.date.fromisoformat(request.args.get("start_date") or day(end - datetime.timedelta(days=1)))
    except ValueError:
        refuse(5)
    if (end - start).days > 14:
        refuse(20)
    touched = sorted(number for number, kind in state().changed if kind == media_type and (number, kind) in BY_KEY)
    return _page_of([{"id": number, "adult": False} for number in touched], page())
