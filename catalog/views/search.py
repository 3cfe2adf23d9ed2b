"""The search page, and its results as they are typed."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from catalog import ages, cards, finding, viewers
from catalog.views.parts import answer, number
from operations.row_security import acting_as, own_scope

if TYPE_CHECKING:
    from accounts.models import User


@own_scope
@require_GET
def search(request: HttpRequest) -> HttpResponse:
    """Films, series and people by name or id; while somebody types, the results alone."""
    user = cast("User", request.user)
    typed = (request.GET.get("q") or request.GET.get("link", "")).strip()
    with acting_as(user):
        wanted, limit = viewers.of(user)
    found = finding.find(typed, page=number(request), language=wanted.language)
    listings = ages.open_ones(limit, found.titles)
    with acting_as(user):
        context = {
            "typed": typed[: finding.LONGEST],
            "found": found,
            "titles": cards.titles(user, listings),
            "people": cards.people(found.people, with_titles=limit.years is None),
        }
        return answer(request, "catalog/search.html", "catalog/_results.html", context)
