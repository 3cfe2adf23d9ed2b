"""Addresses of the catalogue."""

from __future__ import annotations

from django.urls import path

from catalog.views import pictures

app_name = "catalog"
urlpatterns = [
    path("pictures/tmdb/<slug:size>/<str:name>", pictures.tmdb, name="tmdb-picture"),
]
