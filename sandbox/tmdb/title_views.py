"""What TMDB says about one title, person or collection."""

from __future__ import annotations

from flask import Blueprint, Response, request

from sandbox.tmdb import catalogue, parts, people, search
from sandbox.tmdb.replies import answer, language, page, refuse, title_or_404
from sandbox.tmdb.titles import COLLECTION_ID

views = Blueprint("titles", __name__)


@views.get("/3/<any(movie, tv):media_type>/<int:tmdb_id>")
def details(media_type: str, tmdb_id: int) -> Response:
    title = title_or_404(media_type, tmdb_id)
    names = [name for name in request.args.get("append_to_response", "").split(",") if name]
    if len(names) > parts.MAX_APPENDED:
        refuse(27)
    return answer(catalogue.details(title, language()) | parts.appended(title, names, language()))


@views.get("/3/<any(movie, tv):media_type>/<int:tmdb_id>/<any(recommendations, similar):kind>")
def related(media_type: str, tmdb_id: int, kind: str) -> Response:
    found = parts.recommended if kind == "recommendations" else parts.similar
    titles = found(title_or_404(media_type, tmdb_id))
    return answer(parts.paged(titles, page(), language(), with_type=True))


@views.get("/3/<any(movie, tv):media_type>/<int:tmdb_id>/<path:name>")
def part(media_type: str, tmdb_id: int, name: str) -> Response:
    title = title_or_404(media_type, tmdb_id)
    found = parts.part(title, name, language())
    if found is None:
        refuse(34)
    return answer(found if name.startswith("season/") else {"id": tmdb_id} | found)


@views.get("/3/person/<int:person_id>")
def person(person_id: int) -> Response:
    found = people.PEOPLE.get(person_id)
    if found is None:
        refuse(34)
    body = people.named(found) | {
        "also_known_as": [],
        "biography": f"{found.name} lives by the sea.",
        "birthday": "1970-06-01",
        "deathday": None,
        "homepage": None,
        "imdb_id": f"nm{person_id:07}",
        "place_of_birth": "A small harbour town",
    }
    if "combined_credits" in request.args.get("append_to_response", ""):
        body["combined_credits"] = search.credits_of(found, language())
    return answer(body)


@views.get("/3/person/<int:person_id>/combined_credits")
def combined_credits(person_id: int) -> Response:
    found = people.PEOPLE.get(person_id)
    if found is None:
        refuse(34)
    return answer(search.credits_of(found, language()) | {"id": person_id})


@views.get("/3/collection/<int:collection_id>")
def collection(collection_id: int) -> Response:
    if collection_id != COLLECTION_ID:
        refuse(34)
    return answer(catalogue.collection(language()))
