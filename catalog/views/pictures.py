"""Pictures of titles and people, from our own store."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from catalog import pictures
from operations.row_security import own_scope

_YEAR = 31_536_000
_EMPTY = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 2 3"/>'


@own_scope
@require_GET
def tmdb(request: HttpRequest, size: str, name: str) -> HttpResponse:
    """One of TMDB's pictures; nothing at all, for a minute, while it cannot be had: the page's own colour shows."""
    found = pictures.tmdb_picture(size, f"/{name}")
    if found is None:
        response = HttpResponse(_EMPTY, content_type="image/svg+xml")
        response.headers["Cache-Control"] = "private, max-age=60"
        return response
    response = HttpResponse(found.body, content_type=found.content_type)
    response.headers["Cache-Control"] = f"private, max-age={_YEAR}, immutable"
    return response
