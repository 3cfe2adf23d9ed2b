"""The service as tests and the demo hold it."""

from __future__ import annotations

import collections
import ssl
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

from sandbox.media import clips
from sandbox.server import HOST
from sandbox.switches import Mode, Switch
from sandbox.youtube.catalogue import AFTER, Catalogue, Failure, Playlist, Video
from sandbox.youtube.content import fill
from sandbox.youtube.knobs import Knobs
from sandbox.youtube.messages import Asked, Reply, as_page
from sandbox.youtube.proxy import Proxy, certificate
from sandbox.youtube.site import Site, known

KEPT = 20_000  # requests remembered


class Seen(NamedTuple):
    """One request that reached a host; `path` with its query, `range` as the header had it."""

    host: str
    method: str
    path: str
    range: str


_FAULTS: dict[Mode, Reply] = {
    Mode.WRONG: as_page("<!doctype html><title>Coffee machine</title><p>Ready."),
    Mode.UNAUTHORIZED: as_page("Unauthorized", 401),
    Mode.ERROR: as_page("Internal Server Error", 500),
    Mode.GARBAGE: Reply(200, b"\x00\xff{<not json, not xml" * 40),
}


class YouTube:
    """YouTube behind a proxy on loopback: `proxy=youtube.url, nocheckcertificate=True` for yt-dlp.

    `media_dir` keeps the clips that ffmpeg draws the first time; `port` 0 takes a free one, which is
    kept over DOWN and UP again. Hosts that are not YouTube's get 502 and stand in `refused_hosts`.
    """

    name = "youtube"

    def __init__(self, media_dir: Path, port: int = 0) -> None:
        self.knobs = Knobs()
        self.switch = Switch()
        self.catalogue = Catalogue(clips(media_dir))
        self._shown = fill(self.catalogue)
        self.site = Site(self.catalogue, self.knobs)
        self._port = port
        self._proxy: Proxy | None = None
        self._context: ssl.SSLContext | None = None
        self._lock = threading.Lock()
        self._log_lock = threading.Lock()
        self._requests: collections.deque[Seen] = collections.deque(maxlen=KEPT)
        self._refused: collections.deque[str] = collections.deque(maxlen=KEPT)
        self.crashes: list[str] = []

    # Serving

    @property
    def port(self) -> int:
        return self._port

    @property
    def url(self) -> str:
        """The address of the proxy."""
        return f"http://{HOST}:{self._port}"

    def start(self) -> None:
        """Raises OSError when the port is taken."""
        with self._lock:
            if self._proxy is not None:
                return
            self._context = self._context or certificate()
            self.knobs.reopen()
            self._proxy = Proxy(self, self._port, self._context)
            self._port = self._proxy.server_port
            self._proxy.begin()

    def stop(self) -> None:
        """Close the port and end what is being sent."""
        with self._lock:
            proxy, self._proxy = self._proxy, None
        if proxy is not None:
            self.knobs.close()
            self.switch.turn(self.switch.setting.mode, self.switch.setting.delay)  # releases who hangs
            proxy.close()

    def turn(self, mode: Mode | str, delay: float = 5.0) -> None:
        """Switch how every host answers; DOWN closes the port, anything else opens it."""
        mode = Mode(mode)
        self.switch.turn(mode, delay)
        if mode is Mode.DOWN:
            self.stop()
        else:
            self.start()

    def known(self, host: str) -> bool:
        return known(host)

    def refused(self, host: str) -> None:
        with self._log_lock:
            self._refused.append(host)

    def crashed(self, error: BaseException) -> None:
        self.crashes.append(repr(error))

    def answer(self, asked: Asked) -> Reply:
        with self._log_lock:
            self._requests.append(Seen(asked.host, asked.method, asked.target, asked.range))
        changed, setting = self.switch.changed, self.switch.setting
        if setting.mode in (Mode.SLOW, Mode.HANG):
            changed.wait(setting.delay)
        if latency := self.knobs.latency:
            self.knobs.wait(latency)
        return _FAULTS.get(setting.mode) or self.site.answer(asked)

    # What goes on

    @property
    def requests(self) -> list[Seen]:
        """What was asked, the oldest first."""
        with self._log_lock:
            return list(self._requests)

    @property
    def refused_hosts(self) -> list[str]:
        """Hosts that were asked for in vain."""
        with self._log_lock:
            return list(self._refused)

    def forget(self) -> None:
        """Start the two lists anew."""
        with self._log_lock:
            self._requests.clear()
            self._refused.clear()

    def media_starts(self, video_id: str) -> list[Seen]:
        """The requests for this video's bytes: one for each stream, more where one was resumed."""
        return [seen for seen in self.requests if _video_id(seen) == video_id]

    def state(self) -> dict[str, Any]:
        starts = collections.Counter(filter(None, map(_video_id, self.requests)))
        failure = self.knobs.global_failure
        return {
            "name": self.name,
            "url": self.url,
            "mode": self.switch.setting.mode.value,
            "rate": self.knobs.rate,
            "latency": self.knobs.latency,
            "global_failure": failure.value if failure else None,
            "failures": {video.id: video.failure.value for video in tuple(self.videos.values()) if video.failure},
            "requests": len(self.requests),
            "media_starts": dict(starts),
            "refused_hosts": self.refused_hosts,
            "crashes": list(self.crashes),
        }

    # What can be set

    @property
    def rate(self) -> int | None:
        """Bytes a second for each connection that sends media; None for no limit."""
        return self.knobs.rate

    @rate.setter
    def rate(self, rate: int | None) -> None:
        self.knobs.rate = rate

    @property
    def latency(self) -> float:
        """Seconds before each answer."""
        return self.knobs.latency

    @latency.setter
    def latency(self, latency: float) -> None:
        self.knobs.latency = latency

    @property
    def global_failure(self) -> Failure | None:
        """What is wrong with every video; HTTP_429 and SERVER_ERROR then also meet the lists."""
        return self.knobs.global_failure

    @global_failure.setter
    def global_failure(self, failure: Failure | str | None) -> None:
        self.knobs.global_failure = Failure(failure) if failure else None

    @property
    def videos(self) -> dict[str, Video]:
        return self.catalogue.videos

    @property
    def playlists(self) -> dict[str, Playlist]:
        return self.catalogue.playlists

    def add_video(self, title: str, **about: Any) -> Video:
        """As `Catalogue.add_video`."""
        return self.catalogue.add_video(title, **about)

    def add_playlist(self, title: str, videos: Iterable[Video | str] | int, **about: Any) -> Playlist:
        """As `Catalogue.add_playlist`."""
        return self.catalogue.add_playlist(title, videos, **about)

    def fail(
        self, video_id: str, failure: Failure | str | None, *, after: int = AFTER, times: int | None = None
    ) -> None:
        """Set or clear a video's failure with its details. Raises KeyError for an unknown id."""
        video = self.videos[video_id]
        video.failure_after, video.failure_times = after, times
        video.failure = Failure(failure) if failure else None

    def demo_playlists(self) -> list[tuple[str, str]]:
        """Titles and addresses of the playlists that are there from the start."""
        return [(playlist.title, playlist.url) for playlist in self._shown]

    def control(self, command: dict[str, Any]) -> dict[str, Any]:
        """Obey orders that came over a wire and give the state.

        Keys: rate, latency, global_failure, failure ([video id, name or None, after, times]; the last
        two may be missing), mode (with delay), forget, playlist ({title, videos, …}: answered with its
        `added` address). Raises KeyError for what is unknown, ValueError or TypeError for what is wrong.
        """
        orders = dict(command)
        delay = float(orders.pop("delay", 5.0))
        does: dict[str, Callable[[Any], object]] = {
            "rate": lambda rate: setattr(self, "rate", None if rate is None else int(rate)),
            "latency": lambda latency: setattr(self, "latency", float(latency)),
            "global_failure": lambda failure: setattr(self, "global_failure", failure),
            "failure": self._fail_by_order,
            "mode": lambda mode: self.turn(mode, delay),
            "forget": lambda wanted: self.forget() if wanted else None,
            "playlist": lambda about: self.add_playlist(**about).url,
        }
        acts = [(key, does[key], value) for key, value in orders.items()]
        outcomes = {key: act(value) for key, act, value in acts}
        added = {"added": outcomes["playlist"]} if "playlist" in outcomes else {}
        return self.state() | added

    def _fail_by_order(self, order: list[Any]) -> None:
        video_id, failure, *details = order
        self.fail(video_id, failure, **dict(zip(("after", "times"), details, strict=False)))


def _video_id(seen: Seen) -> str | None:
    """The video whose bytes were asked for."""
    if not seen.host.endswith(".googlevideo.com"):
        return None
    return parse_qs(urlsplit(seen.path).query).get("id", [None])[0]
