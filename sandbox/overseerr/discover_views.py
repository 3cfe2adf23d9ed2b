"""Lists to choose from, genres and streaming services."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, request

from sandbox.overseerr import titles
from sandbox.overseerr.doors import LANGUAGE, NUMBER, PAGED, Door, Param, door
from sandbox.overseerr.gate import refuse, state
from sandbox.overseerr.title_views import language, page_number, tmdb_or_500
from sandbox.tmdb import genres, paths, providers, search
from sandbox.world import Title

views = Blueprint("discover", __name__)

_TEXT, _NEW = Param(), Param(since=2)
_FILTERS: dict[str, Param] = {
    "genre": _TEXT,
    "keywords": _TEXT,
    "excludeKeywords": _NEW,
    "sortBy": _TEXT,
    "withRuntimeGte": NUMBER,
    "withRuntimeLte": NUMBER,
    "voteAverageGte": NUMBER,
    "voteAverageLte": NUMBER,
    "voteCountGte": NUMBER,
    "voteCountLte": NUMBER,
    "watchRegion": _TEXT,
    "watchProviders": _TEXT,
    "certification": _NEW,
    "certificationGte": _NEW,
    "certificationLte": _NEW,
    "certificationCountry": _NEW,
    "certificationMode": Param(choices=("exact", "range"), since=2),
}
_FILM_FILTERS = PAGED | _FILTERS | {"studio": NUMBER, "primaryReleaseDateGte": _TEXT, "primaryReleaseDateLte": _TEXT}
_TV_FILTERS = PAGED | _FILTERS | {"network": NUMBER, "firstAirDateGte": _TEXT, "firstAirDateLte": _TEXT, "status": _NEW}
_TMDB_NAMES = {
    "genre": "with_genres",
    "sortBy": "sort_by",
    "primaryReleaseDateGte": "primary_release_date.gte",
    "primaryReleaseDateLte": "primary_release_date.lte",
    "firstAirDateGte": "first_air_date.gte",
    "firstAirDateLte": "first_air_date.lte",
    "withRuntimeGte": "with_runtime.gte",
    "withRuntimeLte": "with_runtime.lte",
    "voteAverageGte": "vote_average.gte",
    "voteAverageLte": "vote_average.lte",
    "watchRegion": "watch_region",
    "watchProviders": "with_watch_providers",
}


def _filtered(media_type: str, **more: str) -> list[Title]:
    asked = {_TMDB_NAMES[name]: value for name, value in request.args.items() if name in _TMDB_NAMES}
    return search.discover(media_type, asked | more)


def _page(found: list[Title], **more: Any) -> Response:
    return jsonify(titles.page(state(), found, page_number(), language()) | more)


@door(views, "GET", "/discover/movies", Door(query=_FILM_FILTERS))
def films() -> Response:
    tmdb_or_500("Unable to retrieve popular movies.")
    return _page(_filtered("movie"))


@door(views, "GET", "/discover/tv", Door(query=_TV_FILTERS))
def series() -> Response:
    tmdb_or_500("Unable to retrieve popular series.")
    return _page(_filtered("tv"))


@door(views, "GET", "/discover/movies/genre/<genreId>", Door(query=PAGED))
def films_of_genre(genreId: str) -> Response:
    tmdb_or_500("Unable to retrieve movies by genre.")
    return _of_genre("movie", genreId)


@door(views, "GET", "/discover/tv/genre/<genreId>", Door(query=PAGED))
def series_of_genre(genreId: str) -> Response:
    tmdb_or_500("Unable to retrieve series by genre.")
    return _of_genre("tv", genreId)


def _of_genre(media_type: str, genre_id: str) -> Response:
    known = [one for one in genres.listed(media_type, language()) if str(one["id"]) == genre_id]
    if not known:
        refuse(404, "Genre not found.")
    return _page(_filtered(media_type, with_genres=genre_id), genre=known[0])


@door(views, "GET", "/discover/movies/language/<code>", Door(query=PAGED))
def films_of_language(code: str) -> Response:
    tmdb_or_500("Unable to retrieve movies by language.")
    return _page(_filtered("movie", with_original_language=code))


@door(views, "GET", "/discover/tv/language/<code>", Door(query=PAGED))
def series_of_language(code: str) -> Response:
    tmdb_or_500("Unable to retrieve series by language.")
    return _page(_filtered("tv", with_original_language=code))


@door(views, "GET", "/discover/movies/upcoming", Door(query=PAGED))
def upcoming_films() -> Response:
    tmdb_or_500("Unable to retrieve upcoming movies.")
    return _page(search.upcoming("movie"))


@door(views, "GET", "/discover/tv/upcoming", Door(query=PAGED))
def upcoming_series() -> Response:
    tmdb_or_500("Unable to retrieve upcoming series.")
    return _page(search.upcoming("tv"))


@door(views, "GET", "/discover/trending", Door(query=PAGED))
def trending() -> Response:
    tmdb_or_500("Unable to retrieve trending items.")
    return _page(search.popular("all"))


@door(views, "GET", "/discover/watchlist", Door(query={"page": NUMBER}))
def watchlist() -> Response:
    """Nobody of the sandbox has put anything on a list at plex.tv."""
    return jsonify(page=page_number(), totalPages=1, totalResults=0, results=[])


def _slider(media_type: str) -> Response:
    tmdb_or_500("Unable to retrieve genre slider.")
    found = []
    for genre in genres.listed(media_type, language()):
        members = _filtered(media_type, with_genres=str(genre["id"]))
        found.append(genre | {"backdrops": [path for one in members[:4] if (path := paths.backdrop(one))]})
    return jsonify(sorted(found, key=lambda one: str(one["name"])))


@door(views, "GET", "/discover/genreslider/movie", Door(query=LANGUAGE))
def film_slider() -> Response:
    return _slider("movie")


@door(views, "GET", "/discover/genreslider/tv", Door(query=LANGUAGE))
def series_slider() -> Response:
    return _slider("tv")


@door(views, "GET", "/genres/movie", Door(query=LANGUAGE))
def film_genres() -> Response:
    tmdb_or_500("Unable to retrieve movie genres.")
    return jsonify(genres.listed("movie", language()))


@door(views, "GET", "/genres/tv", Door(query=LANGUAGE))
def series_genres() -> Response:
    tmdb_or_500("Unable to retrieve series genres.")
    return jsonify(genres.listed("tv", language()))


@door(views, "GET", "/watchproviders/regions")
def regions() -> Response:
    tmdb_or_500("Unable to retrieve watch providers regions.")
    return jsonify(providers.regions()["results"])


_REGION = Door(query={"watchRegion": Param(required=True)})


@door(views, "GET", "/watchproviders/movies", _REGION)
def film_providers() -> Response:
    tmdb_or_500("Unable to retrieve movie watch providers.")
    return jsonify(titles.providers_of(request.args["watchRegion"]))


@door(views, "GET", "/watchproviders/tv", _REGION)
def series_providers() -> Response:
    tmdb_or_500("Unable to retrieve tv watch providers.")
    return jsonify(titles.providers_of(request.args["watchRegion"]))
