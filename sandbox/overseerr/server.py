"""The simulated Overseerr, Jellyseerr and Seerr."""

from __future__ import annotations

import threading
from typing import Any

from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from sandbox.outgoing import Sent
from sandbox.overseerr import (
    discover_views,
    filling,
    issue_views,
    media_views,
    progress,
    request_views,
    rules,
    service_views,
    settings_views,
    title_views,
    user_views,
)
from sandbox.overseerr.gate import gate
from sandbox.overseerr.records import Media, MediaStatus, Request, User
from sandbox.overseerr.state import State
from sandbox.server import ServiceServer

_SETTINGS = (
    "version",
    "csrf",
    "tmdb_down",
    "plextv_down",
    "servarr_hung",
    "servarr_timeout",
    "hang_limit",
    "race_window",
    "default_movie_quota",
    "default_tv_quota",
    "quota_days",
)


class Overseerr(ServiceServer):
    """Versions 1.x are Overseerr, 2.x Jellyseerr, 3.x Seerr. What is in the world's library is available in it.

    Olive (1) is its owner, Ben (2) and Anna (3) may request. Approval alone changes nothing about a title:
    `advance()` plays Radarr and Sonarr.
    """

    def __init__(self, port: int = 0, version: str = "3.1.0") -> None:
        self.settings = State(version)
        super().__init__("overseerr", _application(self.settings), port)

    @property
    def version(self) -> str:
        return self.settings.version

    @property
    def api_key(self) -> str:
        return self.settings.api_key

    key = api_key

    @property
    def requests(self) -> list[Request]:
        """The requests as they are stored, oldest first."""
        return list(self.settings.requests)

    @property
    def media(self) -> list[Media]:
        return list(self.settings.media)

    @property
    def sent(self) -> list[Sent]:
        """Webhooks that have been tried."""
        self.settings.outgoing.settle()
        return list(self.settings.outgoing.sent)

    def user(self, username: str) -> User:
        """A person by their name at plex.tv. KeyError if they have not been imported."""
        for user in self.settings.users.values():
            if user.plex_username == username:
                return user
        raise KeyError(username)

    def permit(self, username: str, permissions: int) -> None:
        """Give a person exactly these permissions."""
        self.user(username).permissions = int(permissions)

    def set_media_status(self, tmdb_id: int, media_type: str, status: MediaStatus | int | str) -> None:
        """Enter a title's status, making Overseerr know the title if it did not. Names and numbers are as its own."""
        found = MediaStatus[status.upper()] if isinstance(status, str) else MediaStatus(status)
        with self.settings.lock:
            media = self.settings.find_media(tmdb_id, media_type) or self.settings.add_media(tmdb_id, media_type)
            progress.set_status(self.settings, media, found)

    def advance(self, request_id: int) -> str:
        """Take an approved request one step: PROCESSING, PARTIALLY_AVAILABLE (several seasons), AVAILABLE.

        Gives where its title is then. KeyError for an unknown request, ValueError for one that is not approved.
        """
        with self.settings.lock:
            return progress.advance(self.settings, self._request(request_id)).name

    def fail(self, request_id: int) -> None:
        """Let Radarr or Sonarr refuse it."""
        with self.settings.lock:
            rules.fail(self.settings, self._request(request_id))

    def fill(self, count: int, people: int = 40) -> None:
        """Add years of requests, as `filling.fill` says."""
        filling.fill(self.settings, count, people)

    def _request(self, request_id: int) -> Request:
        found = self.settings.find_request(request_id)
        if found is None:
            raise KeyError(request_id)
        return found

    def send_webhooks_to(self, url: str, authorization: str = "") -> None:
        """`authorization` is the whole value of that header."""
        self.settings.send_webhooks_to(url, authorization)

    def start(self) -> None:
        if self.settings.release.is_set():
            self.settings.release = threading.Event()
        super().start()

    def stop(self) -> None:
        """Whoever waits for an answer that never comes is let go."""
        self.settings.release.set()
        super().stop()
        self.settings.outgoing.stop()

    def control(self, orders: dict[str, Any]) -> dict[str, Any]:
        """Orders: `set_media_status` ([tmdb id, type, status]), `advance` and `fail` (request id), `fill` (how many
        requests), `permit` ([user name, permissions]), `webhook` {url, authorization}, and the settings that `state()` shows.

        Raises KeyError for any other name or an unknown request, ValueError for a step that cannot be.
        """
        for name, value in orders.items():
            if name in _SETTINGS:
                setattr(self.settings, name, value)
            elif name in ("advance", "fail", "fill"):
                getattr(self, name)(value)
            elif name in ("set_media_status", "permit"):
                getattr(self, name)(*value)
            elif name == "webhook":
                self.send_webhooks_to(**value)
            else:
                raise KeyError(name)
        return self.state()

    def state(self) -> dict[str, Any]:
        with self.settings.lock:
            return (
                super().state()
                | {name: getattr(self.settings, name) for name in _SETTINGS}
                | {"users": len(self.settings.users), "requests": [_brief(one) for one in self.settings.requests]}
            )


def _brief(request: Request) -> dict[str, Any]:
    return {
        "id": request.request_id,
        "tmdb_id": request.media.tmdb_id,
        "media_type": request.media.media_type,
        "seasons": [season.number for season in request.seasons],
        "by": request.requested_by.display_name,
        "status": request.status.name,
        "media_status": request.media.state(request.is4k).name,
    }


def _application(settings: State) -> Flask:
    app = Flask("sandbox.overseerr")
    app.url_map.strict_slashes = False
    app.extensions["overseerr"] = settings
    app.before_request(gate)
    modules = (
        title_views,
        discover_views,
        request_views,
        user_views,
        media_views,
        issue_views,
        service_views,
        settings_views,
    )
    for module in modules:
        app.register_blueprint(module.views)
    app.register_error_handler(HTTPException, _http_error)
    return app


def _http_error(error: HTTPException) -> Response:
    return error.get_response()
