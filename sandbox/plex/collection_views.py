"""Collections: making them, what they hold and in which order."""

from __future__ import annotations

from flask import Blueprint, Response, request

from sandbox.plex.nodes import Node
from sandbox.plex.records import TYPE_NAMES, Collection, Item, Record
from sandbox.plex.replies import (
    admin_only,
    collection_or_404,
    container,
    empty,
    items_asked,
    listing,
    refuse,
    section_or_404,
    state,
)
from sandbox.plex.shapes import Extras, record_node

views = Blueprint("collections", __name__)

PAGE = 100


def _draw(record: Record) -> Node:
    extras = Extras(
        guids=request.args.get("includeGuids") == "1", preferences=request.args.get("includePreferences") == "1"
    )
    return record_node(state().library, record, extras)


@views.post("/library/collections")
@admin_only
def create() -> Response:
    section_id, title = request.args.get("sectionId", ""), request.args.get("title", "")
    if not section_id.isdigit() or not title or request.args.get("smart") == "1":
        refuse(400)
    section, items = section_or_404(int(section_id)), items_asked()
    kind = TYPE_NAMES.get(int(request.args.get("type") or "1"))
    fitting = [item for item in items if item.section is section and item.type == kind]
    if kind is None or not fitting:
        refuse(400)
    return container([_draw(state().library.collect(section, title, fitting, kind))])


@views.get("/library/collections/<int:key>")
def detail(key: int) -> Response:
    return container([_draw(collection_or_404(key))])


@views.delete("/library/collections/<int:key>")
@admin_only
def delete(key: int) -> Response:
    collection_or_404(key)
    state().library.records.pop(key, None)
    return empty()


@views.get("/library/collections/<int:key>/children")
@views.get("/library/collections/<int:key>/items", endpoint="items")
def children(key: int) -> Response:
    collection = collection_or_404(key)
    return listing(state().library.children(collection), _draw, {"title1": collection.title}, default=PAGE)


@views.put("/library/collections/<int:key>/items")
@admin_only
def add_items(key: int) -> Response:
    collection = collection_or_404(key)
    state().library.put_into(collection, items_asked())
    return container([_draw(collection)])


def _member(collection: Collection, key: int) -> Item:
    """The item if it is in the collection; 400, as Plex has it, if not."""
    for item in collection.members:
        if item.rating_key == key:
            return item
    refuse(400)


@views.route("/library/collections/<int:key>/items/<int:item>", methods=["PUT", "DELETE"])
@admin_only
def remove_item(key: int, item: int) -> Response:
    library, collection = state().library, collection_or_404(key)
    with library.lock:
        library.drop_from(collection, _member(collection, item))
    return container([_draw(collection)])


@views.put("/library/collections/<int:key>/items/<int:item>/move")
@admin_only
def move_item(key: int, item: int) -> Response:
    """Behind the item `after`, or to the front. Seen only while the order is custom."""
    library, collection = state().library, collection_or_404(key)
    after = request.args.get("after", "")
    with library.lock:
        moved = _member(collection, item)
        mark = _member(collection, int(after)) if after.isdigit() else None
        if mark is not moved:
            collection.members.remove(moved)
            collection.members.insert(collection.members.index(mark) + 1 if mark else 0, moved)
            library.touch(collection)
    return container([_draw(collection)])


@views.put("/library/collections/<int:key>/prefs")
@views.put("/library/metadata/<int:key>/prefs", endpoint="metadata_prefs")
@admin_only
def preferences(key: int) -> Response:
    collection = collection_or_404(key)
    try:
        sort = int(request.args.get("collectionSort", collection.sort))
        mode = int(request.args.get("collectionMode", collection.mode))
    except ValueError:
        refuse(400)
    if sort not in (0, 1, 2) or mode not in (-1, 0, 1, 2):
        refuse(400)
    collection.sort, collection.mode = sort, mode
    state().library.touch(collection)
    return empty()
