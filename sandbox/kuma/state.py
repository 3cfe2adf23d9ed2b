"""All that the simulated Uptime Kuma knows and remembers."""

from __future__ import annotations

import dataclasses
import datetime
import threading
from typing import Any

from sandbox.kuma.monitors import Beat, Monitor, Status, defaults
from sandbox.kuma.payload import message, webhook_body
from sandbox.outgoing import Outgoing

API_KEY = "uk1_sandbox-Kuma_key-with_40characters_0000001"
HISTORY = 120  # beats each monitor starts with


@dataclasses.dataclass
class Incident:
    """A notice on the status page; an inactive one is only in the history."""

    incident_id: int
    title: str
    content: str
    style: str
    created: datetime.datetime
    pin: bool = True
    active: bool = True


@dataclasses.dataclass(frozen=True)
class Maintenance:
    """A maintenance under way; the page does not say which monitors it is about."""

    maintenance_id: int
    title: str
    description: str


@dataclasses.dataclass(frozen=True)
class Push:
    """What somebody pushed."""

    token: str
    status: str
    msg: str
    ping: float | None
    method: str


class State:
    """Monitors, notices and pushes. Whoever reads or changes holds `lock`."""

    def __init__(self, version: str) -> None:
        self.lock = threading.RLock()
        self.version = version
        self.key = API_KEY
        self.slug = "default"
        self.offset = datetime.timedelta()
        self.monitors = {monitor.name: monitor for monitor in defaults()}
        self.incidents: list[Incident] = []
        self.maintenances: list[Maintenance] = []
        self.pushes: list[Push] = []
        self.outgoing = Outgoing(f"Uptime-Kuma/{version}")
        self.caches = True
        self.open_metrics = False
        self.metrics_asked: list[datetime.datetime] = []
        self.cache: dict[str, tuple[datetime.datetime, Any]] = {}
        self._seed()

    def _seed(self) -> None:
        now = self.now()
        bad = {"NAS": range(30, 36), "Internet": range(70, 72)}
        for monitor in self.monitors.values():
            outages = dict.fromkeys(bad.get(monitor.name, ()), Status.DOWN)
            if monitor.name == "Garden camera":
                continue  # added a moment ago, never checked
            if monitor.paused:
                monitor.seed(now - datetime.timedelta(days=3), 1)
            elif monitor.type == "push":
                monitor.status = Status.DOWN  # nobody has pushed yet
                monitor.seed(now, 3)
            else:
                monitor.seed(now, HISTORY, outages)

    @property
    def numbers(self) -> tuple[int, int]:
        """Major and minor version."""
        major, minor = self.version.split(".")[:2]
        return int(major), int(minor)

    def now(self) -> datetime.datetime:
        return datetime.datetime.now(tz=datetime.UTC) + self.offset

    def catch_up(self) -> None:
        for monitor in self.monitors.values():
            monitor.catch_up(self.now())

    def by_token(self, token: str) -> Monitor | None:
        """The monitor that takes pushes under this token, unless it is paused."""
        for monitor in self.monitors.values():
            if token and monitor.push_token == token and not monitor.paused:
                return monitor
        return None

    def find(self, status: Status, monitor: Monitor, ping: int | None, msg: str) -> None:
        """A check finds this now: a beat, the cache cleared and a webhook if it is news, the group told."""
        self.catch_up()
        before = monitor.beats[-1] if monitor.beats else None
        monitor.status = status
        if status is Status.UP and ping is not None:
            monitor.ping = ping
        beat = Beat(status, self.now(), ping if status is Status.UP else None, msg)
        monitor.add(beat)
        if before is None or before.status is not status:
            self.cache.clear()
            self._tell(monitor, before, beat)
            self._tell_group(monitor)

    def _tell(self, monitor: Monitor, before: Beat | None, beat: Beat) -> None:
        """Only an outage and its end are told, not pending and not maintenance."""
        last = next((one for one in reversed(monitor.beats[:-1]) if one.status is not Status.PENDING), None)
        went_down = beat.status is Status.DOWN and (last is None or last.status is not Status.DOWN)
        came_back = beat.status is Status.UP and before is not None and last is not None and last.status is Status.DOWN
        if went_down or came_back:
            parent = next((one for one in self.monitors.values() if one.monitor_id == monitor.parent), None)
            self.outgoing.send(webhook_body(monitor, parent, beat, last if came_back else None))

    def _tell_group(self, monitor: Monitor) -> None:
        group = next((one for one in self.monitors.values() if one.monitor_id == monitor.parent), None)
        if group is None:
            return
        children = [one for one in self.monitors.values() if one.parent == group.monitor_id]
        status = group.worst_of(children)
        if status is not group.status:
            self.find(status, group, None, message(status))
