"""One request: its story, and what can be done with it."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.rights import Right, may
from catalog import cards
from medianest.lib import polling
from medianest.lib.errors import Cannot
from operations.row_security import acting_as, own_scope
from requests_app import access, offering, pages
from requests_app.choosing import ChoicesForm
from requests_app.doing import FOR_ALL, FOR_MODERATORS, Said
from requests_app.forms import DeclineForm
from requests_app.models import MediaRequest

if TYPE_CHECKING:
    from accounts.models import User


@own_scope
@require_GET
def detail(request: HttpRequest, id: uuid.UUID) -> HttpResponse:
    """How it stands, what happened, and what the person may do."""
    user = cast("User", request.user)
    with acting_as(user, staff=may(user, Right.DECIDE)):
        wish = access.visible(user, id)
        poster = wish.media_item.poster_path if wish.media_item else ""
        context = {
            **_state(wish, user),
            **_doings(wish, user),
            "poster": cards.picture(poster, "w342"),
            "title_url": cards.title_url(wish.media_type, wish.tmdb_id) if wish.tmdb_id else "",
        }
        return render(request, "requests/detail.html", context)


@own_scope
@require_GET
def now(request: HttpRequest, id: uuid.UUID) -> HttpResponse:
    """What changed on a request's page since it last asked: nothing (204), its state, or what can be done as well."""
    user = cast("User", request.user)
    with acting_as(user, staff=may(user, Right.DECIDE)):
        wish = access.visible(user, id)
        context = _state(wish, user)
        changes = polling.changed(request.GET.get("seen", ""), context["marks"])
        if not any(changes):
            return HttpResponse(status=204)
        if changes[1]:
            context |= _doings(wish, user) | {"is_doing_new": True}
        return render(request, "requests/_now.html", context | {"is_part": True})


def _state(wish: MediaRequest, user: User) -> dict[str, Any]:
    """How it stands and what happened. `marks` are of that, and of what the person may do."""
    row, may_do, story = pages.rows([wish], user)[0], pages.doings(wish, user), pages.story(wish)
    followers, seasons = wish.followers.count(), list(wish.seasons.all())
    states = [(one.season_number, one.status) for one in seasons]
    told = polling.mark(row.mark, followers, states, wish.handover, [step.event.pk for step in story])
    marks = [told, polling.mark(may_do, wish.status, row.seen)]
    offers = offering.for_request(wish) if may(user, Right.DECIDE) else None
    return {
        "wish": wish,
        "row": row,
        "story": story,
        "followers": followers,
        "may": may_do,
        "seasons": seasons,
        "panel": {"places": pages.places(wish, user)},
        "marks": marks,
        "seen": polling.seen(marks),
        "offers": offers,
        "chosen": offering.in_words(wish.handover, offers) if may(user, Right.DECIDE) else [],
    }


def _doings(wish: MediaRequest, user: User) -> dict[str, object]:
    """What the forms of what can be done need."""
    offers = offering.for_request(wish) if may(user, Right.DECIDE) else None
    usable = offers if offers is not None and offers.is_usable else None
    return {
        "form": DeclineForm(),
        "choices": ChoicesForm(offers=usable, chosen=wish.handover) if usable else None,
    }


@own_scope
@require_POST
def act(request: HttpRequest, id: uuid.UUID, doing: str) -> HttpResponse:
    """Do something with a request and go back to where it was done. 404 for what the person may not do at all."""
    user = cast("User", request.user)
    wanted = FOR_ALL.get(doing) or (FOR_MODERATORS.get(doing) if may(user, Right.DECIDE) else None)
    if wanted is None:
        raise Http404
    with acting_as(user, staff=may(user, Right.DECIDE)):
        wish = access.visible(user, id)
        try:
            wanted(wish, user, _said(request))
        except Cannot as refusal:
            messages.error(request, refusal.sentence)
        else:
            messages.success(request, _("Done: %(title)s.") % {"title": wish.title})
        is_theirs = access.still_visible(user, id) is not None
    if doing == "leave" or not is_theirs:
        return redirect("requests:list")
    return redirect(
        "requests:queue" if request.POST.get("from") == "queue" else "requests:detail", *_place(request, id)
    )


def _said(request: HttpRequest) -> Said:
    seasons = tuple(int(one) for one in request.POST.getlist("seasons")[:200] if one.isdecimal() and len(one) < 5)
    choices = request.POST if "choosing" in request.POST else None
    reason, seen = request.POST.get("reason", ""), request.POST.get("seen", "")
    return Said(reason=reason, seasons=seasons, choices=choices, seen=seen)


def _place(request: HttpRequest, id: uuid.UUID) -> list[uuid.UUID]:
    return [] if request.POST.get("from") == "queue" else [id]
