"""All simulated services together, as the demo and the journey tests start them."""

from __future__ import annotations

import dataclasses
import json
import logging
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

from sandbox.control import Controlled, ControlServer
from sandbox.kuma import Kuma
from sandbox.overseerr import Overseerr
from sandbox.plex import Plex
from sandbox.plextv import PlexTv
from sandbox.tmdb import Tmdb
from sandbox.world import PEOPLE
from sandbox.youtube import YouTube

PORTS_FROM = 18760

# The order of the ports, counted from the first one.
ORDER = ("control", "plex", "plextv", "overseerr", "tmdb", "kuma", "youtube")


class Service(Controlled, Protocol):
    """What every simulated service offers."""

    @property
    def url(self) -> str: ...

    def start(self) -> None: ...

    def stop(self) -> None: ...


class Sandbox:
    """Starts every service on entry and stops all of them on exit.

    `folder` keeps `sandbox.json`, what Plex remembers and, unless `media_dir` is given, the drawn clips.
    `youtube_root` is the folder that Plex scans (by default one inside `folder`). `ports_from` is the
    first of seven ports, 0 takes free ones.
    """

    def __init__(
        self, folder: Path, ports_from: int = 0, youtube_root: Path | None = None, media_dir: Path | None = None
    ) -> None:
        self.folder = folder.resolve()
        self.youtube_root = (youtube_root or self.folder / "library" / "YouTube").resolve()
        for needed in (self.folder, self.youtube_root):
            needed.mkdir(parents=True, exist_ok=True)
        ports = {name: ports_from + number if ports_from else 0 for number, name in enumerate(ORDER)}
        self.plex = Plex({"YouTube": self.youtube_root}, ports["plex"], memory=self.folder / "plex.memory")
        self.plextv = PlexTv(ports["plextv"], self.plex)
        self.overseerr = Overseerr(ports["overseerr"])
        self.tmdb = Tmdb(ports["tmdb"])
        self.kuma = Kuma(ports["kuma"])
        self.youtube = YouTube(media_dir or self.folder / "media", ports["youtube"])
        self.services: dict[str, Service] = {
            "plex": self.plex,
            "plextv": self.plextv,
            "overseerr": self.overseerr,
            "tmdb": self.tmdb,
            "kuma": self.kuma,
            "youtube": self.youtube,
        }
        self.control = ControlServer(self.services, ports["control"])

    def start(self) -> None:
        """Start all or none. Raises OSError when a port is taken."""
        self._note.unlink(missing_ok=True)
        logging.getLogger("werkzeug").setLevel(logging.WARNING)
        try:
            for service in (*self.services.values(), self.control):
                service.start()
        except BaseException:
            self.stop()
            raise
        self._write()

    def stop(self) -> None:
        self._note.unlink(missing_ok=True)
        for service in (self.control, *self.services.values()):
            service.stop()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def environment(self) -> dict[str, str]:
        """The settings by which MediaNest finds these services."""
        return {
            "PLEX_TV_URL": self.plextv.url,
            "PLEX_CLIENTS_URL": self.plextv.url,
            "PLEX_AUTH_URL": self.plextv.auth_url,
            "TMDB_URL": self.tmdb.url,
            "TMDB_IMAGE_URL": self.tmdb.url,
            "TMDB_TOKEN": self.tmdb.token,
            "YTDLP_PROXY": self.youtube.url,
            "YTDLP_NO_CHECK_CERTIFICATE": "1",
        }

    def connections(self) -> dict[str, dict[str, str]]:
        """What an administrator would type in for each service."""
        return {
            "plex": {"url": self.plex.url, "key": self.plex.token},
            "overseerr": {"url": self.overseerr.url, "key": self.overseerr.key},
            "tmdb": {"url": self.tmdb.url, "key": self.tmdb.token},
            "uptime-kuma": {"url": self.kuma.url, "slug": self.kuma.slug, "key": self.kuma.key},
        }

    def description(self) -> dict[str, Any]:
        """All that another process needs to know: where things are, who there is, what to try."""
        return {
            "ready": True,
            "control": self.control.url,
            "services": {name: service.url for name, service in self.services.items()},
            "environment": self.environment(),
            "connections": self.connections(),
            "youtube_root": str(self.youtube_root),
            "people": [dataclasses.asdict(person) for person in PEOPLE],
            "playlists": [
                {"title": title, "url": url} for title, url in self.youtube.demo_playlists() if title.strip(".")
            ],
        }

    @property
    def _note(self) -> Path:
        return self.folder / "sandbox.json"

    def _write(self) -> None:
        """In one step: whoever finds the file finds all of it."""
        draft = self._note.with_suffix(".new")
        draft.write_text(json.dumps(self.description(), indent=2) + "\n", encoding="utf-8")
        draft.replace(self._note)
