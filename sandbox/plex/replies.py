"""Answers and access: who asks, in which format, which page of a list."""

from __future__ import annotations

import dataclasses
import functools
import http
import json
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NoReturn, ParamSpec, TypeVar

from flask import Response, abort, current_app, g, request

from sandbox.plex.nodes import Node, Value, as_json, as_xml
from sandbox.plex.records import Collection, Item, Playlist, Record, Section

if TYPE_CHECKING:
    from sandbox.plex.state import State, Viewer

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")


def state() -> State:
    found: State = current_app.extensions["plex"]
    return found


def viewer() -> Viewer:
    found: Viewer = g.viewer
    return found


def refuse(status: int) -> NoReturn:
    """Errors are HTML pages without a reason, whatever format was asked for."""
    abort(error_page(status))


def error_page(status: int) -> Response:
    phrase = http.HTTPStatus(status).phrase
    page = f"<html><head><title>{phrase}</title></head><body><h1>{status} {phrase}</h1></body></html>"
    return Response(page, status, mimetype="text/html")


def authenticate() -> None:
    """Before every request: the token's person, or 401; `/identity` and the web page are open to all."""
    if request.path in ("/identity", "/web") or request.path.startswith("/web/"):
        return
    token = request.headers.get("X-Plex-Token") or request.args.get("X-Plex-Token") or ""
    person = state().viewer_of(token)
    if person is None:
        refuse(401)
    g.viewer = person


def admin_only(view: Callable[P, R]) -> Callable[P, R]:
    @functools.wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        if not viewer().admin:
            refuse(403)
        return view(*args, **kwargs)

    return guarded


def section_or_404(key: int) -> Section:
    section = state().library.sections.get(key)
    if section is None or not viewer().sees(section):
        refuse(404)
    return section


def record_or_404(key: int) -> Record:
    record = state().library.records.get(key)
    if record is None or not viewer().sees(record.section):
        refuse(404)
    return record


def item_or_404(key: int) -> Item:
    record = record_or_404(key)
    if not isinstance(record, Item):
        refuse(404)
    return record


def collection_or_404(key: int) -> Collection:
    record = record_or_404(key)
    if not isinstance(record, Collection):
        refuse(404)
    return record


def playlist_or_404(key: int) -> Playlist:
    playlist = state().library.playlists.get(key)
    if playlist is None or playlist.owner != viewer().username:
        refuse(404)
    return playlist


def items_asked() -> list[Item]:
    """The items of the query's `uri`, or 400."""
    try:
        return state().library.items_of_uri(request.args.get("uri", ""))
    except ValueError:
        refuse(400)


@dataclasses.dataclass(frozen=True)
class Page:
    """Which part of a list was asked for; `size` None means all of it."""

    start: int
    size: int | None

    @classmethod
    def asked(cls, default: int | None = None) -> Page:
        def number(name: str) -> int | None:
            text = request.headers.get(name) or request.args.get(name)
            try:
                return max(0, int(text)) if text else None
            except ValueError:
                refuse(400)

        size = number("X-Plex-Container-Size")
        return cls(number("X-Plex-Container-Start") or 0, default if size is None else size)

    def of(self, things: Sequence[T]) -> Sequence[T]:
        return things[self.start :] if self.size is None else things[self.start : self.start + self.size]


def listing(
    things: Sequence[T],
    draw: Callable[[T], Node],
    attrs: dict[str, Value] | None = None,
    *,
    default: int | None = None,
    extra: Sequence[Node] = (),
) -> Response:
    """One page of `things`; at most `default` of them when the asker named no size. `extra` comes along always."""
    page = Page.asked(default)
    shown = page.of(things)
    counts: dict[str, Value] = {"size": len(shown)}
    if page.size is not None:
        counts |= {"totalSize": len(things), "offset": page.start}
    answer = container([*extra, *(draw(thing) for thing in shown)], counts | (attrs or {}))
    answer.headers["X-Plex-Container-Total-Size"] = str(len(things))
    answer.headers["X-Plex-Container-Start"] = str(page.start)
    return answer


def container(children: list[Node], attrs: dict[str, Value] | None = None) -> Response:
    return written(Node("MediaContainer", {"size": len(children)} | (attrs or {}), children))


def written(root: Node) -> Response:
    if "application/json" in request.headers.get("Accept", ""):
        return Response(json.dumps(as_json(root)), mimetype="application/json")
    return Response(as_xml(root), content_type="text/xml;charset=utf-8")


def empty() -> Response:
    return Response(b"", 200, mimetype="text/html")
