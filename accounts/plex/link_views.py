"""Linking one's Plex account with the account one has here, and unlinking it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts import entry
from accounts.models import User
from accounts.plex import guests, linking, pins
from accounts.plex.views import may_speak_with_plex, to_plex
from accounts.sessions.forms import ConfirmForm
from accounts.tries import TooManyTries
from operations.row_security import own_scope


@own_scope
@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def link(request: HttpRequest) -> HttpResponse:
    """From here to Plex. The password is asked for: whoever found a browser open must not make themselves a way in."""
    user = _person(request)
    if user.plex_id is not None or not user.has_usable_password():
        messages.info(request, _("You sign in with Plex already."))
        return redirect("accounts:profile")
    if not guests.is_connected():
        messages.info(request, _("Plex is not connected yet: an administrator has to do that first."))
        return redirect("accounts:profile")
    answer = _ask_password(request, user, "accounts/plex/link.html", {"pin_address": pins.pin_address(pins.Aim.LINK)})
    if answer is None:
        return to_plex(request, goal=reverse("accounts:profile"), aim=pins.Aim.LINK)
    return may_speak_with_plex(answer)


@own_scope
@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unlink(request: HttpRequest) -> HttpResponse:
    user = _person(request)
    if user.plex_id is None or not user.has_usable_password():
        return redirect("accounts:profile")
    answer = _ask_password(request, user, "accounts/plex/unlink.html", {})
    if answer is not None:
        return answer
    try:
        linking.unlink(user=user, request=request)
    except linking.CannotLink as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, _("Your Plex account is no longer linked."))
    return redirect("accounts:profile")


def _ask_password(request: HttpRequest, user: User, template: str, context: dict[str, object]) -> HttpResponse | None:
    """The page that asks for the password; None once the right one was given."""
    form = ConfirmForm(request.POST if request.method == "POST" else None, user=user)
    try:
        if form.is_bound:
            entry.count_password_try(request, user)
        if form.is_valid():
            entry.forget_password_tries(user)
            return None
    except TooManyTries as refusal:
        context = {**context, "form": ConfirmForm(user=user), "refusal": refusal.sentence}
        answer = render(request, template, context, status=429)
        answer.headers["Retry-After"] = str(refusal.retry_after)
        return answer
    return render(request, template, {**context, "form": form})


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101  (signing in is required by middleware)
    return request.user
