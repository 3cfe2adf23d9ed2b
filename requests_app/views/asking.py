"""Asking for titles, and wishing for what is no film and no series."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from accounts.rights import Right, may
from catalog.models import MediaItem
from medianest.lib.errors import Cannot
from operations.row_security import acting_as
from requests_app import asking
from requests_app.forms import AskForm, WishForm

if TYPE_CHECKING:
    from requests_app.asking import Asked


@require_POST
def ask(request: HttpRequest, media_type: str, tmdb_id: int) -> HttpResponse:
    """Ask for a title whose page was shown; then its page again, which tells how it stands."""
    user = cast("User", request.user)
    item = get_object_or_404(MediaItem.objects.titled(tmdb_id, media_type))
    back = redirect("catalog:title", media_type, tmdb_id)
    form = AskForm(request.POST, item=item)
    if not form.is_valid():
        messages.error(request, " ".join(str(text) for texts in form.errors.values() for text in texts))
        return back
    try:
        asked = _asked(user, item, form)
    except Cannot as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, _said(asked))
    return back


def _asked(user: User, item: MediaItem, form: AskForm) -> Asked:
    told = form.cleaned_data
    chosen = {"item": item, "seasons": told["seasons"], "is_4k": told["is_4k"], "note": told["note"]}
    if not told["person"] or not may(user, Right.DECIDE):
        return asking.ask(user=user, **chosen)
    with acting_as(user, staff=True):
        person = User.objects.filter(username__iexact=told["person"].strip(), status="active").first()
        if person is None:
            raise asking.CannotAsk(_("Nobody here is called “%(name)s”.") % {"name": told["person"]})
        return asking.ask(user=person, by=user, **chosen)


def _said(asked: Asked) -> str:
    if asked.request is None:
        return _("Somebody asked for it before. You follow along and hear of it when it is there.")
    if asked.request.status == "pending":
        return _("Asked for. A moderator decides; you find it among your requests.")
    return _("Asked for and approved.")


@require_http_methods(["GET", "POST"])
def wish(request: HttpRequest) -> HttpResponse:
    """Music and books: moderators get them by hand."""
    form = WishForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            asked = asking.wish(
                user=cast("User", request.user),
                kind=told["kind"],
                title=told["title"].strip(),
                creator=told["creator"].strip(),
                note=told["note"],
            )
        except Cannot as refusal:
            form.add_error(None, refusal.sentence)
        else:
            messages.success(request, _said(asked))
            return redirect("requests:list")
    return render(request, "requests/wish.html", {"form": form})
