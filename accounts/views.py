"""Signing in and out, and one's password."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts import entry
from accounts.actions import change_password as change_password_of
from accounts.forms import ChangePasswordForm, SignInForm
from accounts.middleware import may_use_with_one_time_password
from accounts.models import User
from accounts.plex import views as plex
from accounts.tries import TooManyTries
from medianest.lib.redirects import next_page
from operations import limits
from services import steps


@login_not_required
@limits.by_address(600, 60)
@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    goal = next_page(request, default="home", never=plex.NO_PLACE_TO_GO)
    if request.user.is_authenticated:
        return redirect(goal)
    form = SignInForm(request.POST if request.method == "POST" else None)
    refusal: TooManyTries | None = None
    if form.is_valid():
        try:
            user = entry.sign_in(request, **form.cleaned_data)
        except entry.CannotSignIn as error:
            form.refuse(error.sentence)
        except TooManyTries as error:
            form.refuse(error.sentence)
            refusal = error
        else:
            return redirect(goal if user else f"{reverse('accounts:second-step-ask')}?{urlencode({'next': goal})}")
    context = {"form": form, "next": goal, **plex.offer(request)}
    return plex.may_speak_with_plex(_answer(request, "accounts/sign_in.html", context, refusal))


@login_not_required
@may_use_with_one_time_password
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    entry.sign_out(request)
    messages.success(request, _("You are signed out."))
    return redirect("accounts:sign-in")


@may_use_with_one_time_password
@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def change_password(request: HttpRequest) -> HttpResponse:
    user = _person(request)
    if not user.has_usable_password():
        messages.info(request, _("You sign in with Plex and have no password here. It is changed at Plex."))
        return redirect("accounts:profile")
    form = ChangePasswordForm(request.POST if request.method == "POST" else None, user=user)
    try:
        if form.is_bound and form.asks_for_current:
            entry.count_password_try(request, user)
    except TooManyTries as refusal:
        blank = ChangePasswordForm(user=user)
        return _answer(request, "accounts/change_password.html", {"form": blank, "refusal": refusal.sentence}, refusal)
    if form.is_valid():
        changed = change_password_of(user=user, new_password=form.cleaned_data["new"], request=request)
        entry.forget_password_tries(user)
        update_session_auth_hash(request, changed)
        messages.success(request, _("Your password is changed. Everywhere else you were signed out."))
        return redirect(_after_the_change(user))
    return render(request, "accounts/change_password.html", {"form": form})


def _after_the_change(user: User) -> str:
    """Where a person goes on: a first administrator to connecting the services."""
    if not user.requires_password_change:
        return "accounts:profile"
    return "services:setup" if user.is_administrator and steps.is_needed() else "home"


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101  (signing in is required by middleware)
    return request.user


def _answer(
    request: HttpRequest, template: str, context: dict[str, object], refusal: TooManyTries | None
) -> HttpResponse:
    """The page; with 429 and when to come back, if there were too many tries."""
    response = render(request, template, context, status=429 if refusal else 200)
    if refusal:
        response.headers["Retry-After"] = str(refusal.retry_after)
    return response
