"""The scope around each page: a signed-in person's own, in one transaction."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from django.db import transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from operations.row_security import STAFF, acting_as, scope_of

_ADMIN = "admin"
_FAILED = 500


class _Scope(ExitStack):
    """What a request has opened: nothing, or one scope."""

    is_open = False
    is_given_up = False
    """Whether the answer, though it tells no failure of ours, says that nothing was changed."""

    def open(self, user: Any, *, staff: bool) -> None:
        self.enter_context(acting_as(user, staff=staff))
        self.is_open = True


class RowScopeMiddleware:
    """Opens `acting_as` around a signed-in person's page; a page that fails (500 and above) leaves nothing behind.

    Pages that are open to all (health, sign-in) have none, and none lasts while a streamed answer is sent: what is
    read for it then needs a scope of its own. To stand after whatever may turn the person away.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with _Scope() as scope:
            request.row_scope = scope  # type: ignore[attr-defined]
            response = self.get_response(request)
            # Django has made an answer of the exception already, so nobody else would undo what was written.
            if scope.is_open and (scope.is_given_up or response.status_code >= _FAILED):
                transaction.set_rollback(True)
        return response

    def process_view(self, request: HttpRequest, view: Callable[..., Any], args: object, kwargs: object) -> None:
        role = scope_of(view, request.method)
        if role and getattr(view, "login_required", True) and request.user.is_authenticated:
            request.row_scope.open(request.user, staff=_is_elevated(request, role))  # type: ignore[attr-defined]


def _is_elevated(request: HttpRequest, role: str) -> bool:
    """Whether everybody's rows are shown: to moderators on a marked page, to administrators in the admin."""
    user: Any = request.user
    match = request.resolver_match
    if match is not None and _ADMIN in match.app_names:
        return bool(user.is_administrator)
    return role == STAFF and bool(user.is_moderator)


def give_up(request: HttpRequest) -> None:
    """Have nothing of what this page wrote stay, whatever the answer's status is."""
    scope = getattr(request, "row_scope", None)
    if scope is not None:
        scope.is_given_up = True
