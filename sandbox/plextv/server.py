"""The simulated plex.tv, with the part of app.plex.tv where people sign in."""

from __future__ import annotations

from typing import Any

from flask import Flask, Response, request

from sandbox.plex import Plex
from sandbox.plextv import account_views, auth_views, pin_views, share_views
from sandbox.plextv.accounts import person_named
from sandbox.plextv.replies import state
from sandbox.plextv.state import State
from sandbox.server import ServiceServer
from sandbox.world import Person

_SETTINGS = ("poll_limit", "strict_origin", "cors", "alert", "failing", "crowd")


def _person(username: str) -> Person:
    found = person_named(username)
    if found is None:
        raise KeyError(username)
    return found


class PlexTv(ServiceServer):
    """Accounts, PINs and shares. With `plex` given, the owner's living account tokens open it too."""

    def __init__(self, port: int = 0, plex: Plex | None = None) -> None:
        self.settings = State(plex)
        if plex is not None:
            plex.settings.account_of = self.settings.tokens.person_of
        super().__init__("plextv", _application(self.settings), port)

    @property
    def auth_url(self) -> str:
        """The sign-in page; what it is asked for is appended as `#?clientID=…&code=…`."""
        return f"{self.url}/auth"

    def approve(self, code: str, username: str) -> None:
        """As if that person had signed in on the page. KeyError if there is no such code or person."""
        pin = self.settings.pins.by_code(code)
        if pin is None:
            raise KeyError(code)
        self.settings.approve(pin, _person(username))

    def issue(self, username: str, client_id: str) -> str:
        """A living account token, as a sign-in under that client identifier gives."""
        return self.settings.tokens.issue(_person(username), client_id)

    def revoke(self, username: str) -> None:
        """Let all tokens of that person die."""
        self.settings.tokens.revoke(_person(username))

    def change(self, username: str, **fields: Any) -> None:
        """Let a person's `relation`, `email` or `title` be another; without fields what it was at first."""
        _person(username)
        self.settings.change(username, **fields)

    def expire_pins(self) -> None:
        self.settings.pins.expire()

    def control(self, orders: dict[str, Any]) -> dict[str, Any]:
        """Orders: the settings of `State`, `revoke` (user name), `approve` ([code, user name]), `expire_pins`,
        `change` (`{user name: {"relation": "stranger"}}`).

        Raises KeyError for any other name.
        """
        for name, value in orders.items():
            if name in _SETTINGS:
                setattr(self.settings, name, value)
            elif name == "revoke":
                self.revoke(value)
            elif name == "approve":
                self.approve(*value)
            elif name == "expire_pins":
                self.expire_pins()
            elif name == "change":
                for username, fields in value.items():
                    self.change(username, **fields)
            else:
                raise KeyError(name)
        return self.state()

    def state(self) -> dict[str, Any]:
        return super().state() | {name: getattr(self.settings, name) for name in _SETTINGS}


def _application(settings: State) -> Flask:
    app = Flask("sandbox.plextv", template_folder="templates", static_folder="static")
    app.extensions["plextv"] = settings
    app.before_request(_fail_if_told)
    for module in (auth_views, pin_views, account_views, share_views):
        app.register_blueprint(module.views)
    return app


def _fail_if_told() -> Response | None:
    status = state().failure(request.path)
    return Response("Something is wrong here", status, mimetype="text/html") if status else None
