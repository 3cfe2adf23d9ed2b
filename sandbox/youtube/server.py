"""The service as tests and the demo hold it."""

from __future__ import annotations

import collections
import ssl
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from sandbox.media import clips
from sandbox.server import HOST
from sandbox.switches import Mode, Switch
from sandbox.youtube.catalogue import AFTER, Catalogue, Failure, Playlist, Video
from sandbox.youtube.content import fill
from sandbox.youtube.journal import Journal, Seen
from sandbox.youtube.knobs import Knobs
from sandbox.youtube.messages import Asked, Reply, as_page
from sandbox.youtube.orders import obey
from sandbox.youtube.proxy import Proxy, certificate
from sandbox.youtube.site import Site, known

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
        self._journal = Journal()
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
        self._journal.refuse(host)

    def crashed(self, error: BaseException) -> None:
        self.crashes.append(repr(error))

    def answer(self, asked: Asked) -> Reply:
        self._journal.add(Seen(asked.host, asked.method, asked.target, asked.range))
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
        return self._journal.requests

    @property
    def refused_hosts(self) -> list[str]:
        """Hosts that were asked for in vain."""
        return self._journal.refused_hosts

    def forget(self) -> None:
        """Start the two lists anew."""
        self._journal.forget()

    def media_starts(self, video_id: str) -> list[Seen]:
        """The requests for this video's bytes: one for each stream, more where one was resumed."""
        return [seen for seen in self.requests if seen.video_id == video_id]

    def state(self) -> dict[str, Any]:
        starts = collections.Counter(seen.video_id for seen in self.requests if seen.video_id)
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
        """Obey orders that came over a wire (see `orders.py`) and give the state with their answers."""
        return obey(self, command)
