"""Who may connect services."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Concatenate, ParamSpec

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from operations.row_security import staff_scope

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def administrator_required(view: View[P]) -> View[P]:
    """Only administrators; other people see the 403 page. Being signed in is the rule everywhere."""

    @functools.wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not getattr(request.user, "is_administrator", False):
            raise PermissionDenied(_("Connecting services is for administrators."))
        return view(request, *args, **kwargs)

    guarded.for_staff = True  # type: ignore[attr-defined]  # they ask again who one is after half an hour
    return staff_scope(guarded)
