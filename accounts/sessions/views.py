"""One's devices, access tokens, and proving again who one is."""

from __future__ import annotations

import datetime as dt
import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from accounts import entry, tokens
from accounts.models import SessionToken, User
from accounts.plex import guests
from accounts.plex import views as plex
from accounts.sessions import actions, freshness
from accounts.sessions.forms import ConfirmForm, TokenForm
from accounts.sessions.summary import Device, devices_of
from accounts.tries import TooManyTries
from medianest.lib.redirects import next_page
from operations import security

_NO_PLACE_TO_GO = ("accounts:sign-in", "accounts:sign-out", "accounts:confirm")


# --- devices ----------------------------------------------------------------------------------------------------------
@require_safe
def devices(request: HttpRequest) -> HttpResponse:
    shown = devices_of(_person(request), request.session.session_key)
    return render(request, "accounts/devices.html", {"devices": shown, "has_others": len(shown) > 1})


@require_http_methods(["GET", "HEAD", "POST"])
def end_device(request: HttpRequest, device_id: uuid.UUID) -> HttpResponse:
    user = _person(request)
    if request.method == "POST":
        if actions.end_device(user=user, device_id=device_id, request=request):
            messages.success(request, _("The device is signed out."))
        return redirect("accounts:devices")
    return render(request, "accounts/end_device.html", {"device": _device_or_404(request, device_id)})


def _device_or_404(request: HttpRequest, device_id: uuid.UUID) -> Device:
    for device in devices_of(_person(request), request.session.session_key):
        if device.id == device_id:
            return device
    raise Http404


@require_http_methods(["GET", "HEAD", "POST"])
def end_other_devices(request: HttpRequest) -> HttpResponse:
    user = _person(request)
    if request.method == "POST":
        key = request.session.session_key or ""
        ended = actions.end_other_devices(user=user, session_key=key, request=request)
        sentence = ngettext("%(count)s other session ended.", "%(count)s other sessions ended.", ended)
        messages.success(request, sentence % {"count": ended})
        return redirect("accounts:devices")
    others = [device for device in devices_of(user, request.session.session_key) if not device.is_this]
    return render(request, "accounts/end_other_devices.html", {"devices": others})


# --- access tokens ----------------------------------------------------------------------------------------------------
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def access_tokens(request: HttpRequest) -> HttpResponse:
    user = _person(request)
    form = TokenForm(request.POST if request.method == "POST" else None, user=user)
    if form.is_valid():
        wanted = form.cleaned_data
        lasts = dt.timedelta(days=int(wanted["days"]))
        try:
            issued = tokens.make(user=user, name=wanted["name"], scopes=[wanted["scope"]], lasts=lasts, request=request)
        except tokens.CannotMakeToken as refusal:
            form.add_error(None, refusal.sentence)
        else:
            return render(request, "accounts/token_made.html", {"token": issued.token, "text": issued.text})
    mine = SessionToken.objects.of(user).for_the_api().live(timezone.now()).order_by("-created_at")
    return render(request, "accounts/tokens.html", {"form": form, "tokens": mine[: tokens.AT_MOST]})


@require_http_methods(["GET", "HEAD", "POST"])
def end_token(request: HttpRequest, token_id: uuid.UUID) -> HttpResponse:
    user = _person(request)
    if request.method == "POST":
        if tokens.end(user=user, token_id=token_id, request=request):
            messages.success(request, _("The token is revoked."))
        return redirect("accounts:tokens")
    mine = SessionToken.objects.of(user).for_the_api().live(timezone.now())
    return render(request, "accounts/end_token.html", {"token": get_object_or_404(mine, pk=token_id)})


# --- proving again who one is -----------------------------------------------------------------------------------------
@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest) -> HttpResponse:
    user = _person(request)
    goal = next_page(request, default="home", never=_NO_PLACE_TO_GO)
    form = ConfirmForm(request.POST if request.method == "POST" else None, user=user)
    if not form.is_bound:
        return _confirm_page(request, form, goal)
    try:
        entry.count_password_try(request, user)
    except TooManyTries as refusal:
        answer = _confirm_page(request, ConfirmForm(user=user), goal, refusal.sentence, status=429)
        answer.headers["Retry-After"] = str(refusal.retry_after)
        return answer
    if not form.is_valid():
        security.record("confirm.failed", request=request, actor=user, about=user.username)
        return _confirm_page(request, form, goal)
    entry.forget_password_tries(user)
    freshness.confirm(request)
    return redirect(goal)


def _confirm_page(
    request: HttpRequest, form: ConfirmForm, goal: str, refusal: str = "", *, status: int = 200
) -> HttpResponse:
    user = _person(request)
    context = {
        "form": form,
        "next": goal,
        "refusal": refusal,
        "by_password": user.has_usable_password(),
        "by_plex": user.plex_id is not None and guests.is_connected(),
    }
    return plex.may_speak_with_plex(render(request, "accounts/confirm.html", context, status=status))


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101  (signing in is required by middleware)
    return request.user
