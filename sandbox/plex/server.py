"""The simulated Plex Media Server."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Flask, request
from flask import Response as FlaskResponse
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from sandbox.plex import (
    collection_views,
    metadata_views,
    picture_views,
    playlist_views,
    section_views,
    status_views,
    web_views,
)
from sandbox.plex.library import Library
from sandbox.plex.memory import Memory
from sandbox.plex.records import Item
from sandbox.plex.replies import authenticate, error_page
from sandbox.plex.scanner import Scanner
from sandbox.plex.seed import add_title, fill
from sandbox.plex.state import MACHINE_ID, OWNER_TOKEN, State, server_token
from sandbox.server import ServiceServer
from sandbox.tmdb.titles import ALL
from sandbox.world import TITLES, Title

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

FILMS_AGENT = ("tv.plex.agents.movie", "Plex Movie")
SERIES_AGENT = ("tv.plex.agents.series", "Plex TV Series")
_KNOWN = {(title.tmdb_id, title.media_type): title for title in ALL}
OTHER_VIDEOS = ("com.plexapp.agents.none", "Plex Video Files Scanner")


@dataclasses.dataclass(frozen=True)
class ShownCollection:
    """A collection as people see it: `items` are file paths (titles where there is no file), in order."""

    rating_key: int
    section: str
    title: str
    summary: str
    items: list[str]
    labels: list[str]
    posters: int


class Plex(ServiceServer):
    """Films and series of the invented world, and a video library for each real folder in `roots`.

    `roots` maps a section title ("YouTube") to a folder. `seen_as` gives the folder's name as this
    server sees it, as if it were mounted elsewhere; without it the real path. With a `memory` file
    the library outlives the server.
    """

    machine_id = MACHINE_ID
    token = OWNER_TOKEN

    def __init__(
        self,
        roots: Mapping[str, Path],
        port: int = 0,
        seen_as: Mapping[str, str] | None = None,
        memory: Path | None = None,
    ) -> None:
        library = Library(MACHINE_ID)
        library.add_section("movie", "Films", *FILMS_AGENT, "/media/films", None)
        library.add_section("show", "Series", *SERIES_AGENT, "/media/series", None)
        for title, folder in roots.items():
            location = (seen_as or {}).get(title, str(folder))
            library.add_section("movie", title, *OTHER_VIDEOS, location, folder)
        self.memory = Memory(library, memory)
        if not self.memory.recall():
            fill(library, TITLES)
        self.library = library
        self.scanner = Scanner(library, self.memory.keep)
        self.settings = State(library, self.scanner)
        super().__init__("plex", _application(self.settings, self.memory), port)
        self._counting = threading.Lock()
        self.requests = 0
        answer = self._wsgi

        def counted(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
            with self._counting:
                self.requests += 1
            return answer(environ, start_response)

        self._wsgi = counted

    @property
    def version(self) -> str:
        return self.settings.version

    @version.setter
    def version(self, version: str) -> None:
        self.settings.version = version

    @property
    def scan_delay(self) -> float:
        return self.scanner.delay

    @scan_delay.setter
    def scan_delay(self, seconds: float) -> None:
        self.scanner.delay = seconds

    @property
    def scans(self) -> list[str]:
        """Folders walked so far, as this server names them."""
        return list(self.scanner.scanned)

    def token_of(self, username: str) -> str:
        """A person's token for this server; people without a share have one that opens nothing."""
        return server_token(username)

    def stop(self) -> None:
        """Scans under way are lost, as with a real server."""
        self.scanner.cancel()
        super().stop()

    def add(self, title: Title, seasons: Collection[int] | None = None) -> Item:
        """Let a title of the invented world arrive in the library; of a series only these seasons, where given."""
        item = add_title(self.library, title, seasons=seasons)
        self.memory.keep()
        return item

    def items(self, section: str) -> list[Item]:
        return self.library.items(self.library.section(section))

    def collections(self) -> list[ShownCollection]:
        with self.library.lock:
            return [
                ShownCollection(
                    rating_key=one.rating_key,
                    section=one.section.title,
                    title=one.title,
                    summary=one.summary,
                    items=[item.file or item.title for item in one.items],
                    labels=list(one.labels),
                    posters=len(one.posters),
                )
                for one in self.library.collections()
            ]

    def control(self, orders: dict[str, Any]) -> dict[str, Any]:
        """Orders: `scan_delay` (seconds), `version`, `skips_new_folders`, `add` ([tmdb id, movie or tv], and
        for some seasons alone a list of their numbers).

        Raises KeyError for any other name, or a title that the simulated TMDB does not have.
        """
        for name, value in orders.items():
            if name in ("scan_delay", "version"):
                setattr(self, name, value)
            elif name == "skips_new_folders":
                self.scanner.skips_new_folders = bool(value)
            elif name == "add":
                number, media_type, *seasons = value
                self.add(_KNOWN[number, media_type], *seasons)
            else:
                raise KeyError(name)
        return self.state()

    def state(self) -> dict[str, Any]:
        return super().state() | {
            "version": self.version,
            "scan_delay": self.scan_delay,
            "skips_new_folders": self.scanner.skips_new_folders,
            "requests": self.requests,
            "scans": self.scans,
            "items": {one.title: len(self.items(one.title)) for one in self.library.sections.values()},
        }


def _application(settings: State, memory: Memory) -> Flask:
    app = Flask("sandbox.plex", static_url_path="/web/static")
    app.extensions["plex"] = settings
    app.before_request(authenticate)
    app.after_request(lambda answer: _kept(answer, memory))
    modules = (
        status_views,
        web_views,
        section_views,
        metadata_views,
        collection_views,
        playlist_views,
        picture_views,
    )
    for module in modules:
        app.register_blueprint(module.views)
    app.register_error_handler(HTTPException, _http_error)
    return app


def _kept(answer: FlaskResponse, memory: Memory) -> FlaskResponse:
    if request.method != "GET":
        memory.keep()
    return answer


def _http_error(error: HTTPException) -> Response:
    found = error.get_response()
    return found if error.response is not None else error_page(found.status_code)
