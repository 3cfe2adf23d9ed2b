"""Addresses that somebody typed with a slash at the end, as most of this house have one."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.views.decorators.http import require_GET


@require_GET
def without(request: HttpRequest) -> HttpResponse:
    """The same address without its slash, and with its query."""
    query = request.META.get("QUERY_STRING", "")
    return HttpResponsePermanentRedirect(request.path.rstrip("/") + (f"?{query}" if query else ""))
