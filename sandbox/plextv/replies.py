"""Answers of plex.tv: JSON when asked for, else XML made from the same data."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, NoReturn

from flask import Response, abort, current_app, request

from sandbox.plex.nodes import Node, as_xml
from sandbox.world import Person

if TYPE_CHECKING:
    from sandbox.plextv.state import State

MESSAGES = {
    1000: (400, "X-Plex-Client-Identifier is missing"),
    1001: (401, "User could not be authenticated"),
    1003: (429, "Too many requests"),
    1020: (404, "Code not found or expired"),
}


def state() -> State:
    found: State = current_app.extensions["plextv"]
    return found


def given(name: str) -> str:
    """An X-Plex value, which may come as header or in the query."""
    return request.headers.get(name) or request.args.get(name) or ""


def reply(tag: str, data: Any, status: int = 200) -> Response:
    if "application/json" in request.headers.get("Accept", ""):
        return Response(json.dumps(data), status, mimetype="application/json")
    return xml(_node(tag, data), status)


def xml(root: Node, status: int = 200) -> Response:
    return Response(as_xml(root), status, content_type="application/xml; charset=utf-8")


def _node(tag: str, data: Any) -> Node:
    """Plain values become attributes, objects elements, lists an element with one for each entry."""
    if isinstance(data, list):
        return Node(tag, {}, [_node(tag.removesuffix("s"), entry) for entry in data])
    if not isinstance(data, dict):
        return Node(tag, {"id": data})
    nested = {key: value for key, value in data.items() if isinstance(value, dict | list)}
    plain = {key: "" if value is None else value for key, value in data.items() if key not in nested}
    return Node(tag, plain, [_node(key, value) for key, value in nested.items()])


def fail(code: int) -> NoReturn:
    status, message = MESSAGES[code]
    errors = [{"code": code, "message": message, "status": status}]
    if "application/json" in request.headers.get("Accept", ""):
        abort(reply("errors", {"errors": errors}, status))
    abort(reply("errors", errors, status))


def client_id() -> str:
    found = given("X-Plex-Client-Identifier")
    if not found:
        fail(1000)
    return found


def token() -> str:
    bearer = re.match(r"Bearer (\S+)$", request.headers.get("Authorization", ""))
    return given("X-Plex-Token") or (bearer[1] if bearer else "")


def person() -> Person:
    """Whose token this is; 401 if it is dead."""
    found = state().tokens.person_of(token())
    if found is None:
        fail(1001)
    return state().as_is(found)
