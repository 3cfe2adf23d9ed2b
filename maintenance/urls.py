"""Addresses under /account/leaving/."""

from __future__ import annotations

from django.urls import path

from maintenance import views

app_name = "maintenance"
urlpatterns = [
    path("", views.leaving, name="leaving"),
    path("export/", views.export, name="export"),
    path("export/progress/", views.export_progress, name="export-progress"),
    path("export/<uuid:export_id>/", views.export_file, name="export-file"),
    path("leave/", views.leave, name="leave"),
    path("stay/", views.stay, name="stay"),
]
