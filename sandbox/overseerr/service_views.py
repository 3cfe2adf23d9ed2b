"""The Radarr and Sonarr servers that can be chosen for a request."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify

from sandbox.overseerr.doors import Door, door
from sandbox.overseerr.gate import refuse, state

views = Blueprint("service", __name__)

_FREE = 3_000_000_000_000  # bytes; more than 32 bits hold
_PROFILES = [{"id": 4, "name": "HD-1080p"}, {"id": 7, "name": "Any"}]
_TAGS = [{"id": 1, "label": "nest"}, {"id": 2, "label": "kids"}]


def _server(number: int, name: str, folder: str, is4k: bool) -> dict[str, Any]:
    return {
        "id": number,
        "name": name,
        "is4k": is4k,
        "isDefault": not is4k,
        "activeDirectory": folder,
        "activeProfileId": 4,
        "activeTags": [],
    }


_RADARR = {0: _server(0, "Radarr", "/movies", False), 1: _server(1, "Radarr 4K", "/movies-4k", True)}
_SONARR = {0: _server(0, "Sonarr", "/tv", False)}


def _more(servers: dict[int, dict[str, Any]], number: str, **more: Any) -> Response:
    """From version 2 on a server that hangs is left unanswered for a while, and then is an error."""
    if state().servarr_hung:
        state().release.wait(state().servarr_timeout)
        refuse(500, "Unable to retrieve service settings.")
    found = servers.get(int(number)) if number.isdigit() else None
    if found is None:
        refuse(404, "Service with provided ID does not exist.")
    folder = found["activeDirectory"]
    return jsonify(
        server=found,
        profiles=_PROFILES,
        rootFolders=[{"id": 1, "path": folder, "freeSpace": _FREE, "totalSpace": 2 * _FREE}],
        tags=_TAGS,
        **more,
    )


@door(views, "GET", "/service/radarr")
def radarrs() -> Response:
    return jsonify(list(_RADARR.values()))


@door(views, "GET", "/service/sonarr")
def sonarrs() -> Response:
    return jsonify(list(_SONARR.values()))


@door(views, "GET", "/service/radarr/<radarrId>", Door())
def radarr(radarrId: str) -> Response:
    return _more(_RADARR, radarrId)


@door(views, "GET", "/service/sonarr/<sonarrId>", Door())
def sonarr(sonarrId: str) -> Response:
    return _more(_SONARR, sonarrId, languageProfiles=[{"id": 1, "name": "English"}])
