"""One simulated service: a Flask application on a loopback port of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from flask import Flask
from werkzeug.serving import BaseWSGIServer, make_server
from werkzeug.wrappers import Response

from sandbox.switches import Mode, Switch

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

    WSGIApp = Callable[[WSGIEnvironment, StartResponse], Iterable[bytes]]

HOST = "127.0.0.1"

_WRONG = Response("<!doctype html><title>Coffee machine</title><p>Ready.", mimetype="text/html")
_FAULTS: dict[Mode, Callable[[], Response]] = {
    Mode.WRONG: lambda: _WRONG,
    Mode.UNAUTHORIZED: lambda: Response("Unauthorized", 401, mimetype="text/html"),
    Mode.ERROR: lambda: Response("Internal Server Error", 500, mimetype="text/html"),
    Mode.GARBAGE: lambda: Response(b"\x00\xff{<not json, not xml" * 40, 200, mimetype="application/json"),
}


def obey(app: WSGIApp, switch: Switch) -> WSGIApp:
    """Wrap `app` so that it misbehaves as `switch` says."""

    def wrapped(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        changed, setting = switch.changed, switch.setting
        if setting.mode in (Mode.SLOW, Mode.HANG):
            changed.wait(setting.delay)
        fault = _FAULTS.get(setting.mode)
        return fault()(environ, start_response) if fault else app(environ, start_response)

    return wrapped


class ServiceServer:
    """Serves `app` at `url` until `stop()`; `turn()` makes it misbehave.

    `port` 0 picks a free one, which is kept over DOWN and UP again.
    """

    def __init__(self, name: str, app: Flask, port: int = 0) -> None:
        self.name = name
        self.app = app
        self.switch = Switch()
        self._wsgi = obey(app.wsgi_app, self.switch)
        self._lock = threading.Lock()
        self._port = port
        self._server: BaseWSGIServer | None = None

    @property
    def port(self) -> int:
        return self._port

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self._port}"

    def start(self) -> None:
        with self._lock:
            if self._server is not None:
                return
            self._server = make_server(HOST, self._port, self._wsgi, threaded=True)
            self._port = self._server.server_port
            threading.Thread(
                target=self._server.serve_forever, args=(0.05,), name=f"sandbox-{self.name}", daemon=True
            ).start()

    def stop(self) -> None:
        with self._lock:
            server, self._server = self._server, None
        if server is not None:
            server.shutdown()
            server.server_close()

    def turn(self, mode: Mode | str, delay: float = 5.0) -> None:
        """Switch how the service answers; DOWN closes the port, anything else opens it."""
        mode = Mode(mode)
        self.switch.turn(mode, delay)
        if mode is Mode.DOWN:
            self.stop()
        else:
            self.start()

    def state(self) -> dict[str, Any]:
        return {"name": self.name, "url": self.url, "mode": self.switch.setting.mode.value}
