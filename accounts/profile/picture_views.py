"""Showing a person's picture, and choosing one's own."""

from __future__ import annotations

import uuid
from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.models import User
from accounts.profile import pictures
from accounts.profile.forms import PictureForm
from accounts.profile.views import page
from operations.row_security import own_scope

_YEAR = 31_536_000
_EMPTY = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>'


@own_scope
@require_GET
def show(request: HttpRequest, pk: uuid.UUID, mark: str) -> HttpResponse:
    """A person's picture, for everyone who is signed in; nothing at all, for a minute, while there is none."""
    person = User.objects.present().filter(pk=pk).only("picture", "image").first()
    found = pictures.picture_of(person) if person is not None else None
    if found is None:
        response = HttpResponse(_EMPTY, content_type="image/svg+xml")
        response.headers["Cache-Control"] = "private, max-age=60"
        return response
    response = HttpResponse(found.body, content_type=found.content_type)
    response.headers["Cache-Control"] = f"private, max-age={_YEAR}, immutable"
    return response


@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    form = PictureForm(request.POST, request.FILES)
    if not form.is_valid():
        return page(request, picture_form=form)
    try:
        pictures.keep_picture(user=cast("User", request.user), drawn=form.cleaned_data["picture"])
    except OSError:
        form.add_error("picture", _("The picture could not be kept: the server's disk does not take it."))
        return page(request, picture_form=form)
    messages.success(request, _("Your picture is changed."))
    return redirect("accounts:profile")


@require_POST
def remove(request: HttpRequest) -> HttpResponse:
    pictures.remove_picture(user=cast("User", request.user))
    messages.success(request, _("Your picture is removed."))
    return redirect("accounts:profile")
