"""The profile page: how somebody is shown, spoken to and told, and what they have."""

from __future__ import annotations

from typing import Any, cast

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import Profile, User
from accounts.profile import actions, choices
from accounts.profile.forms import PictureForm, ProfileForm, ServicesForm, TellingForm
from accounts.profile.theme import keep_theme, theme_of
from notifications.models import NotificationChannel
from operations.row_security import acting_as, own_scope

_MOST_CHANNELS = 30


@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    user = _person(request)
    if request.method != "POST":
        return page(request)
    form = ProfileForm(request.POST, user=user, profile=actions.profile_of(user), theme=theme_of(request))
    if not form.is_valid():
        return page(request, form=form)
    kept = actions.save_profile(user=user, **form.cleaned_data)
    user.theme = kept.theme
    messages.success(request, _("Your profile is saved."))
    response = redirect("accounts:profile")
    keep_theme(response, kept.theme)
    return response


def page(request: HttpRequest, **forms: Any) -> HttpResponse:
    """The page, with `forms` in the place of those that nobody filled in."""
    user = _person(request)
    kept = actions.profile_of(user)
    context = {
        "person": user,
        "has_password": user.has_usable_password(),
        "picture_form": PictureForm(),
        "telling_form": TellingForm(muted=kept.preferences.get("muted_events", [])),
        "channels": NotificationChannel.objects.of(user)[:_MOST_CHANNELS],
        "form": ProfileForm(user=user, profile=kept, theme=theme_of(request)),
        "streaming": kept.preferences.get("streaming_services", []),
        **forms,
    }
    return render(request, "accounts/profile.html", context)


@require_POST
def telling(request: HttpRequest) -> HttpResponse:
    user = _person(request)
    form = TellingForm(request.POST, muted=())
    if not form.is_valid():
        return page(request, telling_form=form)
    known = [event.name for event in form.known]
    actions.mute(user=user, events=form.muted(), known=known, theme=theme_of(request))
    messages.success(request, _("What you are told of is saved."))
    return redirect("accounts:profile")


@own_scope
@require_http_methods(["GET", "HEAD", "POST"])
def streaming(request: HttpRequest) -> HttpResponse:
    """Which streaming services somebody has. Asks for a country's outside of any transaction, for that may take long."""
    user = _person(request)
    with acting_as(user):
        kept = actions.profile_of(user)
    region = kept.region or settings.REGION
    offered = choices.streaming_services(region)
    data = request.POST if request.method == "POST" else None
    form = ServicesForm(data, offered=offered, chosen=_chosen(kept))
    with acting_as(user):
        if form.is_valid():
            actions.choose_services(user=user, names=form.names(), theme=theme_of(request))
            messages.success(request, _("Your streaming services are saved."))
            return redirect("accounts:profile")
        context = {"form": form, "country": choices.region_name(region), "is_told": bool(offered)}
        return render(request, "accounts/streaming.html", context)


def _chosen(kept: Profile) -> list[str]:
    return cast("list[str]", kept.preferences.get("streaming_services", []))


def _person(request: HttpRequest) -> User:
    return cast("User", request.user)  # signing in is required by middleware
