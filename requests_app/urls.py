"""Addresses of requests."""

from __future__ import annotations

from django.urls import path

from requests_app.views import asking, collections, lists, one, problems

app_name = "requests"
urlpatterns = [
    path("", lists.mine, name="list"),
    path("all", lists.everybodys, name="queue"),
    path("all/decide", lists.many, name="many"),
    path("mine.csv", lists.my_table, name="csv"),
    path("all.csv", lists.table, name="queue-csv"),
    path("moving", lists.moving, name="moving"),
    path("wish", asking.wish, name="wish"),
    path("ask/<media_type:media_type>/<int:tmdb_id>", asking.ask, name="ask"),
    path("collection/<int:collection_id>", collections.collection, name="collection"),
    path("problems/", problems.listing, name="problems"),
    path("problems/new/<media_type:media_type>/<int:tmdb_id>", problems.new, name="problem-new"),
    path("problems/<uuid:id>", problems.detail, name="problem"),
    path("problems/<uuid:id>/<slug:doing>", problems.act, name="problem-act"),
    path("<uuid:id>", one.detail, name="detail"),
    path("<uuid:id>/now", one.now, name="now"),
    path("<uuid:id>/<slug:doing>", one.act, name="act"),
]
