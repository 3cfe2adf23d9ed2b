"""One answer tree, written as XML or as JSON the way a Plex server does."""

from __future__ import annotations

import dataclasses
import re
from typing import Any
from xml.etree import ElementTree

Value = str | int | float | bool | None

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclasses.dataclass
class Node:
    """An XML element; `name` is its key in JSON, where elements of one name form a list.

    With `single` the JSON value is the object itself. Attributes that are None are left out.
    """

    tag: str
    attrs: dict[str, Value] = dataclasses.field(default_factory=dict)
    children: list[Node] = dataclasses.field(default_factory=list)
    name: str = ""
    single: bool = False


def _text(value: Value) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    return _NOT_XML.sub("", str(value))


def _element(node: Node) -> ElementTree.Element:
    element = ElementTree.Element(node.tag, {k: _text(v) for k, v in node.attrs.items() if v is not None})
    element.extend(_element(child) for child in node.children)
    return element


def _plain(node: Node) -> dict[str, Any]:
    answer: dict[str, Any] = {key: value for key, value in node.attrs.items() if value is not None}
    for child in node.children:
        name = child.name or child.tag
        if child.single:
            answer[name] = _plain(child)
        else:
            answer.setdefault(name, []).append(_plain(child))
    return answer


def as_xml(root: Node) -> bytes:
    ElementTree.indent(tree := _element(root))
    return bytes(ElementTree.tostring(tree, encoding="utf-8", xml_declaration=True))


def as_json(root: Node) -> dict[str, Any]:
    return {root.name or root.tag: _plain(root)}
