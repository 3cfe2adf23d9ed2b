"""Playlists: each belongs to the account that made it and nobody else sees it."""

from __future__ import annotations

import time

from flask import Blueprint, Response, request

from sandbox.plex.nodes import Node
from sandbox.plex.records import Item, Playlist
from sandbox.plex.replies import (
    container,
    empty,
    items_asked,
    listing,
    playlist_or_404,
    refuse,
    state,
    viewer,
)
from sandbox.plex.shapes import Extras, playlist_node, record_node

views = Blueprint("playlists", __name__)


@views.get("/playlists")
def playlists() -> Response:
    mine = [one for one in state().library.playlists.values() if one.owner == viewer().username]
    title = request.args.get("title", "").casefold()
    return listing([one for one in mine if title in one.title.casefold()], playlist_node)


@views.post("/playlists")
def create() -> Response:
    title, library = request.args.get("title", ""), state().library
    if not title or request.args.get("type", "video") != "video" or request.args.get("smart") == "1":
        refuse(400)
    items, now = items_asked() if request.args.get("uri") else [], int(time.time())
    playlist = Playlist(library.next_key(), viewer().username, title, now, now)
    _append(playlist, items)
    library.playlists[playlist.rating_key] = playlist
    return container([playlist_node(playlist)])


def _append(playlist: Playlist, items: list[Item]) -> None:
    playlist.entries += [(state().library.next_key(), item) for item in items if viewer().sees(item.section)]


@views.get("/playlists/<int:key>")
def detail(key: int) -> Response:
    return container([playlist_node(playlist_or_404(key))])


@views.put("/playlists/<int:key>")
def edit(key: int) -> Response:
    playlist = playlist_or_404(key)
    playlist.title = request.args.get("title") or request.args.get("title.value") or playlist.title
    playlist.summary = request.args.get("summary", request.args.get("summary.value", playlist.summary))
    state().library.touch(playlist)
    return empty()


@views.delete("/playlists/<int:key>")
def delete(key: int) -> Response:
    playlist_or_404(key)
    state().library.playlists.pop(key, None)
    return empty()


@views.get("/playlists/<int:key>/items")
def items(key: int) -> Response:
    return listing(playlist_or_404(key).entries, _draw_entry)


def _draw_entry(entry: tuple[int, Item]) -> Node:
    node = record_node(state().library, entry[1], Extras(guids=request.args.get("includeGuids") == "1"))
    node.attrs["playlistItemID"] = entry[0]
    return node


@views.put("/playlists/<int:key>/items")
def add_items(key: int) -> Response:
    """Unlike a collection, a playlist holds an item as often as it is added."""
    playlist = playlist_or_404(key)
    with state().library.lock:
        _append(playlist, items_asked())
        state().library.touch(playlist)
    return container([playlist_node(playlist)])


@views.delete("/playlists/<int:key>/items")
def clear(key: int) -> Response:
    playlist = playlist_or_404(key)
    playlist.entries.clear()
    return container([playlist_node(playlist)])


def _entry(playlist: Playlist, number: int) -> tuple[int, Item]:
    for entry in playlist.entries:
        if entry[0] == number:
            return entry
    refuse(404)


@views.delete("/playlists/<int:key>/items/<int:number>")
def remove_item(key: int, number: int) -> Response:
    playlist = playlist_or_404(key)
    with state().library.lock:
        playlist.entries.remove(_entry(playlist, number))
        state().library.touch(playlist)
    return container([playlist_node(playlist)])


@views.put("/playlists/<int:key>/items/<int:number>/move")
def move_item(key: int, number: int) -> Response:
    playlist, after = playlist_or_404(key), request.args.get("after", "")
    with state().library.lock:
        moved = _entry(playlist, number)
        mark = _entry(playlist, int(after)) if after.isdigit() else None
        if mark is not moved:
            playlist.entries.remove(moved)
            playlist.entries.insert(playlist.entries.index(mark) + 1 if mark else 0, moved)
            state().library.touch(playlist)
    return container([playlist_node(playlist)])
