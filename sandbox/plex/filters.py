"""The query language of lists: which items, in which order."""

from __future__ import annotations

import datetime as dt
import re
import time
from collections.abc import Callable, Iterable, Sequence

from sandbox.plex.library import Library
from sandbox.plex.records import TYPE_NAMES, Item, Record, Section

_AGO = re.compile(r"^-(\d+)([smhdwy]|mon)$")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 7 * 86400, "mon": 30 * 86400, "y": 365 * 86400}

Fact = str | int | float | None

_FACTS: dict[str, Callable[[Library, Record], Fact | list[str]]] = {
    "title": lambda library, record: record.title,
    "titleSort": lambda library, record: record.sort_title.casefold(),
    "addedAt": lambda library, record: record.added_at,
    "updatedAt": lambda library, record: record.updated_at,
    "id": lambda library, record: record.rating_key,
    "label": lambda library, record: list(record.labels),
    "guid": lambda library, record: record.guid if isinstance(record, Item) else None,
    "year": lambda library, record: record.year if isinstance(record, Item) else None,
    "duration": lambda library, record: record.duration if isinstance(record, Item) else None,
    "genre": lambda library, record: list(record.genres) if isinstance(record, Item) else None,
    "contentRating": lambda library, record: record.content_rating if isinstance(record, Item) else None,
    "audienceRating": lambda library, record: record.vote if isinstance(record, Item) else None,
    "originallyAvailableAt": lambda library, record: record.available if isinstance(record, Item) else None,
    "collection": lambda library, record: (
        [c.title for c in library.collections_of(record)] if isinstance(record, Item) else None
    ),
}

SORTS = ("titleSort", "addedAt", "updatedAt", "year", "originallyAvailableAt", "duration", "audienceRating")
TEXT_FIELDS = ("title",)
EXACT_FIELDS = ("guid", "contentRating", "label", "collection", "genre")


def chosen(library: Library, section: Section, query: Sequence[tuple[str, str]]) -> list[Record]:
    """The section's records that `query` names, sorted; a field that Plex does not know changes nothing.

    Raises ValueError for a type or number that is none.
    """
    wanted = dict(query)
    kind = TYPE_NAMES[int(wanted["type"])] if wanted.get("type") else section.type
    with library.lock:
        found: list[Record] = []
        if kind == "collection":
            found.extend(library.collections(section))
        else:
            found.extend(library.items(section, kind))
        for key, value in query:
            found = [record for record in found if _fits(library, record, key, value)]
        found = ordered(library, found, wanted.get("sort", "titleSort"))
    limit = wanted.get("limit")
    return found[: int(limit)] if limit else found


def choices(library: Library, section: Section, field: str) -> list[str]:
    """The values that a field takes in a section."""
    values: set[str] = set()
    for item in library.items(section, section.type):
        fact = _FACTS[field](library, item)
        values.update(fact if isinstance(fact, list) else [str(fact)] if fact is not None else [])
    return sorted(values)


def _split(key: str, value: str) -> tuple[str, str, str]:
    """`addedAt>>=5` reaches us as the key `addedAt>>` and the value `5`; `title==x` as `title` and `=x`."""
    field = key.rstrip("<>!")
    operator = key[len(field) :] + "="
    if value.startswith("="):
        operator, value = operator + "=", value[1:]
    return field.rpartition(".")[2], operator, value


def _fits(library: Library, record: Record, key: str, value: str) -> bool:
    field, operator, value = _split(key, value)
    if field not in _FACTS:
        return True
    fact = _FACTS[field](library, record)
    options = value.split(",")
    return any(_matches(field, fact, operator, option) for option in options) != operator.startswith("!")


def _matches(field: str, fact: Fact | list[str], operator: str, option: str) -> bool:
    if isinstance(fact, list):
        return option.casefold() in (tag.casefold() for tag in fact)
    if fact is None:
        return False
    if operator in (">>=", "<<="):
        mark: Fact = _moment(option) if isinstance(fact, int) else option
        return _compare(fact, operator, mark)
    text, part = str(fact).casefold(), option.casefold()
    if operator == "<=":
        return text.startswith(part)
    if operator == ">=":
        return text.endswith(part)
    if field in TEXT_FIELDS and operator in ("=", "!="):
        return part in text
    return text == part


def _compare(fact: Fact, operator: str, mark: Fact) -> bool:
    if isinstance(fact, str) or isinstance(mark, str):
        return str(fact) > str(mark) if operator == ">>=" else str(fact) < str(mark)
    return (fact or 0) > (mark or 0) if operator == ">>=" else (fact or 0) < (mark or 0)


def _moment(text: str) -> int:
    """A number, a date, or a time ago like `-30d`."""
    if ago := _AGO.match(text):
        return int(time.time()) - int(ago[1]) * _SECONDS[ago[2]]
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return int(dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC).timestamp())
    return int(text)


def ordered(library: Library, records: Iterable[Record], sort: str) -> list[Record]:
    """Sorted by `field[:desc],…`; what has no value comes last when ascending."""
    result = list(records)
    for part in reversed(sort.split(",")):
        name, _, direction = part.partition(":")
        field = name.rpartition(".")[2]
        if field not in SORTS:
            continue
        result.sort(key=lambda record: _sort_key(_FACTS[field](library, record)), reverse=direction == "desc")
    return result


def _sort_key(fact: Fact | list[str]) -> tuple[bool, float, str]:
    if isinstance(fact, str):
        return False, 0.0, fact
    return (True, 0.0, "") if fact is None or isinstance(fact, list) else (False, float(fact), "")
