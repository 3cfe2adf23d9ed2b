"""What programs send and what they are answered: JSON, with errors in one shape.

    {"error": {"code": "conflict", "message": "a sentence to show", "reference": "2ff9dd78f061", "fields": {…}}}

`reference` is the one in the log and in the `X-Request-ID` header; `fields` says what is wrong with which field, and is
there for 422 alone.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.forms import BaseForm
from django.http import HttpRequest, JsonResponse
from django.http.request import RawPostDataException
from django.utils.translation import gettext as _

from medianest.lib import correlation

LARGEST = 64 * 1024  # bytes of a body
_ROOT = "/api/"
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
CODES = {
    400: "bad_request",
    401: "sign_in",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    409: "conflict",
    413: "too_large",
    415: "not_json",
    422: "unfit",
    429: "too_often",
    500: "broken",
    503: "away",
}


class Refused(Exception):
    """What was sent cannot be taken as it is: `status` 400, 413, 415, 422 or 503, and why."""

    def __init__(self, status: int, sentence: str, fields: Mapping[str, Sequence[str]] | None = None) -> None:
        super().__init__(sentence)
        self.status, self.sentence, self.fields = status, sentence, fields or {}


def is_asking(request: HttpRequest) -> bool:
    """Whether it is a program that asks, by the address it asks for."""
    return request.path_info.startswith(_ROOT)


def refusal(
    status: int,
    sentence: str,
    *,
    code: str = "",
    fields: Mapping[str, Sequence[str]] | None = None,
    retry_after: int | None = None,
) -> JsonResponse:
    """An answer that says what is wrong: a code to act on (by default the status' own) and a sentence to show."""
    error: dict[str, Any] = {
        "code": code or CODES.get(status, f"status_{status}"),
        "message": sentence,
        "reference": correlation.current(),
    }
    if fields:
        error["fields"] = {name: list(texts) for name, texts in fields.items()}
    answer = JsonResponse({"error": error}, status=status)
    if status == 401:
        answer.headers["WWW-Authenticate"] = 'Bearer realm="MediaNest"'
    if retry_after is not None:
        answer.headers["Retry-After"] = str(retry_after)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def body(request: HttpRequest) -> dict[str, Any]:
    """The JSON object that was sent, or the fields of a form; an empty one for an empty body. Raises Refused."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not (length.isascii() and length.isdigit()) or int(length) > LARGEST:
        raise Refused(413, _("That is too much at once."))
    if length == "0":
        return {}
    if request.content_type in _FORMS:
        return {name: str(value) for name, value in request.POST.items()}
    if request.content_type != "application/json":
        raise Refused(415, _("Send JSON, and say so: Content-Type: application/json."))
    try:
        told = json.loads(request.body)
        json.dumps(told, ensure_ascii=False).encode()  # half a letter (\ud800) can be told, and not be kept
    except (ValueError, RecursionError, RawPostDataException) as wrong:
        raise Refused(400, _("What was sent is no JSON.")) from wrong
    if not isinstance(told, dict):
        raise Refused(400, _("Send a JSON object."))
    return told


def fit(form: BaseForm) -> dict[str, Any]:
    """What a form made of what was sent. Raises Refused (422) with what is wrong in which field."""
    if form.is_valid():
        return dict(form.cleaned_data)
    fields = {name: [str(text) for text in texts] for name, texts in form.errors.items()}
    raise Refused(422, _("Something in it does not fit."), fields)
