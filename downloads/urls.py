"""Addresses under /downloads/."""

from __future__ import annotations

from django.urls import path

from downloads import views

app_name = "downloads"
urlpatterns = [
    path("", views.listing, name="list"),
    path("new/", views.new, name="new"),
]
