"""Finding titles: search, discovery, fixed lists, outside identifiers, what has changed."""

from __future__ import annotations

import datetime
from typing import Any

from flask import Blueprint, Response, request

from sandbox.tmdb import people, search
from sandbox.tmdb.catalogue import BY_KEY, collection_entry, day, entry, episodes
from sandbox.tmdb.parts import paged
from sandbox.tmdb.paths import numbered_seasons
from sandbox.tmdb.replies import answer, language, page, refuse, state
from sandbox.tmdb.titles import released, today

views = Blueprint("find", __name__)

_YEARS = ("year", "primary_release_year", "first_air_date_year")


@views.get("/3/search/<any(multi, movie, tv, person, collection):kind>")
def search_for(kind: str) -> Response:
    query, lang, number = request.args.get("query", ""), language(), page()
    if kind == "collection":
        hits = [collection_entry()] if search.matches(query, str(collection_entry()["name"])) else []
        return _page_of(hits, number)
    if kind == "person":
        return _page_of(search.people_named(query, lang), number)
    year = next((request.args[name] for name in _YEARS if request.args.get(name)), "")
    found = search.named(query, "all" if kind == "multi" else kind, state().gone)
    titles = [title for title in found if day(released(title)).startswith(year)]
    if kind != "multi":
        return answer(paged(titles, number, lang))
    results = [entry(title, lang, with_type=True) for title in titles]
    return _page_of(results + search.people_named(query, lang), number)


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
    return answer(paged(search.popular(media_type, state().gone), page(), language(), with_type=True))


@views.get("/3/movie/<any(popular, top_rated, upcoming, now_playing):kind>")
def films(kind: str) -> Response:
    body = _listed("movie", kind)
    if kind in ("upcoming", "now_playing"):
        body["dates"] = {"maximum": day(today() + datetime.timedelta(days=120)), "minimum": day(today())}
    return answer(body)


@views.get("/3/tv/<any(popular, top_rated, on_the_air, airing_today):kind>")
def shows(kind: str) -> Response:
    return answer(_listed("tv", kind))


def _listed(media_type: str, kind: str) -> dict[str, Any]:
    gone = state().gone
    if kind == "upcoming":
        titles = search.upcoming(media_type, gone)
    elif kind == "top_rated":
        titles = search.discover(media_type, {"sort_by": "vote_average.desc"}, gone)
    else:
        titles = search.out(media_type, gone)
    return paged(titles, page(), language())


@views.get("/3/discover/<any(movie, tv):media_type>")
def discover(media_type: str) -> Response:
    try:
        titles = search.discover(media_type, request.args.to_dict(), state().gone)
    except ValueError:
        refuse(5)
    return answer(paged(titles, page(), language()))


@views.get("/3/find/<outside>")
def find(outside: str) -> Response:
    """All kinds that bear this outside id: TVDB numbers series and episodes separately, so one number may hit both."""
    source = request.args.get("external_source", "")
    if source not in ("imdb_id", "tvdb_id"):
        refuse(5)
    hits = [
        title
        for title in search.popular("all", state().gone)
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
        for title in search.popular("tv", state().gone)
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
