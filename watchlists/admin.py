"""Watchlists in the admin: that they are there, not what people wrote in them."""

from __future__ import annotations

from django.contrib import admin

from operations.admin import LookOnly
from watchlists.models import Viewing, ViewingCompanion, WatchlistEntry


@admin.register(WatchlistEntry)
class WatchlistEntryAdmin(LookOnly):
    """Notes are private, to administrators too."""

    list_display = ["user", "media_item", "status", "rating", "visibility", "updated_at"]
    list_filter = ["status", "visibility"]
    list_select_related = ["user", "media_item"]
    search_fields = ["media_item__title", "user__username", "user__name"]
    exclude = ["notes"]


class CompanionInline(admin.TabularInline[ViewingCompanion, Viewing]):
    model = ViewingCompanion
    fields = ["user"]
    readonly_fields = ["user"]
    extra = 0


@admin.register(Viewing)
class ViewingAdmin(LookOnly):
    list_display = ["user", "media_item", "season", "episode", "watched_at", "source"]
    list_filter = ["source"]
    list_select_related = ["user", "media_item"]
    search_fields = ["media_item__title", "user__username", "user__name", "=source_key"]
    date_hierarchy = "watched_at"
    inlines = [CompanionInline]
