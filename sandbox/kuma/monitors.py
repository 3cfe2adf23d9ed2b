"""Monitors and their heartbeats."""

from __future__ import annotations

import dataclasses
import datetime
import enum

KEPT = 1440  # beats of a monitor kept: a day of minutes
PUSH_CODE = "nestpush01"  # of the monitor that MediaNest reports to
BASELINE_WINDOWS = ("1d", "30d", "365d")


class Status(enum.IntEnum):
    """Kuma's numbers for what a beat found."""

    DOWN = 0
    UP = 1
    PENDING = 2
    MAINTENANCE = 3


@dataclasses.dataclass(frozen=True)
class Beat:
    """One check; `ping` in milliseconds, None when there was no answer to time."""

    status: Status
    time: datetime.datetime
    ping: int | None
    msg: str = ""


@dataclasses.dataclass(frozen=True)
class Tag:
    """A coloured label on a monitor."""

    tag_id: int
    name: str
    value: str = ""
    color: str = "#059669"


@dataclasses.dataclass
class Monitor:
    """Something that Kuma watches. `group` is the heading on the page, "" for a monitor that is on no page."""

    monitor_id: int
    name: str
    type: str = "http"
    url: str | None = None
    hostname: str | None = None
    port: int | None = None
    group: str = "Media"
    interval: int = 60  # seconds
    send_url: bool = False
    tags: tuple[Tag, ...] = ()
    push_token: str = ""
    parent: int | None = None
    cert_days: int | None = None  # None: no certificate was seen
    cert_valid: bool = False
    paused: bool = False
    status: Status = Status.UP  # what the next beats will find
    ping: int | None = 20
    baseline: float = 1.0  # share of up beats before those that are kept
    beats: list[Beat] = dataclasses.field(default_factory=list)
    known_since_start: bool = True  # whether /metrics has it

    def add(self, beat: Beat) -> None:
        self.beats.append(beat)
        self.known_since_start = True
        del self.beats[:-KEPT]

    def catch_up(self, now: datetime.datetime) -> None:
        """Add the beats that have become due. Push monitors beat only when pushed, paused ones not at all."""
        if self.paused or not self.beats or self.type == "push":
            return
        step = datetime.timedelta(seconds=self.interval)
        while self.beats[-1].time + step <= now:
            self.add(Beat(self.status, self.beats[-1].time + step, self._ping(len(self.beats))))

    def seed(self, now: datetime.datetime, count: int, outages: dict[int, Status] | None = None) -> None:
        """Fill in `count` past beats up to now; `outages` says which of them, counted from 0, were not up."""
        step = datetime.timedelta(seconds=self.interval)
        for number in range(count):
            status = (outages or {}).get(number, self.status)
            ping = self._ping(number) if status is Status.UP else None
            self.add(Beat(status, now - (count - 1 - number) * step, ping))

    def _ping(self, number: int) -> int | None:
        """Pings wander a little, as real ones do."""
        if self.status is not Status.UP or self.ping is None:
            return None
        return self.ping + (number * 7 + self.monitor_id * 3) % max(self.ping // 5, 1)

    def uptime(self, first_version: bool) -> float:
        """Share of the last day that was up.

        From version 2 on maintenance is left out and pending counts as down; before, maintenance counts as up.
        Without any beat it is 0.
        """
        if not self.beats:
            return 0
        good = {Status.UP, Status.MAINTENANCE} if first_version else {Status.UP}
        counted = [beat for beat in self.beats if first_version or beat.status is not Status.MAINTENANCE]
        if not counted:
            return 0
        before = (KEPT - len(self.beats)) if len(self.beats) >= 50 else 0
        up = sum(beat.status in good for beat in counted)
        ratio = (up + self.baseline * before) / (len(counted) + before)
        return 1 if ratio == 1 else ratio

    def worst_of(self, children: list[Monitor]) -> Status:
        """What a group is when its members are as they are."""
        found = {child.status for child in children if not child.paused}
        for status in (Status.DOWN, Status.PENDING, Status.MAINTENANCE):
            if status in found:
                return status
        return Status.UP


def defaults() -> list[Monitor]:
    """A household's monitors, in every shape that pages and metrics have."""
    core = Tag(1, "media-nest", "core")
    return [
        Monitor(1, "Media group", "group", ping=None),
        Monitor(2, "Plex", url="http://plex.lan:32400/identity", tags=(core,), parent=1, ping=12, send_url=True),
        Monitor(3, "Overseerr", url="http://overseerr.lan:5055/api/v1/status", parent=1, ping=34),
        Monitor(4, "Router", "ping", hostname="192.0.2.1", group="Network", ping=2),
        Monitor(5, "NAS", "port", hostname="nas.lan", port=445, group="Network", ping=4, baseline=0.9965),
        Monitor(6, "Internet", "ping", hostname="198.51.100.7", group="Network", ping=19, baseline=0.991),
        Monitor(
            7,
            "Web door",
            url="https://nest.example/",
            group="Network",
            ping=48,
            cert_days=44,
            cert_valid=True,
        ),
        Monitor(8, "MediaNest scheduler", "push", group="Other", push_token=PUSH_CODE, ping=None),
        Monitor(9, "Old printer", url="http://printer.lan/", group="Other", paused=True, status=Status.DOWN),
        Monitor(10, "Garden camera", url="http://camera.lan/", group="Other"),
        Monitor(11, 'Private "cellar", 🔒', url="http://cellar.lan:8080/", group="", ping=9),
    ]
