"""The search page, and its results as they are typed."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from catalog import cards, finding, taste
from catalog.views.paging import number

if TYPE_CHECKING:
    from accounts.models import User


@require_GET
def search(request: HttpRequest) -> HttpResponse:
    """Films, series and people by name or id; while somebody types, the results alone."""
    user = cast("User", request.user)
    typed = (request.GET.get("q") or request.GET.get("link", "")).strip()
    found = finding.find(typed, page=number(request), language=taste.of(user).language)
    context = {
        "typed": typed[: finding.LONGEST],
        "found": found,
        "titles": cards.titles(user, found.titles),
        "people": cards.people(found.people),
    }
    as_typed = getattr(request, "htmx", None) and request.htmx.target == "results"  # type: ignore[attr-defined]
    return render(request, "catalog/_results.html" if as_typed else "catalog/search.html", context)
