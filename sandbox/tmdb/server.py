"""The simulated TMDB, with its pictures on the same address."""

from __future__ import annotations

from typing import Any

from flask import Flask, Response, jsonify
from werkzeug.exceptions import NotFound

from sandbox.server import ServiceServer
from sandbox.tmdb import find_views, settings_views, title_views
from sandbox.tmdb.catalogue import BY_KEY
from sandbox.tmdb.replies import admit
from sandbox.tmdb.state import State

_SETTINGS = ("rate", "throttle_next", "retry_after")


class Tmdb(ServiceServer):
    """The API under `/3`, pictures under `/t/p/`. `token` is the v4 read token, `api_key` the v3 key."""

    def __init__(self, port: int = 0) -> None:
        self.settings = State()
        super().__init__("tmdb", _application(self.settings), port)

    @property
    def token(self) -> str:
        return self.settings.token

    @property
    def api_key(self) -> str:
        return self.settings.api_key

    @property
    def requests(self) -> int:
        """How often the API was asked; pictures do not count."""
        return self.settings.requests

    def remove(self, tmdb_id: int, media_type: str) -> None:
        """Take a title out, as when TMDB deletes or merges one. KeyError if there is none."""
        _ = BY_KEY[tmdb_id, media_type]
        self.settings.gone.add((tmdb_id, media_type))

    def change(self, tmdb_id: int, media_type: str) -> None:
        """Let a title be listed among the recently changed. KeyError if there is none."""
        _ = BY_KEY[tmdb_id, media_type]
        self.settings.changed.add((tmdb_id, media_type))

    def control(self, orders: dict[str, Any]) -> dict[str, Any]:
        """Orders: `rate` (answers a second, None for no limit), `throttle_next` (that many are 429), `retry_after`
        (seconds, 0 for no header), `remove` and `change` ([tmdb id, movie or tv]).

        Raises KeyError for any other name or an unknown title.
        """
        for name, value in orders.items():
            if name in _SETTINGS:
                setattr(self.settings, name, value)
            elif name == "remove":
                self.remove(*value)
            elif name == "change":
                self.change(*value)
            else:
                raise KeyError(name)
        return self.state()

    def state(self) -> dict[str, Any]:
        return super().state() | {name: getattr(self.settings, name) for name in (*_SETTINGS, "requests")}


def _application(settings: State) -> Flask:
    app = Flask("sandbox.tmdb")
    app.extensions["tmdb"] = settings
    app.before_request(admit)
    for module in (find_views, title_views, settings_views):
        app.register_blueprint(module.views)
    app.register_error_handler(NotFound, _not_found)
    return app


def _not_found(error: NotFound) -> Response | NotFound:
    if error.response is not None:
        return error
    answer = jsonify(success=False, status_code=34, status_message="The resource you requested could not be found.")
    answer.status_code = 404
    return answer
