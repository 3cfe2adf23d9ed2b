"""A title's page, a season's episodes, a person and a collection."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import TYPE_CHECKING, cast

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from catalog import ages, asking, cards, here, showing, viewers
from catalog.marks import Shown, collection_panels, panels_for
from catalog.models import MediaItem
from catalog.views.parts import answer, is_part
from medianest.lib.http import ProviderError
from operations.row_security import acting_as, own_scope
from services.providers.describing import Description, Listing, NoSuchTitle

if TYPE_CHECKING:
    from accounts.models import User
    from catalog.taste import Taste


def _asking(user: User) -> tuple[Taste, ages.Limit]:
    """How the person is told about titles, and which are open to them."""
    with acting_as(user):
        return viewers.of(user)


def _untold(request: HttpRequest, error: ProviderError) -> HttpResponse:
    """Nobody can tell now. A part of a page says so in its place: htmx would drop an error."""
    with acting_as(request.user):
        if is_part(request):
            return render(request, "catalog/_untold.html", {"trouble": error.sentence})
        return render(request, "catalog/untold.html", {"trouble": error.sentence}, status=503)


def _not_open(request: HttpRequest, user: User) -> HttpResponse:
    with acting_as(user):
        return render(request, "catalog/not_open.html", status=403)


@own_scope
@require_GET
def title(request: HttpRequest, media_type: str, tmdb_id: int) -> HttpResponse:
    """All about a film or series; what is kept of it when nobody can tell; 404 when there is no such title."""
    user = cast("User", request.user)
    wanted, limit = _asking(user)
    try:
        found = showing.look_up(media_type, tmdb_id, wanted)
    except NoSuchTitle as gone:
        raise Http404 from gone
    except ProviderError as error:
        return _untold(request, error)
    told = found.shown.told
    if not ages.permits(limit, found.shown):
        return _not_open(request, user)
    alike = ages.open_ones(limit, [*told.recommendations, *told.similar])
    with acting_as(user):
        shown = dataclasses.replace(found.shown, here=here.of(user, found.shown.key))
        context = {
            "page": found,
            "listing": found.shown.told.listing,
            "told": told,
            "panels": panels_for(request, shown),
            "streams": showing.streams(found.shown, wanted),
            **_shelves(user, told, alike),
        }
        return render(request, "catalog/title.html", context)


def _shelves(user: User, told: Description, open_ones: Iterable[Listing]) -> dict[str, list[cards.Card]]:
    """What is recommended with a title, and what else is like it: marked together, and shown once."""
    shown = {card.url: card for card in cards.titles(user, open_ones)}
    recommended = [cards.title_url(one.media_type, one.tmdb_id) for one in told.recommendations]
    first = [shown.pop(url) for url in dict.fromkeys(recommended) if url in shown]
    return {"recommended": first, "similar": list(shown.values())}


@own_scope
@require_GET
def season(request: HttpRequest, tmdb_id: int, number: int) -> HttpResponse:
    """The episodes of a season: a part of the title's page, or a page of its own."""
    user = cast("User", request.user)
    wanted, limit = _asking(user)
    try:
        told = asking.describe("tv", tmdb_id, language=wanted.language).answer
        episodes = asking.episodes(tmdb_id, number, language=wanted.language).answer
    except NoSuchTitle as gone:
        raise Http404 from gone
    except ProviderError as error:
        return _untold(request, error)
    kept = MediaItem.objects.titled(tmdb_id, "tv").first()
    if not ages.permits(limit, Shown(kept, told)):
        return _not_open(request, user)
    found = next((one for one in told.seasons if one.number == number), None)
    context = {"told": told, "listing": told.listing, "season": found, "episodes": showing.episode_rows(episodes)}
    with acting_as(user):
        return answer(request, "catalog/season.html", "catalog/_episodes.html", context)


@own_scope
@require_GET
def person(request: HttpRequest, person_id: int) -> HttpResponse:
    user = cast("User", request.user)
    wanted, limit = _asking(user)
    try:
        told = asking.person(person_id, language=wanted.language).answer
    except NoSuchTitle as gone:
        raise Http404 from gone
    except ProviderError as error:
        return _untold(request, error)
    portrait = cards.picture(told.profile_path, "h632")
    listings = ages.open_ones(limit, [one for one, _role in told.credits])
    if limit.years is not None:
        told = dataclasses.replace(told, biography="")  # it names what somebody played in, whatever the rating
    with acting_as(user):
        titles = cards.titles(user, listings)
        context = {
            "person": told,
            "titles": titles,
            "portrait": portrait,
            "portraits": cards.portraits(told.profile_path),
        }
        return render(request, "catalog/person.html", context)


@own_scope
@require_GET
def collection(request: HttpRequest, collection_id: int) -> HttpResponse:
    user = cast("User", request.user)
    wanted, limit = _asking(user)
    try:
        told = asking.collection(collection_id, language=wanted.language).answer
    except NoSuchTitle as gone:
        raise Http404 from gone
    except ProviderError as error:
        return _untold(request, error)
    backdrop = cards.picture(told.backdrop_path, "w1280")
    listings = ages.open_ones(limit, told.parts)
    if told.parts and not listings:
        return _not_open(request, user)
    with acting_as(user):
        titles = cards.titles(user, listings)
        context = {
            "collection": told,
            "titles": titles,
            "backdrop": backdrop,
            "backdrops": cards.srcset(told.backdrop_path, cards.BACKDROP),
            "panels": collection_panels(request, told, sum(card.mark is None for card in titles)),
        }
        return render(request, "catalog/collection.html", context)
