"""What changes rarely: configuration, genres, streaming services; and the pictures."""

from __future__ import annotations

from flask import Blueprint, Response, abort, jsonify, request

from sandbox.tmdb import genres, providers
from sandbox.tmdb.drawing import SIZES, draw
from sandbox.tmdb.replies import answer, language

views = Blueprint("settings", __name__)


@views.get("/3/authentication")
def authentication() -> Response:
    return answer({"success": True, "status_code": 1, "status_message": "Success."})


@views.get("/3/configuration")
def configuration() -> Response:
    base = f"{request.host_url}t/p/"
    return answer({"images": {"base_url": base, "secure_base_url": base} | SIZES, "change_keys": ["images", "title"]})


@views.get("/3/configuration/languages")
def languages() -> Response:
    known = (("en", "English", "English"), ("de", "German", "Deutsch"))
    return jsonify([{"iso_639_1": code, "english_name": english, "name": name} for code, english, name in known])


@views.get("/3/configuration/countries")
def countries() -> Response:
    return jsonify(providers.regions()["results"])


@views.get("/3/genre/<any(movie, tv):media_type>/list")
def genre_list(media_type: str) -> Response:
    return answer({"genres": genres.listed(media_type, language())})


@views.get("/3/watch/providers/regions")
def regions() -> Response:
    return answer(providers.regions())


@views.get("/3/watch/providers/<any(movie, tv):media_type>")
def watch_providers(media_type: str) -> Response:
    return answer(providers.listed(request.args.get("watch_region")))


@views.get("/t/p/<size>/<file>")
def picture(size: str, file: str) -> Response:
    drawn = draw(file, size)
    if drawn is None:
        abort(404)
    found = Response(drawn, mimetype="image/png")
    found.headers["Cache-Control"] = "public, max-age=31919000"
    return found
