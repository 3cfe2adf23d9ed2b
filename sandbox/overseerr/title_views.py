"""Search, titles, people and collections, all of which Overseerr asks TMDB for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, jsonify, request

from sandbox.overseerr import titles
from sandbox.overseerr.doors import LANGUAGE, PAGED, Door, Param, door
from sandbox.overseerr.gate import refuse, state
from sandbox.tmdb import catalogue, parts, search
from sandbox.tmdb.catalogue import day
from sandbox.tmdb.people import PEOPLE
from sandbox.tmdb.titles import COLLECTION_ID, released
from sandbox.world import Title

views = Blueprint("titles", __name__)


def language() -> str:
    return request.args.get("language", "en").partition("-")[0]


def page_number() -> int:
    return int(float(request.args.get("page", "1")))


def tmdb_or_500(message: str) -> None:
    """TMDB out of reach is an error of Overseerr's own."""
    if state().tmdb_down:
        refuse(500, message)


def _title_or_500(tmdb_id: str, media_type: str, message: str) -> Title:
    """A title TMDB does not know is no 404 either."""
    found = state().title(int(float(tmdb_id)), media_type)
    if found is None:
        refuse(500, message)
    return found


@door(views, "GET", "/search", Door(query={"query": Param(required=True)} | PAGED))
def search_for() -> Response:
    """Search; with TMDB out of reach it finds nothing, without a word."""
    query, number, lang = request.args["query"], page_number(), language()
    if state().tmdb_down:
        return jsonify(page=1, totalPages=1, totalResults=0, results=[])
    hits = [titles.result(state(), title, lang) for title in _found(query)]
    hits += [] if ":" in query else [_person_result(one, lang) for one in search.people_named(query, lang)]
    shown = hits[20 * (number - 1) : 20 * number]
    return jsonify(page=number, totalPages=-(-len(hits) // 20), totalResults=len(hits), results=shown)


def _found(query: str) -> list[Title]:
    """By name, by the prefixes tmdb:, imdb: and tvdb:, or by name and year:."""
    prefix, _, rest = query.partition(":")
    everything = search.popular("all")
    if prefix == "tmdb":
        return [title for title in everything if str(title.tmdb_id) == rest]
    if prefix == "imdb":
        return [title for title in everything if title.imdb_id == rest]
    if prefix == "tvdb":
        return [title for title in everything if str(title.tvdb_id) == rest]
    name, _, year = query.partition("year:")
    return [title for title in search.named(name, "all") if day(released(title)).startswith(year.strip())]


def _person_result(one: dict[str, Any], lang: str) -> dict[str, Any]:
    shape: dict[str, Any] = titles.camel({key: value for key, value in one.items() if key != "known_for"})
    known = [catalogue.BY_KEY[entry["id"], entry["media_type"]] for entry in one["known_for"]]
    return shape | {"knownFor": [titles.result(state(), title, lang) for title in known]}


@door(views, "GET", "/movie/<movieId>", Door(query=LANGUAGE))
def movie(movieId: str) -> Response:
    title = _title_or_500(movieId, "movie", "Unable to retrieve movie.")
    return jsonify(titles.details(state(), title, language()))


@door(views, "GET", "/tv/<tvId>", Door(query=LANGUAGE))
def tv(tvId: str) -> Response:
    title = _title_or_500(tvId, "tv", "Unable to retrieve series.")
    return jsonify(titles.details(state(), title, language()))


@door(views, "GET", "/tv/<tvId>/season/<seasonNumber>", Door(query=LANGUAGE))
def season(tvId: str, seasonNumber: str) -> Response:
    title = _title_or_500(tvId, "tv", "Unable to retrieve season.")
    found = titles.season(title, int(float(seasonNumber)))
    if found is None:
        refuse(500, "Unable to retrieve season.")
    return jsonify(found)


def _related(title: Title, find: Callable[[Title], list[Title]] = parts.recommended) -> Response:
    return jsonify(titles.page(state(), find(title), page_number(), language()))


@door(views, "GET", "/movie/<movieId>/recommendations", Door(query=PAGED))
def movie_recommendations(movieId: str) -> Response:
    return _related(_title_or_500(movieId, "movie", "Unable to retrieve movie recommendations."))


@door(views, "GET", "/movie/<movieId>/similar", Door(query=PAGED))
def movie_similar(movieId: str) -> Response:
    return _related(_title_or_500(movieId, "movie", "Unable to retrieve similar movies."), parts.similar)


@door(views, "GET", "/tv/<tvId>/recommendations", Door(query=PAGED))
def tv_recommendations(tvId: str) -> Response:
    return _related(_title_or_500(tvId, "tv", "Unable to retrieve series recommendations."))


@door(views, "GET", "/tv/<tvId>/similar", Door(query=PAGED))
def tv_similar(tvId: str) -> Response:
    return _related(_title_or_500(tvId, "tv", "Unable to retrieve similar series."), parts.similar)


@door(views, "GET", "/person/<personId>", Door(query=LANGUAGE))
def person(personId: str) -> Response:
    tmdb_or_500("Unable to retrieve person.")
    found = titles.person(int(float(personId)))
    if found is None:
        refuse(500, "Unable to retrieve person.")
    return jsonify(found)


@door(views, "GET", "/person/<personId>/combined_credits", Door(query=LANGUAGE))
def person_credits(personId: str) -> Response:
    tmdb_or_500("Unable to retrieve combined credits.")
    known = PEOPLE.get(int(float(personId)))
    if known is None:
        refuse(500, "Unable to retrieve combined credits.")
    found: dict[str, Any] = titles.camel(search.credits_of(known, language()))
    return jsonify(found | {"id": known.person_id})


@door(views, "GET", "/collection/<collectionId>", Door(query=LANGUAGE))
def collection(collectionId: str) -> Response:
    tmdb_or_500("Unable to retrieve collection.")
    if int(float(collectionId)) != COLLECTION_ID:
        refuse(500, "Unable to retrieve collection.")
    plain = catalogue.collection(language())
    members = [catalogue.BY_KEY[one["id"], "movie"] for one in plain.pop("parts")]
    shape: dict[str, Any] = titles.camel(plain)
    return jsonify(shape | {"parts": [titles.result(state(), one, language()) for one in members]})
