"""Sections: their list, what is in them, and refreshing them."""

from __future__ import annotations

from flask import Blueprint, Response, request

from sandbox.plex import edits
from sandbox.plex.filters import choices, chosen, ordered
from sandbox.plex.meta import meta_node
from sandbox.plex.nodes import Node, Value
from sandbox.plex.records import Record, Section
from sandbox.plex.replies import (
    admin_only,
    container,
    empty,
    listing,
    refuse,
    section_or_404,
    state,
    viewer,
)
from sandbox.plex.shapes import Extras, record_node, section_node

views = Blueprint("sections", __name__)


def _draw_section(section: Section) -> Node:
    return section_node(section, bool(state().scanner.running(section)))


def _draw(record: Record) -> Node:
    return record_node(state().library, record, Extras(guids=request.args.get("includeGuids") == "1"))


@views.get("/library")
def library() -> Response:
    attrs: dict[str, Value] = {
        "allowSync": False,
        "art": "/:/resources/library-art.png",
        "title1": "Plex Library",
        "identifier": "com.plexapp.plugins.library",
    }
    doors = [("sections", "Library Sections"), ("recentlyAdded", "Recently Added Content"), ("onDeck", "On Deck")]
    return container([Node("Directory", {"key": key, "title": title}) for key, title in doors], attrs)


@views.get("/library/sections")
@views.get("/library/sections/all")
def sections() -> Response:
    seen = [section for section in state().library.sections.values() if viewer().sees(section)]
    return listing(seen, _draw_section, {"allowSync": False, "title1": "Plex Library"})


@views.get("/library/sections/<int:key>")
def section(key: int) -> Response:
    one = section_or_404(key)
    doors = [("all", f"All {one.title}"), ("recentlyAdded", "Recently Added"), ("collections", "Collections")]
    nodes = [Node("Directory", {"key": name, "title": title}) for name, title in doors]
    return container(nodes, {"librarySectionID": one.key, "title1": one.title, "content": "secondary"})


@views.route("/library/sections/<int:key>/refresh", methods=["GET", "POST"])
@admin_only
def refresh(key: int) -> Response:
    state().scanner.refresh(section_or_404(key), request.args.get("path"))
    return empty()


@views.delete("/library/sections/<int:key>/refresh")
@admin_only
def cancel_refresh(key: int) -> Response:
    state().scanner.cancel(section_or_404(key))
    return empty()


@views.route("/library/sections/all/refresh", methods=["GET", "POST"])
@views.route("/library/sections/refresh", methods=["POST"], endpoint="refresh_everything")
@admin_only
def refresh_all() -> Response:
    for one in list(state().library.sections.values()):
        state().scanner.refresh(one)
    return empty()


@views.delete("/library/sections/all/refresh")
@admin_only
def cancel_all() -> Response:
    state().scanner.cancel()
    return empty()


@views.get("/library/sections/<int:key>/all")
def everything(key: int) -> Response:
    one = section_or_404(key)
    query = list(request.args.items(multi=True))
    try:
        found = chosen(state().library, one, query)
    except (KeyError, ValueError):
        refuse(400)
    return _list(one, found, ())


@views.get("/library/sections/<int:key>/collections")
def collections(key: int) -> Response:
    one = section_or_404(key)
    return _list(one, chosen(state().library, one, [*request.args.items(multi=True), ("type", "18")]), ("collection",))


def _list(one: Section, found: list[Record], kinds: tuple[str, ...]) -> Response:
    attrs: dict[str, Value] = {
        "allowSync": True,
        "identifier": "com.plexapp.plugins.library",
        "librarySectionID": one.key,
        "librarySectionTitle": one.title,
        "librarySectionUUID": one.uuid,
        "title1": one.title,
        "viewGroup": one.type,
    }
    extra = [meta_node(one, kinds)] if request.args.get("includeMeta") == "1" else []
    return listing(found, _draw, attrs, extra=extra)


@views.get("/library/sections/<int:key>/<any(genre, year, contentRating, label, collection):field>")
def filter_choices(key: int, field: str) -> Response:
    """What a filter can be set to. A real server numbers its tags; here the name is the key."""
    one = section_or_404(key)
    return listing(choices(state().library, one, field), lambda name: Node("Directory", {"key": name, "title": name}))


@views.get("/library/sections/<int:key>/recentlyAdded")
def recently_added_in(key: int) -> Response:
    one = section_or_404(key)
    kind = "episode" if one.type == "show" else one.type
    return _list(one, ordered(state().library, state().library.items(one, kind), "addedAt:desc"), ())


@views.get("/library/recentlyAdded")
def recently_added() -> Response:
    library = state().library
    found = [i for i in library.items() if i.type in ("movie", "season") and viewer().sees(i.section)]
    return listing(ordered(library, found, "addedAt:desc"), _draw, {"allowSync": False})


@views.put("/library/sections/<int:key>/all")
@admin_only
def edit(key: int) -> Response:
    one = section_or_404(key)
    keys = request.args.get("id", "")
    records = [state().library.records.get(int(text)) for text in keys.split(",") if text.isdigit()]
    found = [record for record in records if record is not None and record.section is one]
    if not found:
        refuse(404)
    return edits.answer(found)


@views.put("/library/sections/<int:key>/emptyTrash")
@views.put("/library/sections/<int:key>/analyze", endpoint="analyze_section")
@admin_only
def housekeeping(key: int) -> Response:
    section_or_404(key)
    return empty()


@views.delete("/library/sections/<int:key>/collection/<int:collection>")
@admin_only
def delete_collection(key: int, collection: int) -> Response:
    one = section_or_404(key)
    if collection not in {found.rating_key for found in state().library.collections(one)}:
        refuse(404)
    state().library.records.pop(collection)
    return empty()
