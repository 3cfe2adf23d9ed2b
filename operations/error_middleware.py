"""Writing down, after each request, that it failed or was refused."""

from __future__ import annotations

from collections.abc import Callable

import structlog
from django.db import connection
from django.http import HttpRequest, HttpResponse

from medianest.lib.database_away import is_away
from operations import error_log

log = structlog.get_logger(__name__)


class ErrorLogMiddleware:
    """Writes down errors and refusals. Stands outside of whatever opens a transaction around the request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        try:
            self._write_down(request, response)
        except Exception:  # the answer stands, whatever is wrong with writing about it
            log.exception("error_log_crashed")
        return response

    def _write_down(self, request: HttpRequest, response: HttpResponse) -> None:
        if response.status_code < 400:
            if connection.connection is not None:  # whoever waits for a connection has no time for old errors
                error_log.write_waiting()
            return
        fault = error_log.taken(request)
        row = error_log.of_answer(request, response, fault)
        if row is not None:
            error_log.record(row, is_database_away=is_away(fault.error))
