"""One id for all that a request sets in motion: on the error page, in the log line, in the header, on the job."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse

HEADER = "X-Request-ID"
_KEY = "correlation_id"


def current() -> str:
    """The id of the request or job under way; empty outside of both."""
    return str(structlog.contextvars.get_contextvars().get(_KEY, ""))


def bind(correlation_id: str = "") -> str:
    """Start a new context under the given id, or a fresh one of 12 hex digits."""
    correlation_id = correlation_id or uuid.uuid4().hex[:12]
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(**{_KEY: correlation_id})
    return correlation_id


class CorrelationMiddleware:
    """Gives each request an id of our own (a client's is never taken over) and returns it in a header."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        correlation_id = bind()
        response = self.get_response(request)
        response.headers[HEADER] = correlation_id
        return response
