"""The `Meta` part of a list: which sorts and filters a section offers. plexapi will not sort without it."""

from __future__ import annotations

from sandbox.plex.filters import SORTS
from sandbox.plex.nodes import Node, Value
from sandbox.plex.records import TYPE_NUMBERS, Section

_KINDS = {"movie": ("movie",), "show": ("show", "season", "episode")}
_FIELDS = {
    "title": "string",
    "year": "integer",
    "addedAt": "date",
    "originallyAvailableAt": "date",
    "duration": "integer",
    "contentRating": "tag",
    "genre": "tag",
    "collection": "tag",
    "label": "tag",
    "guid": "guid",
}
_OPERATORS = {
    "string": {"=": "contains", "!=": "does not contain", "==": "is", "<=": "begins with", ">=": "ends with"},
    "integer": {"=": "is", "!=": "is not", ">>=": "is greater than", "<<=": "is less than"},
    "date": {"<<=": "is before", ">>=": "is after"},
    "tag": {"=": "is", "!=": "is not"},
}


def meta_node(section: Section, kinds: tuple[str, ...] = ()) -> Node:
    shown = kinds or _KINDS[section.type]
    types = [_type_node(section, kind, active=kind == shown[0]) for kind in shown]
    fields = [
        Node(
            "FieldType", {"type": name}, [Node("Operator", {"key": key, "title": title}) for key, title in ops.items()]
        )
        for name, ops in _OPERATORS.items()
    ]
    return Node("Meta", {}, types + fields, single=True)


def _type_node(section: Section, kind: str, active: bool) -> Node:
    home = f"/library/sections/{section.key}"
    prefix = f"{kind}." if section.type == "show" else ""
    sorts = [
        Node(
            "Sort",
            {
                "active": sort == "titleSort",
                "activeDirection": "asc",
                "default": "asc" if sort == "titleSort" else None,
                "defaultDirection": "asc" if sort == "titleSort" else "desc",
                "descKey": f"{sort}:desc",
                "key": sort,
                "title": sort,
            },
        )
        for sort in SORTS
    ]
    filters = [
        Node(
            "Filter", {"filter": name, "filterType": "string", "key": f"{home}/{name}", "title": name, "type": "filter"}
        )
        for name in ("genre", "year", "contentRating", "collection", "label")
    ]
    fields = [Node("Field", {"key": prefix + name, "title": name, "type": type}) for name, type in _FIELDS.items()]
    attrs: dict[str, Value] = {
        "key": f"{home}/all?type={TYPE_NUMBERS[kind]}",
        "type": kind,
        "title": kind.title(),
        "active": active,
    }
    return Node("Type", attrs, filters + sorts + fields)
