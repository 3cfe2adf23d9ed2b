"""The second step: asked for on the way in, set up and turned off by its person."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from accounts import entry
from accounts.models import SecondStep, User
from accounts.second_step import actions, codes, pending, proving
from accounts.second_step.forms import CodeForm, ProofForm, RecoveryForm, SetUpForm
from accounts.tries import TooManyTries
from medianest.lib.redirects import next_page
from operations import limits

_NO_PLACE_TO_GO = ("accounts:sign-in", "accounts:sign-out", "accounts:second-step-ask")


# --- on the way in ----------------------------------------------------------------------------------------------------
@login_not_required
@limits.by_address(300, 60)
@sensitive_post_parameters("code")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """The code, from whoever has just given their password."""
    goal = next_page(request, default="home", never=_NO_PLACE_TO_GO)
    if request.user.is_authenticated:
        return redirect(goal)
    user = pending.person(request)
    if user is None:
        pending.forget(request)
        messages.info(request, _("That took too long. Sign in once more."))
        return redirect("accounts:sign-in")
    sent = request.POST if request.method == "POST" else None
    by_recovery = sent is not None and "recovery" in sent
    form = RecoveryForm(sent) if by_recovery else CodeForm(sent)
    refusal = None
    if form.is_valid():
        try:
            entry.take_second_step(request, user, code=form.cleaned_data["code"])
        except proving.WrongCode as error:
            form.add_error("code", error.sentence)
        except TooManyTries as error:
            form.add_error("code", error.sentence)
            refusal = error
        else:
            return redirect(goal)
    context: dict[str, object] = {"form": form, "spare": RecoveryForm()}
    if by_recovery:
        context = {"form": CodeForm(), "spare": form}
    context |= {"next": goal, "by_recovery": by_recovery, "person": user}
    return _answer(request, "accounts/second_step/ask.html", context, refusal)


# --- one's own --------------------------------------------------------------------------------------------------------
@never_cache
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    user = _person(request)
    step = SecondStep.objects.in_force().filter(user=user).first()
    left = step.recovery_codes.unused().count() if step else 0
    context = {"step": step, "left": left, "has_password": user.has_usable_password()}
    return render(request, "accounts/second_step/overview.html", context)


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def set_up(request: HttpRequest) -> HttpResponse:
    user = _person(request)
    try:
        step = actions.begin(user=user)
    except actions.CannotSetUp as refusal:
        messages.info(request, refusal.sentence)
        return redirect("accounts:second-step")
    refused = None
    form = SetUpForm(request.POST if request.method == "POST" else None, user=user)
    try:
        if form.is_bound:
            entry.count_password_try(request, user)
        if form.is_valid():
            given = actions.confirm(user=user, typed=form.cleaned_data["code"], request=request)
            entry.forget_password_tries(user)
            return _show_codes(request, given, is_new=True)
    except (proving.WrongCode, actions.CannotSetUp) as refusal:
        form.add_error("code", refusal.sentence)
    except TooManyTries as refusal:
        form, refused = SetUpForm(user=user), refusal
    width, path = codes.picture(codes.address_for_app(step.secret, name=user.username))
    secret = " ".join(step.secret[start : start + 4] for start in range(0, len(step.secret), 4))
    context = {"form": form, "width": width, "path": path, "secret": secret, "refusal": refused}
    return _answer(request, "accounts/second_step/set_up.html", context, refused)


@sensitive_post_parameters("code")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def turn_off(request: HttpRequest) -> HttpResponse:
    user = _person(request)
    answer = _prove(request, user, "accounts/second_step/turn_off.html")
    if answer is not None:
        return answer
    actions.turn_off(user=user, request=request)
    messages.success(request, _("The second step is off. Your password alone lets you in."))
    return redirect("accounts:second-step")


@sensitive_post_parameters("code")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """New spare codes; the old ones are worthless then."""
    user = _person(request)
    answer = _prove(request, user, "accounts/second_step/new_codes.html")
    if answer is not None:
        return answer
    return _show_codes(request, actions.renew_codes(user=user, request=request), is_new=False)


def _prove(request: HttpRequest, user: User, template: str) -> HttpResponse | None:
    """The page that asks for a code; None once the right one was given."""
    if not proving.is_asked(user):
        return redirect("accounts:second-step")
    form = ProofForm(request.POST if request.method == "POST" else None)
    refusal = None
    if form.is_valid():
        try:
            proving.prove(user, form.cleaned_data["code"], request=request)
        except proving.WrongCode as error:
            form.add_error("code", error.sentence)
        except TooManyTries as error:
            form.add_error("code", error.sentence)
            refusal = error
        else:
            return None
    return _answer(request, template, {"form": form}, refusal)


def _show_codes(request: HttpRequest, given: list[str], *, is_new: bool) -> HttpResponse:
    return render(request, "accounts/second_step/codes.html", {"codes": given, "is_new": is_new})


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101  (signing in is required by middleware)
    return request.user


def _answer(
    request: HttpRequest, template: str, context: dict[str, object], refusal: TooManyTries | None
) -> HttpResponse:
    response = render(request, template, context, status=429 if refusal else 200)
    if refusal:
        response.headers["Retry-After"] = str(refusal.retry_after)
    return response
