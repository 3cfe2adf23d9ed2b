"""A title's page, a season's episodes, a person and a collection."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from catalog import asking, cards, showing, taste
from catalog.marks import panels_for
from catalog.views.parts import is_part
from medianest.lib.http import ProviderError
from operations.row_security import acting_as, own_scope
from services.providers.describing import NoSuchTitle

if TYPE_CHECKING:
    from accounts.models import User


def _taste(user: User) -> taste.Taste:
    with acting_as(user):
        return taste.of(user)


def _untold(request: HttpRequest, error: ProviderError) -> HttpResponse:
    """Nobody can tell now. A part of a page says so in its place: htmx would drop an error."""
    with acting_as(request.user):
        if is_part(request):
            return render(request, "catalog/_untold.html", {"trouble": error.sentence})
        return render(request, "catalog/untold.html", {"trouble": error.sentence}, status=503)


@own_scope
@require_GET
def title(request: HttpRequest, media_type: str, tmdb_id: int) -> HttpResponse:
    """All about a film or series; what is kept of it when nobody can tell; 404 when there is no such title."""
    user = cast("User", request.user)
    wanted = _taste(user)
    try:
        found = showing.look_up(media_type, tmdb_id, wanted)
    except NoSuchTitle as gone:
        raise Http404 from gone
    except ProviderError as error:
        return _untold(request, error)
    with acting_as(user):
        context = {
            "page": found,
            "listing": found.shown.told.listing,
            "told": found.shown.told,
            "panels": panels_for(request, found.shown),
            "streams": showing.streams(found.shown, wanted),
            "more": cards.titles(user, found.shown.told.recommendations or found.shown.told.similar),
        }
        return render(request, "catalog/title.html", context)


@own_scope
@require_GET
def season(request: HttpRequest, tmdb_id: int, number: int) -> HttpResponse:
    """The episodes of a season: a part of the title's page, or a page of its own."""
    user = cast("User", request.user)
    wanted = _taste(user)
    try:
        told = asking.describe("tv", tmdb_id, language=wanted.language).answer
        episodes = asking.episodes(tmdb_id, number, language=wanted.language).answer
    except NoSuchTitle as gone:
        raise Http404 from gone
    except ProviderError as error:
        return _untold(request, error)
    found = next((one for one in told.seasons if one.number == number), None)
    context = {"told": told, "listing": told.listing, "season": found, "episodes": showing.episode_rows(episodes)}
    with acting_as(user):
        return render(request, "catalog/_episodes.html" if is_part(request) else "catalog/season.html", context)


@own_scope
@require_GET
def person(request: HttpRequest, person_id: int) -> HttpResponse:
    user = cast("User", request.user)
    try:
        told = asking.person(person_id, language=_taste(user).language).answer
    except NoSuchTitle as gone:
        raise Http404 from gone
    except ProviderError as error:
        return _untold(request, error)
    portrait = cards.picture(told.profile_path, "h632")
    with acting_as(user):
        titles = cards.titles(user, [one for one, _role in told.credits])
        return render(request, "catalog/person.html", {"person": told, "titles": titles, "portrait": portrait})


@own_scope
@require_GET
def collection(request: HttpRequest, collection_id: int) -> HttpResponse:
    user = cast("User", request.user)
    try:
        told = asking.collection(collection_id, language=_taste(user).language).answer
    except NoSuchTitle as gone:
        raise Http404 from gone
    except ProviderError as error:
        return _untold(request, error)
    backdrop = cards.picture(told.backdrop_path, "w1280")
    with acting_as(user):
        context = {"collection": told, "titles": cards.titles(user, told.parts), "backdrop": backdrop}
        return render(request, "catalog/collection.html", context)
