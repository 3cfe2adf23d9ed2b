"""What the requests' JSON columns may hold."""

from __future__ import annotations

from typing import Any

HANDOVER: dict[str, Any] = {
    "description": "what a moderator chose for the hand-over to Overseerr; what is left out is Overseerr's choice",
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "server_id": {"type": "integer", "minimum": 0},
        "profile_id": {"type": "integer", "minimum": 0},
        "language_profile_id": {"type": "integer", "minimum": 0},
        "root_folder": {"type": "string", "minLength": 1, "maxLength": 500},
        "tags": {"type": "array", "maxItems": 50, "uniqueItems": True, "items": {"type": "integer", "minimum": 0}},
    },
}
