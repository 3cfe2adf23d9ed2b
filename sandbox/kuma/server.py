"""The simulated Uptime Kuma."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from typing import Any

from flask import Flask

from sandbox.kuma import page_views, private_views
from sandbox.kuma.monitors import Monitor, Status
from sandbox.kuma.payload import message, test_body
from sandbox.kuma.state import Incident, Maintenance, Push, State
from sandbox.outgoing import Sent
from sandbox.server import ServiceServer


class Kuma(ServiceServer):
    """One status page ("default") over a household's monitors. `version` chooses the shapes: 1.23.17, 2.0.x, 2.5.3."""

    def __init__(self, port: int = 0, version: str = "2.5.3") -> None:
        self.settings = State(version)
        super().__init__("kuma", _application(self.settings), port)

    @property
    def key(self) -> str:
        """The API key; it opens nothing but the metrics."""
        return self.settings.key

    @property
    def slug(self) -> str:
        return self.settings.slug

    @property
    def version(self) -> str:
        return self.settings.version

    @property
    def monitors(self) -> dict[str, Monitor]:
        return self.settings.monitors

    @property
    def pushes(self) -> list[Push]:
        return list(self.settings.pushes)

    @property
    def sent(self) -> list[Sent]:
        """Webhooks that have been tried."""
        self.settings.outgoing.settle()
        return list(self.settings.outgoing.sent)

    def set(self, name: str, status: Status | str, ping: int | None = None, msg: str = "") -> None:
        """Let a monitor find this at once and from now on. KeyError if there is none of that name."""
        found = Status[status.upper()] if isinstance(status, str) else status
        with self.settings.lock:
            monitor = self.monitors[name]
            ping = monitor.ping if ping is None else ping
            self.settings.find(found, monitor, ping, msg or message(found))

    def pause(self, name: str, paused: bool = True) -> None:
        """A paused monitor keeps its last beat for ever."""
        with self.settings.lock:
            self.settings.catch_up()
            self.monitors[name].paused = paused

    def post_incident(self, title: str, content: str = "", style: str = "warning") -> int:
        """Put a notice on the page; gives its number."""
        current = self.settings
        with current.lock:
            incident = Incident(len(current.incidents) + 1, title, content, style, current.now())
            current.incidents.append(incident)
            current.cache.clear()
            return incident.incident_id

    def resolve_incident(self, incident_id: int) -> None:
        with self.settings.lock:
            self.settings.incidents[incident_id - 1].active = False
            self.settings.incidents[incident_id - 1].pin = False
            self.settings.cache.clear()

    def start_maintenance(self, title: str, names: list[str], description: str = "") -> None:
        current = self.settings
        with current.lock:
            current.maintenances.append(Maintenance(len(current.maintenances) + 1, title, description))
            current.cache.clear()
        for name in names:
            self.set(name, Status.MAINTENANCE)

    def end_maintenance(self) -> None:
        with self.settings.lock:
            self.settings.maintenances.clear()
            self.settings.cache.clear()
        for monitor in list(self.monitors.values()):
            if monitor.status is Status.MAINTENANCE:
                self.set(monitor.name, Status.UP)

    def restart(self) -> None:
        """As after a restart: the metrics have forgotten everything until each monitor's next beat."""
        with self.settings.lock:
            self.settings.catch_up()
            for monitor in self.monitors.values():
                monitor.known_since_start = False

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        with self.settings.lock:
            self.settings.offset += datetime.timedelta(seconds=seconds)

    def send_webhooks_to(self, url: str, headers: Mapping[str, str] | None = None) -> None:
        self.settings.outgoing.url = url
        self.settings.outgoing.headers = dict(headers or {})

    def send_test(self) -> None:
        """Press the webhook's test button."""
        self.settings.outgoing.send(test_body())

    def stop(self) -> None:
        super().stop()
        self.settings.outgoing.stop()

    def control(self, orders: dict[str, Any]) -> dict[str, Any]:
        """Orders: `set` {name, status, ping, msg}, `pause` / `resume` (name), `incident` {title, content, style},
        `resolve` (number), `maintenance` {title, names, description}, `end_maintenance`, `restart`, `advance`
        (seconds), `webhook` {url, headers}, `send_test`, and the settings `caches`, `open_metrics`, `version`.

        Raises KeyError for any other name or an unknown monitor.
        """
        obey: dict[str, Callable[[Any], object]] = {
            "set": lambda given: self.set(**given),
            "pause": self.pause,
            "resume": lambda name: self.pause(name, False),
            "incident": lambda given: self.post_incident(**given),
            "resolve": self.resolve_incident,
            "maintenance": lambda given: self.start_maintenance(**given),
            "end_maintenance": lambda _: self.end_maintenance(),
            "restart": lambda _: self.restart(),
            "advance": self.advance,
            "webhook": lambda given: self.send_webhooks_to(**given),
            "send_test": lambda _: self.send_test(),
        }
        for name, value in orders.items():
            if name in ("caches", "open_metrics", "version"):
                setattr(self.settings, name, value)
            else:
                obey[name](value)
        return self.state()

    def state(self) -> dict[str, Any]:
        with self.settings.lock:
            return super().state() | {
                "version": self.version,
                "monitors": {
                    one.name: "paused" if one.paused else one.status.name.lower() for one in self.monitors.values()
                },
                "pushes": len(self.settings.pushes),
            }


def _application(settings: State) -> Flask:
    app = Flask("sandbox.kuma")
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.extensions["kuma"] = settings
    for module in (private_views, page_views):
        app.register_blueprint(module.views)
    return app
