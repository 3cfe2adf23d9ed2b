"""All addresses."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path

from medianest import views

urlpatterns = [
    path("", views.home, name="home"),
    path("account/", include("accounts.urls")),
    path("admin/", admin.site.urls),
]
