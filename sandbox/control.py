"""A port over which a sandbox in another process is looked at and made to misbehave."""

from __future__ import annotations

import dataclasses
import json
import urllib.request
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol, cast
from urllib.error import HTTPError

from flask import Flask, Response, jsonify, request

from sandbox.server import ServiceServer
from sandbox.switches import Mode

if TYPE_CHECKING:
    from sandbox.plex import Plex


class Controlled(Protocol):
    """What every simulated service can do; some have a method `control(orders)` besides."""

    def turn(self, mode: Mode | str, delay: float = 5.0) -> None: ...

    def state(self) -> dict[str, Any]: ...


class ControlServer(ServiceServer):
    """`GET /state`, `POST /<service>` with `{"mode": …, "delay": …}` or the service's own orders,
    `GET /plex/collections`. What is wrong with an order is answered as `{"error": …}` with 400 or 404."""

    def __init__(self, services: Mapping[str, Controlled], port: int = 0) -> None:
        self._services = services
        app = Flask("sandbox.control")
        app.add_url_rule("/state", view_func=self._state, methods=["GET"])
        app.add_url_rule("/plex/collections", view_func=self._collections, methods=["GET"])
        app.add_url_rule("/<name>", view_func=self._order, methods=["POST"])
        super().__init__("control", app, port)

    def _state(self) -> Response:
        return jsonify({name: service.state() for name, service in self._services.items()})

    def _collections(self) -> Response:
        plex = cast("Plex", self._services["plex"])
        return jsonify([dataclasses.asdict(collection) for collection in plex.collections()])

    def _order(self, name: str) -> tuple[Response, int]:
        service, orders = self._services.get(name), request.get_json(silent=True)
        if service is None:
            return jsonify(error=f"There is no service {name}: {', '.join(self._services)}"), 404
        if not isinstance(orders, dict):
            return jsonify(error="The body must be a JSON object"), 400
        try:
            return jsonify(_obeyed(service, orders)), 200
        except (KeyError, TypeError, ValueError) as problem:
            return jsonify(error=f"{type(problem).__name__}: {problem}"), 400


def _obeyed(service: Controlled, orders: dict[str, Any]) -> dict[str, Any]:
    """`delay` belongs to `mode` only where there is a mode: services may have a setting of that name."""
    own = dict(orders)
    if "mode" in own:
        service.turn(own.pop("mode"), float(own.pop("delay", 5.0)))
    if own:
        control = getattr(service, "control", None)
        if control is None:
            raise KeyError(*own)
        answer: dict[str, Any] = control(own)
        return answer
    return service.state()


class ControlError(Exception):
    """The sandbox refused an order."""


class ControlClient:
    """Speaks to the control port at `url`. Methods raise ControlError, or URLError if nobody listens."""

    def __init__(self, url: str, timeout: float = 10.0) -> None:
        self._url = url.rstrip("/")
        self._timeout = timeout
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def turn(self, service: str, mode: str, delay: float = 5.0) -> dict[str, Any]:
        """Switch how a service answers; gives its state."""
        return self.control(service, {"mode": mode, "delay": delay})

    def control(self, service: str, orders: Mapping[str, Any]) -> dict[str, Any]:
        """Give a service its own orders; gives what it answers."""
        answer: dict[str, Any] = self._ask(f"/{service}", dict(orders))
        return answer

    def state(self) -> dict[str, dict[str, Any]]:
        answer: dict[str, dict[str, Any]] = self._ask("/state")
        return answer

    def collections(self) -> list[dict[str, Any]]:
        """Plex's collections: title, section, items (file paths in order), labels, posters."""
        answer: list[dict[str, Any]] = self._ask("/plex/collections")
        return answer

    def _ask(self, path: str, body: dict[str, Any] | None = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json"}
        ask = urllib.request.Request(self._url + path, data, headers)  # noqa: S310  (the address of our own sandbox)
        try:
            with self._opener.open(ask, timeout=self._timeout) as answer:
                return json.load(answer)
        except HTTPError as error:
            with error:
                raise ControlError(error.read().decode(errors="replace")) from error
