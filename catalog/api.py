"""Titles for programs: search, and one title with how it stands here. Described in docs/api.md."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.http import Http404, HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.bearer import takes_tokens
from catalog import ages, cards, finding, showing, taste, viewers
from catalog.marks import Mark, marks_for, state_of
from medianest.lib.http import ProviderError
from medianest.lib.programs import Refused, fit
from operations.row_security import acting_as, own_scope
from services.providers.describing import NoSuchTitle, PersonListing

if TYPE_CHECKING:
    from collections.abc import Iterable

    from accounts.models import User
    from services.providers.describing import Listing


def _picture(path: str) -> dict[str, str] | None:
    return {"src": cards.picture(path, "w342"), "srcset": cards.srcset(path)} if path else None


def _titles(user: User, listings: Iterable[Listing]) -> list[dict[str, Any]]:
    """Titles with what the house knows of each; pictures at our own addresses."""
    found = list(listings)
    known = marks_for(user, [(one.media_type, one.tmdb_id) for one in found])
    return [_listed(one) | {"mark": _mark(known.get((one.media_type, one.tmdb_id)))} for one in found]


def _mark(mark: Mark | None) -> dict[str, str] | None:
    return {"kind": mark.kind, "text": str(mark.text)} if mark else None


def _listed(one: Listing) -> dict[str, Any]:
    return {
        "media_type": one.media_type,
        "tmdb_id": one.tmdb_id,
        "title": one.title,
        "original_title": one.original_title,
        "year": one.release_date.year if one.release_date else None,
        "release_date": one.release_date.isoformat() if one.release_date else None,
        "overview": one.overview,
        "score": one.score,
        "poster": _picture(one.poster_path),
        "url": cards.title_url(one.media_type, one.tmdb_id),
    }


def _person(one: PersonListing, *, with_titles: bool) -> dict[str, Any]:
    picture = cards.picture(one.profile_path, "w185")
    return {
        "person_id": one.person_id,
        "name": one.name,
        "known_for": list(one.known_for) if with_titles else [],
        "picture": picture or None,
    }


class _PageForm(forms.Form):
    q = forms.CharField(max_length=finding.LONGEST, required=False)
    page = forms.IntegerField(min_value=1, max_value=finding.LAST_PAGE, required=False)


@takes_tokens
@own_scope
@require_safe
def search(request: HttpRequest) -> JsonResponse:
    """Films, series and people by name or id."""
    user, asked = cast("User", request.user), fit(_PageForm(request.GET))
    with acting_as(user):
        wanted, limit = viewers.of(user)
    found = finding.find(asked["q"], page=asked["page"] or 1, language=wanted.language)
    listings = ages.open_ones(limit, found.titles)
    with acting_as(user):
        answer = {
            "titles": _titles(user, listings),
            "people": [_person(one, with_titles=limit.years is None) for one in found.people],
            "page": found.page,
            "pages": found.pages,
            "total": found.total,
            "only_kept": found.only_kept,
            "trouble": found.trouble or None,
        }
    return JsonResponse(answer)


@takes_tokens
@own_scope
@require_safe
def title(request: HttpRequest, media_type: str, tmdb_id: int) -> JsonResponse:
    """All about a film or series, and how it stands here."""
    user = cast("User", request.user)
    with acting_as(user):
        wanted, limit = viewers.of(user)
    try:
        found = showing.look_up(media_type, tmdb_id, wanted)
    except NoSuchTitle as gone:
        raise Http404 from gone
    except ProviderError as away:
        raise Refused(503, away.sentence) from away
    if not ages.permits(limit, found.shown):
        raise ages.TooYoung(_("This title is not open to you. Ask whoever runs this server."))
    with acting_as(user):
        return JsonResponse(_in_full(found, wanted) | {"state": state_of(user, found.shown)})


def _in_full(found: showing.Page, wanted: taste.Taste) -> dict[str, Any]:
    told = found.shown.told
    return _listed(told.listing) | {
        "is_stale": found.stale,
        "backdrop": found.backdrop or None,
        "imdb_id": told.imdb_id or None,
        "tvdb_id": told.tvdb_id,
        "runtime": told.runtime,
        "genres": list(told.genres),
        "creators": list(told.creators),
        "certification": found.certification or None,
        "trailer": told.trailer or None,
        "seasons": [
            {
                "number": row.season.number,
                "name": row.season.name,
                "episodes": row.season.episodes,
                "air_date": row.season.air_date.isoformat() if row.season.air_date else None,
            }
            for row in found.seasons
        ],
        "cast": [{"name": one.name, "role": one.sub, "picture": one.src or None} for one in found.cast],
        "streams": [
            {"kind": str(row.kind), "services": [offer.provider for offer, _logo in row.services]}
            for row in showing.streams(found.shown, wanted)
        ],
        "region": wanted.region,
        "links": [{"name": name, "url": url} for name, url in found.links],
    }
