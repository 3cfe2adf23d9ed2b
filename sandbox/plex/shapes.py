"""How sections, items, collections and playlists look in an answer."""

from __future__ import annotations

import dataclasses
from pathlib import PurePosixPath

from sandbox.plex.library import Library
from sandbox.plex.nodes import Node, Value
from sandbox.plex.records import Collection, Item, Playlist, Record, Section

_TAGS = {"show": "Directory", "season": "Directory", "collection": "Directory"}


@dataclasses.dataclass(frozen=True)
class Extras:
    """What was asked for beside the plain item."""

    guids: bool = False
    preferences: bool = False
    streams: bool = False


def section_node(section: Section, refreshing: bool) -> Node:
    attrs: dict[str, Value] = {
        "allowSync": True,
        "art": f"/:/resources/{section.type}-fanart.jpg",
        "composite": f"/library/sections/{section.key}/composite/{section.changed_at}",
        "filters": True,
        "refreshing": refreshing,
        "thumb": f"/:/resources/{section.type}.png",
        "key": str(section.key),
        "type": section.type,
        "title": section.title,
        "agent": section.agent,
        "scanner": section.scanner,
        "language": "xn" if section.agent.endswith(".none") else "en-US",
        "uuid": section.uuid,
        "updatedAt": section.created_at,
        "createdAt": section.created_at,
        "scannedAt": section.scanned_at,
        "content": True,
        "directory": True,
        "contentChangedAt": section.changed_at,
        "hidden": False,
    }
    return Node("Directory", attrs, [Node("Location", {"id": section.key, "path": section.location})])


def record_node(library: Library, record: Record, extras: Extras | None = None) -> Node:
    extras = extras or Extras()
    if isinstance(record, Collection):
        return _collection_node(record, extras)
    assert isinstance(record, Item)  # noqa: S101  (the library holds these two kinds)
    return _item_node(library, record, extras)


def _base(record: Record) -> dict[str, Value]:
    home = f"/library/metadata/{record.rating_key}"
    door = home.replace("metadata", "collections") if record.type == "collection" else home
    has_children = record.type in ("show", "season", "collection")
    return {
        "ratingKey": str(record.rating_key),
        "key": f"{door}/children" if has_children else home,
        "type": record.type,
        "title": record.title,
        "titleSort": record.sort_title if record.sort_title != record.title else None,
        "summary": record.summary,
        "librarySectionTitle": record.section.title,
        "librarySectionID": record.section.key,
        "librarySectionKey": f"/library/sections/{record.section.key}",
        "thumb": f"{home}/thumb/{record.updated_at}",
        "art": f"{home}/art/{record.updated_at}" if record.type != "collection" else None,
        "addedAt": record.added_at,
        "updatedAt": record.updated_at,
    }


def _collection_node(collection: Collection, extras: Extras) -> Node:
    years = [item.year for item in collection.members if item.year]
    attrs = _base(collection) | {
        "guid": f"collection://{collection.section.uuid}-{collection.rating_key}",
        "subtype": collection.subtype,
        "smart": False,
        "childCount": len(collection.members),
        "collectionSort": str(collection.sort) if collection.sort else None,
        "collectionMode": str(collection.mode) if collection.mode >= 0 else None,
        "minYear": min(years) if years else None,
        "maxYear": max(years) if years else None,
    }
    children = [Node("Label", {"tag": label}) for label in collection.labels] + _locks(collection)
    if extras.preferences:
        children.append(_preferences(collection))
    return Node("Directory", attrs, children, name="Metadata")


def _preferences(collection: Collection) -> Node:
    modes = "-1:Library default|0:Hide collection|1:Hide items in this collection|2:Show this collection and its items"
    settings = [
        ("collectionMode", "Collection mode", -1, collection.mode, modes),
        ("collectionSort", "Collection order", 0, collection.sort, "0:Release date|1:Alphabetical|2:Custom"),
    ]
    return Node(
        "Preferences",
        children=[
            Node(
                "Setting",
                {
                    "id": id,
                    "label": label,
                    "summary": "",
                    "type": "int",
                    "default": str(default),
                    "value": str(value),
                    "hidden": False,
                    "advanced": False,
                    "group": "",
                    "enumValues": choices,
                },
            )
            for id, label, default, value, choices in settings
        ],
        single=True,
    )


def _item_node(library: Library, item: Item, extras: Extras) -> Node:
    attrs = _base(item) | {
        "guid": item.guid,
        "year": item.year,
        "originallyAvailableAt": item.available,
        "duration": item.duration,
        "contentRating": item.content_rating,
        "audienceRating": item.vote,
        "index": item.index,
        **_ancestors(item),
    }
    if item.type in ("show", "season"):
        attrs |= {"leafCount": len(library.leaves(item)), "viewedLeafCount": 0}
    if item.type == "show":
        attrs["childCount"] = len(library.children(item))
    children = [_media(item, extras)] if item.file else []
    children += [Node("Genre", {"tag": genre}) for genre in item.genres]
    if extras.guids:
        children += [Node("Guid", {"id": guid}) for guid in item.guids]
    children += [Node("Collection", {"tag": one.title}) for one in library.collections_of(item)]
    children += [Node("Label", {"tag": label}) for label in item.labels] + _locks(item)
    return Node(_TAGS.get(item.type, "Video"), attrs, children, name="Metadata")


def _ancestors(item: Item) -> dict[str, Value]:
    attrs: dict[str, Value] = {}
    levels = [("parent", item.parent), ("grandparent", item.parent.parent if item.parent else None)]
    for prefix, ancestor in levels:
        if ancestor is not None:
            home = f"/library/metadata/{ancestor.rating_key}"
            attrs |= {
                f"{prefix}RatingKey": str(ancestor.rating_key),
                f"{prefix}Key": home,
                f"{prefix}Title": ancestor.title,
                f"{prefix}Thumb": f"{home}/thumb/{ancestor.updated_at}",
            }
            if prefix == "parent":
                attrs["parentIndex"] = ancestor.index
    return attrs


def _locks(record: Record) -> list[Node]:
    return [Node("Field", {"locked": True, "name": name}) for name in sorted(record.locked)]


def _media(item: Item, extras: Extras) -> Node:
    suffix = PurePosixPath(item.file or "").suffix.lstrip(".").lower()
    streams: list[dict[str, Value]] = [
        {"id": item.rating_key * 10 + 1, "streamType": 1, "codec": "h264", "index": 0, "height": 1080, "width": 1920},
        {"id": item.rating_key * 10 + 2, "streamType": 2, "codec": "aac", "index": 1, "channels": 2},
    ]
    part = Node(
        "Part",
        {
            "id": item.rating_key,
            "key": f"/library/parts/{item.rating_key}/{item.added_at}/file.{suffix}",
            "duration": item.duration,
            "file": item.file,
            "size": item.size,
            "container": suffix,
        },
        [Node("Stream", stream) for stream in streams] if extras.streams else [],
    )
    attrs: dict[str, Value] = {
        "id": item.rating_key,
        "duration": item.duration,
        "bitrate": 4000,
        "width": 1920,
        "height": 1080,
        "aspectRatio": 1.78,
        "audioChannels": 2,
        "audioCodec": "aac",
        "videoCodec": "h264",
        "videoResolution": "1080",
        "container": suffix,
        "videoFrameRate": "24p",
    }
    return Node("Media", attrs, [part])


def playlist_node(playlist: Playlist) -> Node:
    return Node(
        "Playlist",
        {
            "ratingKey": str(playlist.rating_key),
            "key": f"/playlists/{playlist.rating_key}/items",
            "guid": f"com.plexapp.agents.none://playlist-{playlist.rating_key}",
            "type": "playlist",
            "title": playlist.title,
            "summary": playlist.summary,
            "smart": False,
            "playlistType": "video",
            "composite": f"/playlists/{playlist.rating_key}/composite/{playlist.updated_at}",
            "duration": sum(item.duration or 0 for _, item in playlist.entries),
            "leafCount": len(playlist.entries),
            "addedAt": playlist.added_at,
            "updatedAt": playlist.updated_at,
        },
        name="Metadata",
    )
