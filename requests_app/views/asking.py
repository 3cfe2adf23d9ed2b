"""Asking for titles, and wishing for what is no film and no series."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.rights import Right, may
from catalog.models import MediaItem
from medianest.lib.errors import Cannot
from requests_app import asking, for_whom
from requests_app.forms import AskForm, WishForm

if TYPE_CHECKING:
    from accounts.models import User


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
        asked = for_whom.ask(user, item, form.cleaned_data, staff=may(user, Right.DECIDE))
    except Cannot as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, for_whom.said(asked))
    return back


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
            messages.success(request, for_whom.said(asked))
            return redirect("requests:list")
    return render(request, "requests/wish.html", {"form": form})
