"""Rows to browse, and lists by what somebody wants."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from catalog import ages, asking, cards, rows, taste
from catalog.forms import DiscoverForm
from catalog.views.parts import is_part, number
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
        wanted, limit = taste.of(user), ages.limit_of(user)
    form = DiscoverForm(request.GET, taste=wanted)
    context: dict[str, object] = {"form": form, "rows": rows.shown()}
    found = Found()
    if form.is_asked and form.is_valid():
        try:
            found = asking.discover(form.wanted(), page=number(request), language=wanted.language).answer
        except ProviderError as error:
            context["trouble"] = error.sentence
        context["filtered"] = True
    listings = ages.open_ones(limit, found.titles, wanted.language)
    with acting_as(user):
        context |= {"found": found, "titles": cards.titles(user, listings)}
        return render(request, "catalog/discover.html", context)


@own_scope
@require_GET
def row(request: HttpRequest, slug: str) -> HttpResponse:
    """One row: as a shelf where the discover page asks for it, else a page with all of it."""
    found_row = rows.find(slug)
    if found_row is None:
        raise Http404
    user = cast("User", request.user)
    context: dict[str, object] = {"row": found_row}
    with acting_as(user):
        wanted, limit = taste.of(user), ages.limit_of(user)
    try:
        found = found_row.ask(wanted, number(request)).answer
    except ProviderError as error:
        found, context["trouble"] = Found(), error.sentence
    listings = ages.open_ones(limit, found.titles, wanted.language)
    with acting_as(user):
        context |= {"found": found, "titles": cards.titles(user, listings)}
        return render(request, "catalog/_shelf.html" if is_part(request) else "catalog/row.html", context)
