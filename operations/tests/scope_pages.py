"""Pages that tell in which scope they run."""

from __future__ import annotations

from collections.abc import Iterator

from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import path

from accounts.access import administrator_required, moderator_required
from medianest.urls import handler500
from medianest.urls import urlpatterns as house
from operations.models import SecurityEvent
from operations.row_security import acting_as, own_scope, staff_scope


def scope() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, coalesce(current_setting('app.user_id', true), '')")
        return " ".join(cursor.fetchone())


def plain(request: HttpRequest) -> HttpResponse:
    return HttpResponse(scope())


@staff_scope
def marked(request: HttpRequest) -> HttpResponse:
    return HttpResponse(scope())


@login_not_required
def open_to_all(request: HttpRequest) -> HttpResponse:
    return HttpResponse(scope())


def write(request: HttpRequest, answer: str) -> HttpResponse:
    """Write a row, and then answer with that status, or break."""
    SecurityEvent.objects.create(actor_id=request.user.pk, kind="written")
    if answer == "break":
        raise ZeroDivisionError
    return HttpResponse(status=int(answer))


@own_scope
@administrator_required
def slow(request: HttpRequest) -> HttpResponse:
    outside = scope()
    with acting_as(request.user):
        return HttpResponse(f"{outside} | {scope()}")


def stream(request: HttpRequest) -> HttpResponseBase:
    return StreamingHttpResponse(_told())


def _told() -> Iterator[str]:
    yield scope()


urlpatterns = [
    path("plain/", plain),
    path("open/", open_to_all),
    path("staff/", marked),
    path("moderators/", moderator_required(plain)),
    path("administrators/", administrator_required(plain)),
    path("write/<str:answer>/", write),
    path("slow/", slow),
    path("stream/", stream),
    *house,
]
__all__ = ["handler500", "urlpatterns"]
