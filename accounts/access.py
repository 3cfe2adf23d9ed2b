"""Who may use a page. Being signed in is the rule everywhere; these ask for more."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Concatenate, ParamSpec

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from accounts.rights import Right, may
from operations.row_security import staff_scope

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def moderator_required(view: View[P]) -> View[P]:
    """Only moderators and administrators; other people see the 403 page."""
    return _only(view, Right.SEE_EVERYBODYS, lambda: _("This page is for moderators."))


def administrator_required(view: View[P]) -> View[P]:
    """Only administrators; other people see the 403 page."""
    return _only(view, Right.ADMINISTER, lambda: _("This page is for administrators."))


def _only(view: View[P], right: Right, sentence: Callable[[], str]) -> View[P]:
    @functools.wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if not may(request.user, right):
            raise PermissionDenied(sentence())
        return view(request, *args, **kwargs)

    guarded.for_staff = True  # type: ignore[attr-defined]  # staff pages ask again who one is after half an hour
    return staff_scope(guarded)
