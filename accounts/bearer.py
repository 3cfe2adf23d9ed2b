"""Access tokens in place of a session, for pages that answer programs: `Authorization: Bearer mn_…`."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar, cast

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseNotAllowed
from django.utils.translation import gettext as _

from accounts import tokens
from accounts.models import Scope, SessionToken
from accounts.rights import Right, may
from medianest.lib.errors import Cannot
from medianest.lib.programs import Refused, refusal
from operations import limits
from operations.row_security import acting_as

V = TypeVar("V", bound=Callable[..., Any])

_SCHEME = "bearer "
_SAFE = ("GET", "HEAD", "OPTIONS")


def takes_tokens(view: V) -> V:
    """Mark a view that answers programs: with a token, or with a session as ever, and never by the sign-in page.

    A token needs the scope `read` to look, `write` for all else, and `admin` for whatever is the staff's alone. Each
    call counts (`limits.API`), and whatever is refused is told in JSON. To stand outside of all other decorators.
    """

    @functools.wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            limits.admit(request.user, limits.API)
        except limits.TooOften as too_often:
            return _told(too_often)
        try:
            answer: HttpResponseBase = view(request, *args, **kwargs)
        except (Cannot, Refused, Http404, PermissionDenied) as error:
            answer = _told(error)
        _write_down(request)
        return _only(answer) if isinstance(answer, HttpResponseNotAllowed) else answer

    answered.takes_tokens = True  # type: ignore[attr-defined]
    return cast(V, answered)


def _write_down(request: HttpRequest) -> None:
    """Write the call down: in the page's own scope, or in one for this alone where the view opens its scopes itself."""
    if getattr(getattr(request, "row_scope", None), "is_open", False):
        limits.write_down(request.user, limits.API, quickly=request.method in _SAFE)
        return
    with acting_as(request.user):
        limits.write_down(request.user, limits.API, quickly=True)


def _told(error: Exception) -> HttpResponseBase:
    if isinstance(error, limits.TooOften):
        return refusal(error.status, error.sentence, retry_after=error.retry_after)
    if isinstance(error, Cannot):
        return refusal(error.status, error.sentence)
    if isinstance(error, Refused):
        return refusal(error.status, error.sentence, fields=error.fields)
    if isinstance(error, PermissionDenied):
        return refusal(403, str(error) or _("This is not open to you."))
    return refusal(404, _("There is nothing here, or it is not yours."))


def _only(answer: HttpResponseNotAllowed) -> HttpResponseBase:
    told = refusal(405, _("This address does not take that: only %s.") % answer.headers["Allow"])
    told.headers["Allow"] = answer.headers["Allow"]
    return told


def is_staff_here(request: HttpRequest, right: Right) -> bool:
    """Whether the person has a right of the staff's, and may use it in this call: a token needs its scope `admin`."""
    token = token_of(request)
    return may(request.user, right) and (token is None or tokens.allows(token, Scope.ADMIN))


def token_of(request: HttpRequest) -> SessionToken | None:
    """The token that the request came with; None for a browser's session."""
    return getattr(request, "access_token", None)


class BearerMiddleware:
    """Knows a person by their token. A request with a token is nobody else's: its session does not count.

    No other site can make a browser send this header, so a call with a good token, to a view that takes them, needs no
    proof against forgery. Anything else does, whatever it says in its header. To stand before Django's own check.
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
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: object, kwargs: object
    ) -> HttpResponseBase | None:
        came_with_token = hasattr(request, "access_token")
        if not getattr(view, "takes_tokens", False):
            if came_with_token and getattr(view, "login_required", True):
                return refusal(403, _("This address is for browsers. The API is below /api/."), code="not_for_tokens")
            return None
        if not request.user.is_authenticated:
            if came_with_token:
                wrong = _("This token is unknown, expired or revoked. Make another one.")
                return refusal(401, wrong, code="bad_token")
            return refusal(401, _("Sign in, or send an access token."))
        token = token_of(request)
        if token is None:
            return None
        needed = _needed(request, view)
        if not tokens.allows(token, needed):
            lacks = _("This token does not allow that: it lacks “%s”.") % needed.value
            return refusal(403, lacks, code="missing_scope")
        request._dont_enforce_csrf_checks = True  # type: ignore[attr-defined]
        return None


def _needed(request: HttpRequest, view: Callable[..., Any]) -> Scope:
    if getattr(view, "for_staff", False):
        return Scope.ADMIN
    return Scope.READ if request.method in _SAFE else Scope.WRITE
