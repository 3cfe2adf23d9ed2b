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
