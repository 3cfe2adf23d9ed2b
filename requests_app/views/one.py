"""One request: its story, and what can be done with it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.rights import Right, may
from catalog import cards
from medianest.lib.errors import Cannot
from operations.row_security import acting_as, own_scope
from requests_app import access, asking, deciding, following, handover, offering, pages
from requests_app.choosing import ChoicesForm
from requests_app.forms import DeclineForm
from requests_app.models import MediaRequest

if TYPE_CHECKING:
    from accounts.models import User

Act = Callable[[MediaRequest, "User", HttpRequest], object]


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


def _try_again(wish: MediaRequest, user: User, request: HttpRequest) -> object:
    if not pages.doings(wish, user).try_again:
        raise deciding.CannotDecide(_("Only what failed can be tried again."))
    return deciding.try_again(request=wish, by=user)


def _approve(wish: MediaRequest, user: User, request: HttpRequest) -> object:
    chosen = [int(one) for one in request.POST.getlist("seasons") if one.isdigit()]
    return deciding.approve(request=wish, by=user, seasons=chosen or None, choices=_choices(wish, request))


def _choices(wish: MediaRequest, request: HttpRequest) -> dict[str, Any] | None:
    """What was chosen; None where nothing was offered. Raises CannotDecide for what does not fit."""
    if "choosing" not in request.POST:
        return None
    offers = offering.for_request(wish)
    if offers is None or not offers.is_usable:
        raise deciding.CannotDecide(
            _("Overseerr has stopped answering, so nothing can be chosen. Approve it without, or wait.")
        )
    form = ChoicesForm(request.POST, offers=offers, chosen=wish.handover)
    if not form.is_valid():
        raise deciding.CannotDecide(" ".join(str(text) for texts in form.errors.values() for text in texts))
    return form.chosen()


def _cancel(wish: MediaRequest, user: User, request: HttpRequest) -> object:
    if not access.may_cancel(user, wish):
        raise deciding.CannotDecide(_("It is being fetched already. Ask a moderator to stop it."))
    return deciding.cancel(request=wish, by=user)


def _take_up(wish: MediaRequest, user: User, request: HttpRequest) -> object:
    if not pages.doings(wish, user).take_up:
        raise deciding.CannotDecide(_("A moderator can take this up again; you cannot."))
    return deciding.take_up(request=wish, by=user)


_FOR_ALL: dict[str, Act] = {
    "cancel": _cancel,
    "take-up": _take_up,
    "try-again": _try_again,
    "leave": lambda wish, user, request: asking.leave(request=wish, user=user),
}
_FOR_MODERATORS: dict[str, Act] = {
    "approve": _approve,
    "decline": lambda wish, user, request: deciding.decline(
        request=wish, by=user, reason=request.POST.get("reason", "")
    ),
    "there": lambda wish, user, request: deciding.mark_there(request=wish, by=user),
}


@own_scope
@require_POST
def act(request: HttpRequest, id: uuid.UUID, doing: str) -> HttpResponse:
    """Do something with a request and go back to where it was done. 404 for what the person may not do at all."""
    user = cast("User", request.user)
    wanted = _FOR_ALL.get(doing) or (_FOR_MODERATORS.get(doing) if may(user, Right.DECIDE) else None)
    if wanted is None:
        raise Http404
    with acting_as(user, staff=may(user, Right.DECIDE)):
        wish = access.visible(user, id)
        try:
            wanted(wish, user, request)
        except Cannot as refusal:
            messages.error(request, refusal.sentence)
        else:
            messages.success(request, _("Done: %(title)s.") % {"title": wish.title})
    if doing == "leave":
        return redirect("requests:list")
    return redirect(
        "requests:queue" if request.POST.get("from") == "queue" else "requests:detail", *_place(request, id)
    )


def _place(request: HttpRequest, id: uuid.UUID) -> list[uuid.UUID]:
    return [] if request.POST.get("from") == "queue" else [id]
