"""All addresses."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path

from accounts.profile import picture_views
from medianest import health, views

handler400 = views.bad_request
handler403 = views.forbidden
handler404 = views.not_found
handler500 = views.server_error

urlpatterns = [
    path("", views.home, name="home"),
    path("look-for", views.look_for, name="look-for"),
    path("theme/", views.theme, name="theme"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("pictures/person/<uuid:pk>/<slug:mark>", picture_views.show, name="person-picture"),
    path("account/leaving/", include("maintenance.urls")),
    path("account/", include("accounts.urls")),
    path("", include("catalog.urls")),
    path("api/v1/", include("medianest.api")),
    path("requests/", include("requests_app.urls")),
    path("hooks/", include("requests_app.hook_urls")),
    path("downloads/", include("downloads.urls")),
    path("", include("services.urls")),
    path("admin/", admin.site.urls),
]
