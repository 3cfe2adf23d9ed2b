"""The simulated server's library: everything it holds, behind one lock."""

from __future__ import annotations

import re
import threading
import time
import uuid
from collections.abc import Iterable
from pathlib import Path

from sandbox.plex.records import Collection, Item, Playlist, Record, Section

_URI = re.compile(
    r"^(?:server://(?P<machine>[^/]+)/com\.plexapp\.plugins\.library)?/library/metadata/(?P<keys>\d+(?:,\d+)*)$"
)


class Taken(Exception):
    """A collection of that title is in the section already."""


class Library:
    """Sections, items, collections and playlists. Hold `lock` over anything of several steps."""

    def __init__(self, machine_id: str) -> None:
        self.machine_id = machine_id
        self.lock = threading.RLock()
        self.sections: dict[int, Section] = {}
        self.records: dict[int, Record] = {}
        self.playlists: dict[int, Playlist] = {}
        self.last_key = 100

    def next_key(self) -> int:
        with self.lock:
            self.last_key += 1
            return self.last_key

    def add_section(
        self, type: str, title: str, agent: str, scanner: str, location: str, folder: Path | None
    ) -> Section:
        with self.lock:
            key = len(self.sections) + 1
            name = uuid.uuid5(uuid.NAMESPACE_URL, f"sandbox-plex/{title}")
            section = Section(
                key, type, title, agent, scanner, location, str(name), int(time.time()) - 90 * 86400, folder
            )
            self.sections[key] = section
            return section

    def section(self, title: str) -> Section:
        """The section of that title; KeyError if there is none."""
        for section in self.sections.values():
            if section.title == title:
                return section
        raise KeyError(title)

    def add(self, record: Record) -> None:
        with self.lock:
            self.records[record.rating_key] = record
            record.section.changed_at += 1

    def remove(self, item: Item) -> None:
        """Forget an item everywhere; a collection that held only it goes with it."""
        with self.lock:
            self.records.pop(item.rating_key, None)
            item.section.changed_at += 1
            for collection in self.collections():
                if item in collection.members:
                    self.drop_from(collection, item)
            for playlist in self.playlists.values():
                playlist.entries = [entry for entry in playlist.entries if entry[1] is not item]

    def items(self, section: Section | None = None, type: str | None = None) -> list[Item]:
        with self.lock:
            return [
                record
                for record in self.records.values()
                if isinstance(record, Item)
                and (section is None or record.section is section)
                and (type is None or record.type == type)
            ]

    def collections(self, section: Section | None = None) -> list[Collection]:
        with self.lock:
            return [
                record
                for record in self.records.values()
                if isinstance(record, Collection) and (section is None or record.section is section)
            ]

    def children(self, parent: Record) -> list[Item]:
        if isinstance(parent, Collection):
            with self.lock:
                return parent.items
        return sorted((i for i in self.items(parent.section) if i.parent is parent), key=lambda item: item.index or 0)

    def leaves(self, item: Item) -> list[Item]:
        if item.type == "season":
            return self.children(item)
        return [leaf for child in self.children(item) for leaf in self.leaves(child)] if item.type == "show" else []

    def collections_of(self, item: Item) -> list[Collection]:
        return [collection for collection in self.collections(item.section) if item in collection.members]

    def items_of_uri(self, uri: str) -> list[Item]:
        """The items that a `server://…/library/metadata/1,2` address names; unknown keys are passed over.

        Raises ValueError if it is no such address, or one of another server.
        """
        match = _URI.match(uri)
        if match is None or match["machine"] not in (None, self.machine_id):
            raise ValueError(uri)
        with self.lock:
            found = (self.records.get(int(key)) for key in match["keys"].split(","))
            return [record for record in found if isinstance(record, Item)]

    def collection_titled(self, section: Section, title: str) -> Collection | None:
        wanted = title.casefold()
        return next((c for c in self.collections(section) if c.title.casefold() == wanted), None)

    def collect(self, section: Section, title: str, items: Iterable[Item], subtype: str) -> Collection:
        """Put items into the collection of that title, made if need be: titles are unique in a section."""
        with self.lock:
            collection = self.collection_titled(section, title)
            if collection is None:
                now = int(time.time())
                collection = Collection(self.next_key(), "collection", section, title, now, now, subtype=subtype)
                self.add(collection)
            self.put_into(collection, items)
            return collection

    def put_into(self, collection: Collection, items: Iterable[Item]) -> None:
        """Append what is not there yet; items of another section or type are passed over."""
        with self.lock:
            for item in items:
                fits = item.section is collection.section and item.type == collection.subtype
                if fits and item not in collection.members:
                    collection.members.append(item)
            self.touch(collection)

    def drop_from(self, collection: Collection, item: Item) -> None:
        """Take one item out; an empty collection is gone. ValueError if it was not in."""
        with self.lock:
            collection.members.remove(item)
            self.touch(collection)
            if not collection.members:
                self.records.pop(collection.rating_key, None)

    def rename(self, record: Record, title: str) -> None:
        """Raises Taken when another collection of the section bears the title."""
        with self.lock:
            if isinstance(record, Collection):
                other = self.collection_titled(record.section, title)
                if other is not None and other is not record:
                    raise Taken(title)
            record.title = title

    def touch(self, record: Record | Playlist) -> None:
        record.updated_at = max(int(time.time()), record.updated_at + 1)
