"""Items and their children, posters, edits and matches."""

from __future__ import annotations

import ipaddress
import urllib.request
from urllib.error import URLError
from urllib.parse import urlsplit

from flask import Blueprint, Response, request

from sandbox.plex import edits
from sandbox.plex.nodes import Node, Value
from sandbox.plex.records import Collection, Poster, Record
from sandbox.plex.replies import (
    admin_only,
    container,
    empty,
    item_or_404,
    listing,
    record_or_404,
    refuse,
    state,
    viewer,
)
from sandbox.plex.shapes import Extras, record_node

views = Blueprint("metadata", __name__)

POSTER_LIMIT = 10_000_000  # bytes


def _draw(record: Record) -> Node:
    extras = Extras(guids=True, preferences=request.args.get("includePreferences") == "1", streams=True)
    return record_node(state().library, record, extras)


def _draw_child(record: Record) -> Node:
    return record_node(state().library, record, Extras(guids=request.args.get("includeGuids") == "1"))


@views.get("/library/metadata/<keys>")
def detail(keys: str) -> Response:
    numbers = [int(text) for text in keys.split(",") if text.isdigit()]
    found = [state().library.records.get(number) for number in numbers]
    seen = [record for record in found if record is not None and viewer().sees(record.section)]
    if not seen:
        refuse(404)
    attrs: dict[str, Value] = {
        "allowSync": True,
        "identifier": "com.plexapp.plugins.library",
        "librarySectionID": seen[0].section.key,
    }
    return listing(seen, _draw, attrs)


@views.get("/library/metadata/<int:key>/children")
def children(key: int) -> Response:
    parent = record_or_404(key)
    return listing(state().library.children(parent), _draw_child, {"title1": parent.title, "key": str(key)})


@views.get("/library/metadata/<int:key>/allLeaves")
def leaves(key: int) -> Response:
    return listing(state().library.leaves(item_or_404(key)), _draw_child, {"key": str(key)})


@views.put("/library/metadata/<int:key>")
@admin_only
def edit(key: int) -> Response:
    return edits.answer([record_or_404(key)])


@views.delete("/library/metadata/<int:key>")
@admin_only
def delete(key: int) -> Response:
    """A collection goes; files are never deleted here (`allowMediaDeletion` is off)."""
    if not isinstance(record_or_404(key), Collection):
        refuse(400)
    state().library.records.pop(key, None)
    return empty()


@views.put("/library/metadata/<int:key>/refresh")
@views.put("/library/metadata/<int:key>/analyze", endpoint="analyze")
@admin_only
def housekeeping(key: int) -> Response:
    record_or_404(key)
    return empty()


@views.get("/library/metadata/<int:key>/posters")
def posters(key: int) -> Response:
    record = record_or_404(key)
    nodes = [
        Node(
            "Photo",
            {
                "key": f"/library/metadata/{key}/file?url={poster.key}",
                "ratingKey": poster.key,
                "selected": poster is record.poster,
                "thumb": f"/library/metadata/{key}/file?url={poster.key}",
            },
            name="Metadata",
        )
        for poster in record.posters
    ]
    return container(nodes, {"identifier": "com.plexapp.plugins.library"})


@views.post("/library/metadata/<int:key>/posters")
@admin_only
def upload_poster(key: int) -> Response:
    """The body, or what `url` answers, becomes the poster; every upload is kept for ever."""
    record, url = record_or_404(key), request.args.get("url")
    poster = _fetched(url) if url else Poster(request.get_data(), request.mimetype or "image/jpeg")
    if not poster.data:
        refuse(400)
    known = next((one for one in record.posters if one.key == poster.key), None)
    if known is None:
        record.posters.append(poster)
    record.poster = known or poster
    record.locked.add("thumb")
    state().library.touch(record)
    return empty()


def _fetched(url: str) -> Poster:
    """The picture at a loopback address: a simulated server reaches nothing else. 400 if there is none."""
    parts = urlsplit(url)
    try:
        if parts.scheme != "http" or not ipaddress.ip_address(parts.hostname or "").is_loopback:
            refuse(400)
        with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310  (scheme and host were checked above)
            return Poster(answer.read(POSTER_LIMIT), answer.headers.get_content_type())
    except (ValueError, URLError):
        refuse(400)


@views.get("/library/metadata/<int:key>/matches")
def matches(key: int) -> Response:
    """Answers a title like `tmdb-550` with the guid of the item that bears that id."""
    section = item_or_404(key).section
    wanted = request.args.get("title", "").replace("-", "://", 1)
    found = [item for item in state().library.items(section) if wanted in item.guids]
    nodes = [Node("SearchResult", {"guid": i.guid, "name": i.title, "year": i.year, "score": 100}) for i in found]
    return container(nodes)
