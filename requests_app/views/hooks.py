"""Hints from the service that has titles fetched: something has changed, have a look."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from medianest.lib import hooks
from operations.row_security import for_others
from requests_app import promises

LARGEST = 65_536  # bytes; a real one has about two thousand


@csrf_exempt
@login_not_required
@require_POST
def overseerr(request: HttpRequest, secret: str) -> HttpResponse:
    """Promise a look. What is said is not even read: it bears no signature, and comes late or not at all."""
    if not hooks.is_right("overseerr", secret):
        raise Http404
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdigit() or int(length) > LARGEST:
        return HttpResponse(status=413)
    with for_others():
        promises.follow_soon()
    return HttpResponse(status=204)
