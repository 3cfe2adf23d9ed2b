"""Field edits in Plex's query form: `title.value=…`, `label[0].tag.tag=…`, `label[].tag.tag-=…`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import unquote

from flask import Response, request

from sandbox.plex.library import Library, Taken
from sandbox.plex.records import Item, Record
from sandbox.plex.replies import empty, refuse, state

_PUT = re.compile(r"^(label|collection)\[\d+\]\.tag\.tag$")
_TAKE = re.compile(r"^(label|collection)\[\]\.tag\.tag-$")
_LOCK = re.compile(r"^(\w+)\.locked$")
_FIELDS = {"summary": "summary", "titleSort": "title_sort"}


def answer(records: Sequence[Record]) -> Response:
    """Apply the query's edits to every record; 409 when a collection's new title is taken."""
    library = state().library
    with library.lock:
        for record in records:
            try:
                _apply(library, record, request.args.to_dict())
            except Taken:
                refuse(409)
    return empty()


def _apply(library: Library, record: Record, query: dict[str, str]) -> None:
    if title := query.get("title.value"):
        library.rename(record, title)
    for field, attribute in _FIELDS.items():
        if f"{field}.value" in query:
            setattr(record, attribute, query[f"{field}.value"])
    if isinstance(record, Item):
        record.available = query.get("originallyAvailableAt.value", record.available)
        record.content_rating = query.get("contentRating.value", record.content_rating)
    for key, value in query.items():
        if lock := _LOCK.match(key):
            (record.locked.add if value == "1" else record.locked.discard)(lock[1])
        elif put := _PUT.match(key):
            _put_tag(library, record, put[1], value)
        elif take := _TAKE.match(key):
            for tag in value.split(","):
                _take_tag(library, record, take[1], unquote(tag))
    library.touch(record)


def _put_tag(library: Library, record: Record, kind: str, tag: str) -> None:
    if kind == "label":
        if tag not in record.labels:
            record.labels.append(tag)
    elif isinstance(record, Item):
        library.collect(record.section, tag, [record], record.type)


def _take_tag(library: Library, record: Record, kind: str, tag: str) -> None:
    if kind == "label":
        record.labels = [label for label in record.labels if label != tag]
    elif isinstance(record, Item):
        collection = library.collection_titled(record.section, tag)
        if collection is not None and record in collection.members:
            library.drop_from(collection, record)
