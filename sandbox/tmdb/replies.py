"""How TMDB answers: who may ask, its numbered errors, its pages."""

from __future__ import annotations

from typing import Any, NoReturn, cast

from flask import Response, abort, current_app, jsonify, request
from werkzeug.datastructures import Headers

from sandbox.tmdb.catalogue import BY_KEY
from sandbox.tmdb.state import State
from sandbox.world import Title

_ERRORS = {
    5: (422, "Invalid parameters: Your request parameters are incorrect."),
    7: (401, "Invalid API key: You must be granted a valid key."),
    20: (422, "Invalid date range: Should be a range no longer than 14 days."),
    22: (400, "Invalid page: Pages start at 1 and max at 500. They are expected to be an integer."),
    25: (429, "Your request count is over the allowed limit."),
    27: (400, "Too many append to response objects: The maximum number of remote calls is 20."),
    34: (404, "The resource you requested could not be found."),
}
LAST_PAGE = 500


def state() -> State:
    return cast(State, current_app.extensions["tmdb"])


def refuse(code: int, headers: Headers | None = None) -> NoReturn:
    """End the request with TMDB's error of that number."""
    status, message = _ERRORS[code]
    answer = jsonify(success=False, status_code=code, status_message=message)
    answer.status_code = status
    answer.headers.extend(headers or Headers())
    abort(answer)


def admit() -> Response | None:
    """Let nobody in without the token, nobody at all while throttled. Pictures are for everybody."""
    if request.path.startswith("/t/p/"):
        return None
    known = state()
    known.count()
    bearer = request.headers.get("Authorization", "") == f"Bearer {known.token}"
    if not bearer and request.args.get("api_key") != known.api_key:
        refuse(7)
    wait = known.throttled()
    if wait is not None:
        refuse(25, Headers({"Retry-After": str(wait)} if wait else {}))
    return None


def language() -> str:
    """The language without its region: de for de-DE. English if none is asked for."""
    return request.args.get("language", "en").partition("-")[0].lower() or "en"


def page() -> int:
    asked = request.args.get("page", "1")
    if not asked.isdigit() or not 1 <= int(asked) <= LAST_PAGE:
        refuse(22)
    return int(asked)


def title_or_404(media_type: str, tmdb_id: int) -> Title:
    found = BY_KEY.get((tmdb_id, media_type))
    if found is None or (tmdb_id, media_type) in state().gone:
        refuse(34)
    return found


def answer(body: dict[str, Any]) -> Response:
    return jsonify(body)
