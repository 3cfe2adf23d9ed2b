"""Addresses for other programs."""

from __future__ import annotations

from django.urls import path

from requests_app.views import hooks

app_name = "hooks"
urlpatterns = [path("overseerr/<str:secret>", hooks.overseerr, name="hook-overseerr")]
