"""Addresses under /downloads/."""

from __future__ import annotations

from django.urls import path

from downloads import views

app_name = "downloads"
urlpatterns = [
    path("", views.listing, name="list"),
    path("new/", views.new, name="new"),
    path("moving/", views.moving, name="moving"),
    path("thumbnail/<str:video_id>.jpg", views.thumbnail, name="thumbnail"),
    path("entries/<uuid:entry_id>/retry/", views.retry_entry, name="retry-entry"),
    path("<uuid:download_id>/", views.detail, name="detail"),
    path("<uuid:download_id>/progress/", views.progress, name="progress"),
    path("<uuid:download_id>/order/", views.order, name="order"),
    path("<uuid:download_id>/cancel/", views.cancel, name="cancel"),
    path("<uuid:download_id>/retry/", views.retry, name="retry"),
    path("<uuid:download_id>/publish/", views.publish, name="publish"),
    path("<uuid:download_id>/discard/", views.discard, name="discard"),
]
