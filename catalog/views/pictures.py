"""Pictures of titles and people, from our own store."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, cast

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from catalog import pictures
from catalog.access import item_or_404
from medianest.lib.picture_store import Picture
from operations.row_security import acting_as, own_scope

if TYPE_CHECKING:
    from accounts.models import User

_YEAR, _DAY = 31_536_000, 86_400
_EMPTY = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 2 3"/>'


@own_scope
@require_GET
def tmdb(request: HttpRequest, size: str, name: str) -> HttpResponse:
    """One of TMDB's pictures; nothing at all, for a minute, while it cannot be had: the page's own colour shows."""
    return _answer(pictures.tmdb_picture(size, f"/{name}"), _YEAR, "immutable")


@own_scope
@require_GET
def library(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """A library item's picture; 404 for whoever may not see its section."""
    user = cast("User", request.user)
    with acting_as(user):
        item = item_or_404(user, pk)
    # An address with a mark is another one when the picture changes, so this one may be kept.
    kept = (_YEAR, "immutable") if "v" in request.GET else (_DAY, "must-revalidate")
    return _answer(pictures.library_picture(item), *kept)


def _answer(found: Picture | None, seconds: int, more: str) -> HttpResponse:
    if found is None:
        response = HttpResponse(_EMPTY, content_type="image/svg+xml")
        response.headers["Cache-Control"] = "private, max-age=60"
        return response
    response = HttpResponse(found.body, content_type=found.content_type)
    response.headers["Cache-Control"] = f"private, max-age={seconds}, {more}"
    return response
