"""Addresses under /api/v1/. What they take and give is told in docs/api.md."""

from __future__ import annotations

from django.urls import path

from accounts import api as accounts
from catalog import api as catalog
from requests_app import api as requests

app_name = "api"
urlpatterns = [
    path("me/", accounts.me, name="me"),
    path("search", catalog.search, name="search"),
    path("titles/<media_type:media_type>/<int:tmdb_id>", catalog.title, name="title"),
    path("requests", requests.requests, name="requests"),
    path("requests/all", requests.everybodys, name="all-requests"),
    path("requests/<uuid:id>", requests.detail, name="request"),
    path("requests/<uuid:id>/<slug:doing>", requests.act, name="request-act"),
]
