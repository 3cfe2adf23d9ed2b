"""The library: its sections, and the titles of each."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from catalog import ages, browsing, shelf
from catalog.access import section_or_404
from catalog.finding import LONGEST

if TYPE_CHECKING:
    from accounts.models import User


@require_GET
def library(request: HttpRequest) -> HttpResponse:
    """The sections shared with the person, and what is new in them."""
    user = cast("User", request.user)
    context = {"sections": browsing.sections(user), "new": shelf.newest(user)}
    return render(request, "catalog/library.html", context)


@require_GET
def section(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """A section's titles from A to Z, the newest, or those that were searched for."""
    user = cast("User", request.user)
    found, limit = section_or_404(user, pk), ages.limit_of(user)
    typed = request.GET.get("q", "").strip()[:LONGEST]
    is_new = not typed and request.GET.get("sort") == "new"
    if typed:
        portion = browsing.matching(found, limit, typed)
    elif is_new:
        portion = browsing.newest(found, limit)
    else:
        portion = browsing.by_title(found, limit, _place(request))
    context = {
        "section": found,
        "typed": typed,
        "is_new": is_new,
        "is_first": _place(request) is None,
        "titles": [shelf.card_of(item) for item in portion.items],
        "after": portion.after,
    }
    return render(request, "catalog/section.html", context)


def _place(request: HttpRequest) -> uuid.UUID | None:
    """The title behind which to go on; None for anything that is none."""
    try:
        return uuid.UUID(request.GET.get("after", ""))
    except ValueError:
        return None
