"""The page that shows who may do what."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts import rights


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """Open to everyone who is signed in: nothing in it is a secret."""
    context = {"roles": [role.label for role in rights.Role], "table": list(rights.table())}
    return render(request, "accounts/rights.html", context)
