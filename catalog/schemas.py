"""What the catalogue's JSON columns may hold."""

from __future__ import annotations

from typing import Any

SEASONS: dict[str, Any] = {
    "description": "the seasons of a series; season 0 holds its specials",
    "type": "array",
    "maxItems": 500,
    "items": {
        "type": "object",
        "required": ["number", "episodes"],
        "additionalProperties": False,
        "properties": {
            "number": {"type": "integer", "minimum": 0},
            "episodes": {"type": "integer", "minimum": 0},
            "name": {"type": "string", "maxLength": 200},
            "overview": {"type": "string"},
            "air_date": {"type": ["string", "null"], "format": "date"},
            "poster_path": {"type": "string", "maxLength": 200},
        },
    },
}

_NUMBERS = {"type": "array", "maxItems": 20, "uniqueItems": True, "items": {"type": "integer", "minimum": 1}}
_YEAR = {"type": "integer", "minimum": 1880, "maximum": 2100}
_MINUTES = {"type": "integer", "minimum": 1, "maximum": 1000}
SORTS = ["popularity", "score", "newest", "oldest", "title"]
ROW_FILTERS: dict[str, Any] = {
    "description": "what the titles of a discover row have in common; genres and services are TMDB's numbers",
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "genres": _NUMBERS,
        "services": _NUMBERS,
        "year_from": _YEAR,
        "year_to": _YEAR,
        "score_from": {"type": "number", "minimum": 0, "maximum": 10},
        "runtime_from": _MINUTES,
        "runtime_to": _MINUTES,
        "age": {"type": "integer", "minimum": 0, "maximum": 21},
        "sort": {"enum": SORTS},
    },
}
