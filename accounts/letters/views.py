"""A forgotten password, and another e-mail address."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from accounts import entry
from accounts.letters import actions, proofs
from accounts.letters.forms import AddressForm, ForgottenForm, NewPasswordForm
from accounts.models import Purpose, User
from accounts.rules import CannotChangePerson
from accounts.tries import TooManyTries
from operations import limits

_KEY = "reset"
_POSSIBLE = ["GET", "HEAD", "POST"]


# --- a forgotten password ---------------------------------------------------------------------------------------------
@login_not_required
@limits.by_address(300, 60)
@never_cache
@require_http_methods(_POSSIBLE)
def forgotten(request: HttpRequest) -> HttpResponse:
    """Ask for a link. The answer is the same whether anybody is known by that name or not."""
    form = ForgottenForm(request.POST if request.method == "POST" and settings.MAIL_IS_SET_UP else None)
    refusal = None
    if form.is_valid():
        try:
            actions.ask_for_reset(login=form.cleaned_data["login"], request=request)
        except TooManyTries as error:
            form.add_error("login", error.sentence)
            refusal = error
        else:
            return render(request, "accounts/letters/sent.html")
    context = {"form": form, "mail_is_set_up": settings.MAIL_IS_SET_UP}
    return _answer(request, "accounts/letters/forgotten.html", context, refusal)


@login_not_required
@never_cache
@require_safe
def open_link(request: HttpRequest, text: str) -> HttpResponse:
    """From the link in the mail to the page without it: an address stands in histories and logs."""
    found = proofs.find(text, Purpose.RESET_PASSWORD)
    request.session.cycle_key()
    request.session.pop(_KEY, None)
    if found:
        person, row = found
        request.session[_KEY] = {
            "person": str(person.pk),
            "link": str(row.pk),
            "fits": person.get_session_auth_hash(),
        }
    return redirect("accounts:reset-new")


@login_not_required
@sensitive_post_parameters()
@never_cache
@require_http_methods(_POSSIBLE)
def new_password(request: HttpRequest) -> HttpResponse:
    noted = request.session.get(_KEY)
    person = User.objects.active().filter(pk=noted["person"]).first() if noted else None
    if noted is None or person is None:
        return render(request, "accounts/letters/over.html", {"again": "accounts:forgotten"})
    form = NewPasswordForm(request.POST if request.method == "POST" else None, user=person)
    if form.is_valid():
        request.session.pop(_KEY)
        try:
            actions.reset_password(
                link=noted["link"], fits=noted["fits"], new_password=form.cleaned_data["new"], request=request
            )
        except actions.LinkIsOver:
            return render(request, "accounts/letters/over.html", {"again": "accounts:forgotten"})
        messages.success(request, _("Your password is changed. Sign in with it."))
        return redirect("accounts:sign-in")
    return render(request, "accounts/letters/new_password.html", {"form": form, "person": person})


# --- another e-mail address -------------------------------------------------------------------------------------------
@sensitive_post_parameters("password")
@never_cache
@require_http_methods(_POSSIBLE)
def address(request: HttpRequest) -> HttpResponse:
    user = request.user
    assert isinstance(user, User)  # noqa: S101  (signing in is required by middleware)
    form = AddressForm(request.POST if request.method == "POST" and settings.MAIL_IS_SET_UP else None, user=user)
    refusal = None
    try:
        if form.is_bound:
            entry.count_password_try(request, user)
        if form.is_valid():
            entry.forget_password_tries(user)
            actions.ask_for_address(user=user, address=form.cleaned_data["email"], request=request)
            messages.success(request, _("A link is on its way to that address. Open it within a day."))
            return redirect("accounts:profile")
    except TooManyTries as error:
        form.add_error("email", error.sentence)
        refusal = error
    context = {"form": form, "mail_is_set_up": settings.MAIL_IS_SET_UP}
    return _answer(request, "accounts/letters/address.html", context, refusal)


@login_not_required
@never_cache
@require_http_methods(_POSSIBLE)
def confirm(request: HttpRequest, text: str) -> HttpResponse:
    """A button, because mail programs open links by themselves."""
    found = proofs.find(text, Purpose.VERIFY_EMAIL)
    if found is None:
        return render(request, "accounts/letters/over.html", {"again": "accounts:address"})
    if request.method != "POST":
        return render(request, "accounts/letters/confirm.html", {"address": found[1].identifier, "person": found[0]})
    try:
        actions.confirm_address(text=text, request=request)
    except actions.LinkIsOver:
        return render(request, "accounts/letters/over.html", {"again": "accounts:address"})
    except CannotChangePerson as refusal:
        messages.error(request, refusal.sentence)
        return redirect("accounts:profile")
    messages.success(request, _("This is your e-mail address now."))
    return redirect("accounts:profile")


def _answer(
    request: HttpRequest, template: str, context: dict[str, object], refusal: TooManyTries | None
) -> HttpResponse:
    response = render(request, template, context, status=429 if refusal else 200)
    if refusal:
        response.headers["Retry-After"] = str(refusal.retry_after)
    return response
