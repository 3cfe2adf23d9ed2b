"""What happens to a request before its view: the check against the description, then who is asking."""

from __future__ import annotations

import socket
import urllib.parse
from collections.abc import Mapping
from typing import Any, NoReturn, cast

from flask import abort, current_app, g, jsonify, request
from werkzeug.wrappers import Response

from sandbox.overseerr.doors import DOORS, NUMBER_PARTS, Door, Field, Param
from sandbox.overseerr.records import User
from sandbox.overseerr.state import State

_RESERVED = frozenset(":/?#[]@!$&'()*+,;=")


def state() -> State:
    return cast(State, current_app.extensions["overseerr"])


def caller() -> User:
    """The person on whose behalf the request acts."""
    return cast(User, g.caller)


def refuse(status: int, message: str, errors: list[dict[str, str]] | None = None) -> NoReturn:
    """End the request in the first error shape: of the routes and of the check against the description."""
    answer = jsonify({"message": message} | ({"errors": errors} if errors is not None else {}))
    answer.status_code = status
    abort(answer)


def deny() -> NoReturn:
    """End the request in the second error shape: of the check of permissions."""
    answer = jsonify(status=403, error="You do not have permission to access this endpoint")
    answer.status_code = 403
    abort(answer)


def _invalid(place: str, message: str) -> NoReturn:
    refuse(400, message, [{"path": place, "message": message}])


def gate() -> Response | None:
    """Check in the order of the real one: CSRF, address, key or cookie, parameters, body; then the person."""
    if not request.path.startswith("/api/v1"):
        return None
    known = state()
    if known.csrf and request.method not in ("GET", "HEAD", "OPTIONS"):
        refuse(403, "invalid csrf token")
    door = DOORS.get(request.endpoint or "")
    if door is None or not door.first <= known.major <= door.last:
        _unknown()
    if not door.public and "X-Api-Key" not in request.headers and "connect.sid" not in request.cookies:
        message = "cookie 'connect.sid' required"
        refuse(401, message, [{"path": request.path.removeprefix("/api/v1"), "message": message}])
    _check_path(door)
    _check_query(door, known.major)
    _check_body(door)
    dropped = _identify(known)
    if dropped is not None:
        return dropped
    if not door.public and g.caller is None:
        deny()
    if door.needs and not caller().may(*door.needs):
        deny()
    return None


def _unknown() -> NoReturn:
    refuse(404, "not found", [{"path": request.path, "message": "not found"}])


def _check_path(door: Door) -> None:
    for name, value in (request.view_args or {}).items():
        if name in NUMBER_PARTS and not _is_number(str(value)):
            _invalid(f"/params/{name}", f"request/params/{name} must be number")
        allowed = door.choices.get(name)
        if allowed is not None and value not in allowed:
            listed = ", ".join(allowed)
            _invalid(f"/params/{name}", f"request/params/{name} must be equal to one of the allowed values: {listed}")


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _check_query(door: Door, major: int) -> None:
    known = {name: param for name, param in door.query.items() if param.since <= major}
    for name in request.args:
        if name not in known:
            _invalid(f"/query/{name}", f"Unknown query parameter '{name}'")
    raw = dict(part.partition("=")[::2] for part in request.query_string.decode("latin-1").split("&") if part)
    for name, param in known.items():
        if name not in request.args:
            if param.required:
                _invalid(f"/query/{name}", f"request/query must have required property '{name}'")
            continue
        if request.args[name] == "":
            _invalid(f"/query/{name}", f"Empty value found for query parameter '{name}'")
        if not param.reserved and _RESERVED & set(raw.get(urllib.parse.quote(name), "")):
            told = f"Parameter '{name}' must be url encoded. Its value may not contain reserved characters."
            _invalid(f"/query/{name}", told)
        _check_value(name, param, request.args[name], major)


def _check_value(name: str, param: Param, value: str, major: int) -> None:
    if param.kind == "number" and not _is_number(value):
        _invalid(f"/query/{name}", f"request/query/{name} must be number")
    allowed = param.allowed(major)
    if allowed and value not in allowed:
        listed = ", ".join(allowed)
        _invalid(f"/query/{name}", f"request/query/{name} must be equal to one of the allowed values: {listed}")


def _check_body(door: Door) -> None:
    """Fields nobody has described are let through; the described ones must have their type."""
    if door.body is None:
        return
    if not request.data:
        if door.body_required:
            refuse(
                415, "unsupported media type undefined", [{"path": request.path, "message": "unsupported media type"}]
            )
        return
    if request.mimetype != "application/json":
        message = f"unsupported media type {request.mimetype}"
        refuse(415, message, [{"path": request.path, "message": message}])
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        refuse(400, "Unexpected token in JSON")
    _check_fields(door.body, body)


def _check_fields(fields: Mapping[str, Field], body: Mapping[str, Any]) -> None:
    for name, field in fields.items():
        if name not in body:
            if field.required:
                _invalid(f"/body/{name}", f"request/body must have required property '{name}'")
        elif not (body[name] is None and field.nullable):
            problem = _problem(field, body[name])
            if problem:
                _invalid(f"/body/{name}", f"request/body/{name} {problem}")


def _problem(field: Field, value: Any) -> str:
    """What is wrong with a value, "" when nothing is."""
    if field.kind == "seasons":
        return "" if value == "all" else _problem(Field("numbers"), value)
    if field.kind in ("numbers", "strings"):
        wanted = field.kind.removesuffix("s")
        if not isinstance(value, list):
            return "must be array"
        return next((problem for one in value if (problem := _problem(Field(wanted), one))), "")
    kinds: dict[str, type | tuple[type, ...]] = {"string": str, "number": (int, float), "boolean": bool, "object": dict}
    wrong = not isinstance(value, kinds[field.kind]) or (field.kind == "number" and isinstance(value, bool))
    if wrong:
        return f"must be {field.kind}"
    if field.choices and value not in field.choices:
        return f"must be equal to one of the allowed values: {', '.join(field.choices)}"
    return ""


def _identify(known: State) -> Response | None:
    """Find out who is asking. The one key is the owner's; `X-Api-User` with it is that person."""
    g.caller = None
    if request.headers.get("X-Api-Key") != known.api_key:
        return None
    asked = request.headers.get("X-Api-User", "").strip()
    if asked and not _is_number(asked):
        return never_answer(known)
    with known.lock:
        g.caller = known.users.get(int(float(asked)) if asked else 1)
    return None


def never_answer(known: State) -> Response:
    """Leave the caller waiting until the service is stopped or `hang_limit` is over, then drop the connection."""
    known.release.wait(known.hang_limit)
    connection = request.environ.get("werkzeug.socket")
    if isinstance(connection, socket.socket):
        connection.shutdown(socket.SHUT_RDWR)
    return Response(status=500)
