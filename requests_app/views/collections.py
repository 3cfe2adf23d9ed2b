"""Asking for a whole collection: one page that says what would happen, and one button."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from catalog import ages, asking, learning, viewers
from catalog.models import MediaItem
from medianest.lib.http import ProviderError
from operations.row_security import acting_as, own_scope
from requests_app import together
from requests_app.forms import CollectionForm
from services.providers.describing import NoSuchTitle

if TYPE_CHECKING:
    from collections.abc import Sequence

    from accounts.models import User
    from services.providers.describing import Collection, Listing

_MOST = 60


@own_scope
@require_http_methods(["GET", "POST"])
def collection(request: HttpRequest, collection_id: int) -> HttpResponse:
    """Which films are there, asked for, or will be asked; then ask for those that were left chosen."""
    user = cast("User", request.user)
    with acting_as(user):
        wanted, limit = viewers.of(user)
    try:
        told = asking.collection(collection_id, language=wanted.language).answer
    except NoSuchTitle as gone:
        raise Http404 from gone
    except ProviderError as error:
        with acting_as(user):
            return render(request, "catalog/untold.html", {"trouble": error.sentence}, status=503)
    listings = ages.open_ones(limit, told.parts[:_MOST])
    if told.parts and not listings:
        with acting_as(user):
            return render(request, "catalog/not_open.html", status=403)
    items = _kept(listings)
    with acting_as(user):
        return _page(request, user, told, items, len(told.parts) - len(items))


def _page(
    request: HttpRequest, user: User, told: Collection, items: Sequence[MediaItem], left_out: int
) -> HttpResponse:
    form = CollectionForm(request.POST if request.method == "POST" else None, films=items)
    if request.method == "POST" and form.is_valid():
        chosen = set(form.cleaned_data["films"])
        done = together.ask_for_all(user=user, items=[item for item in items if item.tmdb_id in chosen])
        if sentence := together.said(done):
            messages.success(request, sentence)
        for refusal in done.refused:
            messages.error(request, refusal)
        return redirect("catalog:collection", told.collection_id)
    context = {
        "collection": told,
        "outlook": together.outlook(user, items),
        "left_out": left_out,
        "trouble": _("Choose at least one film.") if form.errors else "",
    }
    return render(request, "requests/collection.html", context, status=422 if form.errors else 200)


def _kept(listings: Sequence[Listing]) -> list[MediaItem]:
    """The films' rows in the collection's order; those that are not kept yet are asked about first."""
    rows = _rows(listings)
    missing = [one for one in listings if one.tmdb_id not in rows]
    if missing:
        learning.learn(missing)
        rows = _rows(listings)
    return [rows[one.tmdb_id] for one in listings if one.tmdb_id in rows]


def _rows(listings: Sequence[Listing]) -> dict[int, MediaItem]:
    numbers = [one.tmdb_id for one in listings]
    found = MediaItem.objects.still_there().filter(media_type="movie", tmdb_id__in=numbers)
    return {item.tmdb_id: item for item in found}
