"""Addresses under /api/v1/."""

from __future__ import annotations

from django.urls import path

from accounts import api as accounts

app_name = "api"
urlpatterns = [
    path("me/", accounts.me, name="me"),
]
