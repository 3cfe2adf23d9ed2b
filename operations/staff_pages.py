"""Pages that are for some people only."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from operations.row_security import staff_scope

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def only(view: View[P], *, may: Callable[[Any], bool], sentence: Callable[[], str]) -> View[P]:
    """`view` for those who `may`; other people see the 403 page with the sentence, strangers the door.

    There everybody's rows are shown, and whoever used no such page for half an hour proves again who they are.
    """

    @functools.wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if not may(request.user):
            raise PermissionDenied(sentence())
        return view(request, *args, **kwargs)

    guarded.for_staff = True  # type: ignore[attr-defined]
    return staff_scope(guarded)
