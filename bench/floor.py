"""The floor under a list of requests: a bare Django, without middleware and templates, that asks the database the same.

Served as `bench.floor:application` beside the house, over its database, with as many threads. `?user=ID&all=1&after=…`
records the statements of that list once, and from then on sends them and says two letters.
"""

from __future__ import annotations

import os
from typing import Any

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path

_KNOWN: dict[str, list[str]] = {}
_AROUND = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")


def same(request: HttpRequest) -> HttpResponse:
    from django.db import connection, transaction  # noqa: PLC0415  (settings are read when it is served)

    asked = request.META["QUERY_STRING"]
    if asked not in _KNOWN:
        _KNOWN[asked] = _recorded(request.GET)
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in _KNOWN[asked]:
            cursor.execute(statement)
            cursor.fetchall()
    return HttpResponse("ok", headers={"Content-Length": "2"})  # nobody else writes it here


def _recorded(query: Any) -> list[str]:
    from django.db import connection  # noqa: PLC0415  (likewise)
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415  (likewise)

    from accounts.models import User  # noqa: PLC0415  (likewise)
    from operations.row_security import acting_as  # noqa: PLC0415  (likewise)
    from requests_app import listing  # noqa: PLC0415  (likewise)
    from requests_app.which import Which  # noqa: PLC0415  (likewise)

    everybodys = "all" in query
    user = User(pk=query["user"], role="MODERATOR" if everybodys else "USER")
    with CaptureQueriesContext(connection) as captured, acting_as(user, staff=everybodys):
        found = listing.of(user, everybodys=everybodys)
        listing.counts(found, everybodys=everybodys)
        listing.page(found, Which(), after=query.get("after", ""))
    return [one["sql"] for one in captured.captured_queries if not one["sql"].startswith(_AROUND)]


urlpatterns = [path("", same)]

if os.environ.get("BENCH_FLOOR"):  # served, not merely imported
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "medianest.settings")
    settings.MIDDLEWARE = []
    settings.ROOT_URLCONF = "bench.floor"
    application = get_wsgi_application()
