"""Access tokens in place of a session, for pages that answer programs: `Authorization: Bearer mn_…`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.utils.translation import gettext as _

from accounts import tokens
from accounts.models import Scope, SessionToken

V = TypeVar("V", bound=Callable[..., Any])

_SCHEME = "bearer "
_SAFE = ("GET", "HEAD", "OPTIONS")


def takes_tokens(view: V) -> V:
    """Mark a view that answers programs: with a token, or with a session as ever, and never by the sign-in page.

    A token needs the scope `read` to look, `write` for all else, and `admin` for whatever is the staff's alone.
    """
    view.takes_tokens = True  # type: ignore[attr-defined]
    return view


def token_of(request: HttpRequest) -> SessionToken | None:
    """The token that the request came with; None for a browser's session."""
    return getattr(request, "access_token", None)


class BearerMiddleware:
    """Knows a person by their token. A request with a token is nobody else's: its session does not count.

    No other site can make a browser send this header, so such requests need no proof against forgery.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        header = request.headers.get("Authorization", "")
        text = header[len(_SCHEME) :].strip() if header[: len(_SCHEME)].lower() == _SCHEME else ""
        if text.startswith(tokens.PREFIX):
            token = tokens.recognise(text)
            request.access_token = token  # type: ignore[attr-defined]
            request.user = request._cached_user = token.user if token else AnonymousUser()  # type: ignore[attr-defined]
            request._dont_enforce_csrf_checks = True  # type: ignore[attr-defined]
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: object, kwargs: object
    ) -> HttpResponseBase | None:
        came_with_token = hasattr(request, "access_token")
        if not getattr(view, "takes_tokens", False):
            if came_with_token and getattr(view, "login_required", True):
                return refusal(403, "not_for_tokens", _("This address is for browsers. The API is below /api/."))
            return None
        if not request.user.is_authenticated:
            if came_with_token:
                return refusal(401, "bad_token", _("This token is unknown, expired or revoked. Make another one."))
            return refusal(401, "sign_in", _("Sign in, or send an access token."))
        token = token_of(request)
        needed = _needed(request, view)
        if token is not None and not tokens.allows(token, needed):
            return refusal(403, "missing_scope", _("This token does not allow that: it lacks “%s”.") % needed.value)
        return None


def _needed(request: HttpRequest, view: Callable[..., Any]) -> Scope:
    if getattr(view, "for_staff", False):
        return Scope.ADMIN
    return Scope.READ if request.method in _SAFE else Scope.WRITE


def refusal(status: int, code: str, sentence: str) -> JsonResponse:
    """An answer for programs that says what is wrong: a code to act on and a sentence to show."""
    answer = JsonResponse({"error": {"code": code, "message": sentence}}, status=status)
    if status == 401:
        answer.headers["WWW-Authenticate"] = 'Bearer realm="MediaNest"'
    answer.headers["Cache-Control"] = "no-store"
    return answer
