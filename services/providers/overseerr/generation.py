"""Overseerr, Jellyseerr and Seerr told apart by what they say of themselves."""

from __future__ import annotations

import enum
import re
from typing import Any

from medianest.lib.http import Answer, Client, not_the_service
from services.providers.title_facts import under


class Generation(enum.IntEnum):
    """Versions 1.x are Overseerr; what came after is newer for good."""

    OVERSEERR = 1
    JELLYSEERR = 2
    SEERR = 3


def version_in(answer: Answer) -> str:
    """What `/status` says. Raises Malformed unless it is an Overseerr's."""
    status: Any = answer.json()
    if not isinstance(status, dict) or not isinstance(status.get("version"), str) or "commitTag" not in status:
        raise not_the_service(answer.label)
    return str(status["version"])


def numbers(version: str) -> tuple[int, int] | None:
    """Major and minor of `3.1.0`; None for a development build (`develop-4f2c…`)."""
    found = re.match(r"v?(\d+)\.(\d+)", version)
    return (int(found[1]), int(found[2])) if found else None


def generation_of(client: Client) -> Generation:
    """By its version; a development build, which has none, by the name it gives. Raises the ProviderError family."""
    known = numbers(version_in(client.get("/api/v1/status")))
    if known:
        return Generation(min(max(known[0], Generation.OVERSEERR), Generation.SEERR))
    name = str(under(client.get("/api/v1/").json(), "api") or "").lower()
    if name.startswith("overseerr"):
        return Generation.OVERSEERR
    return Generation.JELLYSEERR if name.startswith("jellyseerr") else Generation.SEERR
