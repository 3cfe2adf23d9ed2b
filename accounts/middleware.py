"""Private by default, and whoever holds a one-time password may only change it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from medianest.lib.programs import refusal

Handler = Callable[..., HttpResponseBase]


def may_use_with_one_time_password(view: Handler) -> Handler:
    """Mark a view that a person with a one-time password needs: changing it, and leaving."""
    view.open_to_one_time_password = True  # type: ignore[attr-defined]
    return view


def page_of(address: str) -> str:
    """The path and query of an address; the first page for what is no address."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return "/"
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def page_left(request: HttpRequest) -> str:
    """The page a form was sent from; the first one where that is not told or is another site's."""
    referer = request.headers.get("Referer", "")
    return page_of(referer) if url_has_allowed_host_and_scheme(referer, allowed_hosts={request.get_host()}) else "/"


class SignInRequiredMiddleware(LoginRequiredMiddleware):
    """Django's own, except that a page that asked through htmx goes to the sign-in page as a whole.

    It would otherwise put the sign-in page into the corner that was to be refreshed. Pages made for
    somebody are not kept by the browser, so that going back after signing out shows none of them.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        known = getattr(request, "_cached_user", None)  # only if somebody asked before: a 500 must ask nothing
        if known is not None and known.is_authenticated and not response.has_header("Cache-Control"):
            response.headers["Cache-Control"] = "no-store"
        return response

    def handle_no_permission(  # type: ignore[override]  # htmx needs a 200, not a redirect
        self, request: HttpRequest, view_func: Any
    ) -> HttpResponseBase:
        login_url = self.get_login_url(view_func)
        if getattr(request, "htmx", False):
            page = page_of(request.headers.get("HX-Current-URL", ""))
            return HttpResponseClientRedirect(redirect_to_login(page, login_url, REDIRECT_FIELD_NAME).url)
        if request.method not in ("GET", "HEAD"):  # what only takes a form is no page to come back to
            return redirect_to_login(page_left(request), login_url, REDIRECT_FIELD_NAME)
        return super().handle_no_permission(request, view_func)


class PasswordChangeMiddleware:
    """Leads a person with a one-time password to the page that changes it, from everywhere that asks for sign-in.

    Pages that are open to all (health, static files, the sign-in page) stay open.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view_func: Handler, view_args: object, view_kwargs: object
    ) -> HttpResponseBase | None:
        if not getattr(view_func, "login_required", True) or getattr(view_func, "open_to_one_time_password", False):
            return None
        if not (request.user.is_authenticated and request.user.requires_password_change):
            return None
        if getattr(view_func, "takes_tokens", False):
            return refusal(403, _("Choose a password of your own first."), code="change_password")
        address = reverse("accounts:change-password")
        return HttpResponseClientRedirect(address) if getattr(request, "htmx", False) else redirect(address)
