"""One request: its story, and what can be done with it."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.rights import Right, may
from catalog import cards
from medianest.lib.errors import Cannot
from operations.row_security import acting_as, own_scope
from requests_app import access, following, handover, offering, pages
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
            "wish": wish,
            "row": pages.rows([wish], user)[0],
            "poster": cards.picture(poster, "w342"),
            "title_url": cards.title_url(wish.media_type, wish.tmdb_id) if wish.tmdb_id else "",
            "story": pages.story(wish),
            "seasons": list(wish.seasons.all()),
            "followers": wish.followers.count(),
            "may": pages.doings(wish, user),
            "form": DeclineForm(),
            "waiting": handover.waiting_for(wish),
            "progress": _percent(wish),
            **_fetching(wish, user),
        }
        return render(request, "requests/detail.html", context)


def _fetching(wish: MediaRequest, user: User) -> dict[str, object]:
    """What moderators see of how it is fetched, and what they can choose."""
    offers = offering.for_request(wish) if may(user, Right.DECIDE) else None
    usable = offers if offers is not None and offers.is_usable else None
    return {
        "offers": offers,
        "choices": ChoicesForm(offers=usable, chosen=wish.handover) if usable else None,
        "chosen": offering.in_words(wish.handover, offers) if may(user, Right.DECIDE) else [],
    }


def _percent(wish: MediaRequest) -> int | None:
    """How much is loaded; None while nothing is told of it."""
    told = following.progress_of([wish]).get(wish.pk)
    return None if told is None else round(told * 100)


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
    if doing == "leave":
        return redirect("requests:list")
    return redirect(
        "requests:queue" if request.POST.get("from") == "queue" else "requests:detail", *_place(request, id)
    )


def _said(request: HttpRequest) -> Said:
    seasons = tuple(int(one) for one in request.POST.getlist("seasons")[:200] if one.isdecimal() and len(one) < 5)
    choices = request.POST if "choosing" in request.POST else None
    return Said(reason=request.POST.get("reason", ""), seasons=seasons, choices=choices)


def _place(request: HttpRequest, id: uuid.UUID) -> list[uuid.UUID]:
    return [] if request.POST.get("from") == "queue" else [id]
