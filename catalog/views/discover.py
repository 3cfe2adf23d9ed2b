"""Rows to browse, and lists by what somebody wants."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from catalog import ages, asking, cards, rows, viewers
from catalog.forms import DiscoverForm
from catalog.views.parts import answer, number
from medianest.lib.http import ProviderError
from operations.row_security import acting_as, own_scope
from services.providers.describing import Found

if TYPE_CHECKING:
    from accounts.models import User


@own_scope
@require_GET
def discover(request: HttpRequest) -> HttpResponse:
    """The rows; as soon as a filter is set, one list of what fits."""
    user = cast("User", request.user)
    with acting_as(user):
        wanted, limit = viewers.of(user)
        context: dict[str, object] = {"rows": rows.shown(wanted)}
    form = DiscoverForm(request.GET, taste=wanted)
    context["form"] = form
    found = Found()
    if form.is_asked and form.is_valid():
        asked = form.wanted()
        try:
            found = asking.discover(asked, page=number(request), language=wanted.language).answer
        except ProviderError as error:
            context["trouble"] = error.sentence
        if not asked.certification or "certification" in found.ignored:
            context["is_sifted"] = form.age is not None
            limit = limit.tightened(form.age)
        context["filtered"] = True
    listings = ages.open_ones(limit, found.titles)
    with acting_as(user):
        context |= {"found": found, "titles": cards.titles(user, listings)}
        return render(request, "catalog/discover.html", context)


@own_scope
@require_GET
def row(request: HttpRequest, slug: str) -> HttpResponse:
    """One row: as a shelf where the discover page asks for it, else a page with all of it."""
    user = cast("User", request.user)
    with acting_as(user):
        wanted, limit = viewers.of(user)
        found_row = rows.row_or_404(slug)
    context: dict[str, object] = {"row": found_row}
    try:
        held = rows.ask(found_row, wanted, number(request))
    except ProviderError as error:
        held, context["trouble"] = rows.Contents(), error.sentence
    limit = limit.tightened(found_row.filters.get("age"))
    listings = ages.open_ones(limit, held.found.titles)
    with acting_as(user):
        context |= {"found": held.found, "choices": held.choices, "titles": cards.titles(user, listings)}
        return answer(request, "catalog/row.html", "catalog/_shelf.html", context)
