"""Sessions, remembered devices, and staff pages that ask again after half an hour."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from accounts.bearer import token_of
from accounts.middleware import page_left, page_of
from accounts.models import User
from accounts.rights import Right, may
from accounts.sessions import devices, freshness
from accounts.sessions.store import SessionStore
from medianest.lib.programs import refusal

_SAFE = ("GET", "HEAD")


class SessionsMiddleware(SessionMiddleware):
    """Django's own, which also tells the session where the request came from."""

    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        store = cast(SessionStore, request.session)
        store.seen_from(request.META.get("REMOTE_ADDR"), request.headers.get("User-Agent", ""))


class DeviceMiddleware:
    """Brings back whoever this device remembers, when their session is over.

    Only on the way to a page: signing in changes the proof against forgery that a form came with. A form sent too late
    leads to the sign-in page, and that is a page.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        remembers = settings.DEVICE_COOKIE_NAME in request.COOKIES and request.method in _SAFE
        if remembers and token_of(request) is None and not request.user.is_authenticated:
            devices.come_in(request)
        response = self.get_response(request)
        devices.set_cookie(request, response)
        return response


class StaffIdleMiddleware:
    """Asks moderators and administrators on their pages who they are, when they used none of these for half an hour.

    Elsewhere they stay signed in. What a page fetches by itself is no use of it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: object, kwargs: object
    ) -> HttpResponseBase | None:
        user = request.user
        if not _is_for_staff(request, view) or token_of(request) is not None:
            return None
        if not (isinstance(user, User) and may(user, Right.SEE_EVERYBODYS)):
            return None  # the page itself turns them away
        by_itself = bool(getattr(request, "htmx", False)) and request.method in _SAFE
        if freshness.is_fresh(request):
            if not by_itself:
                freshness.note_use(request)
            return None
        if getattr(view, "takes_tokens", False):
            return refusal(403, _("Say again who you are, on any page for moderators."), code="confirm")
        if getattr(request, "htmx", False):
            return HttpResponseClientRedirect(_confirming(page_of(request.headers.get("HX-Current-URL", ""))))
        wanted = request.get_full_path() if request.method in _SAFE else page_left(request)
        return redirect(_confirming(wanted))


def _is_for_staff(request: HttpRequest, view: Callable[..., Any]) -> bool:
    match = request.resolver_match
    return getattr(view, "for_staff", False) or (match is not None and "admin" in match.app_names)


def _confirming(page: str) -> str:
    return f"{reverse('accounts:confirm')}?{urlencode({'next': page})}"
