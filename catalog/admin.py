"""The catalogue in the admin. What TMDB and Plex say is looked at here, not written."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Count, Field, QuerySet, URLField
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from catalog.models import (
    AgeLimit,
    CollectionMember,
    DiscoverRow,
    LibraryItem,
    LibrarySection,
    LibraryShare,
    MediaItem,
    StreamingProvider,
)
from medianest.lib.admin_base import CarefulAdmin
from operations.admin import LookOnly

SECURE_ADDRESSES: dict[type[Field[Any, Any]], dict[str, str]] = {URLField: {"assume_scheme": "https"}}


class StreamingInline(admin.TabularInline[StreamingProvider, MediaItem]):
    model = StreamingProvider
    extra = 0
    fields = ["provider", "kind", "regions", "url"]
    formfield_overrides = SECURE_ADDRESSES


@admin.register(MediaItem)
class MediaItemAdmin(CarefulAdmin[MediaItem]):
    """Titles can be added and mended by hand, for what TMDB does not know or tells wrongly."""

    list_display = ["__str__", "media_type", "tmdb_id", "imdb_id", "certification", "fetched_at", "gone_at"]
    list_filter = ["media_type", ("gone_at", admin.EmptyFieldListFilter), "certification"]
    search_fields = ["title", "original_title", "=imdb_id", "=tmdb_id", "=tvdb_id"]
    search_help_text = gettext_lazy("A title, or a TMDB, IMDb or TheTVDB id.")
    date_hierarchy = "release_date"
    readonly_fields = ["created_at", "updated_at"]
    inlines = [StreamingInline]


@admin.register(StreamingProvider)
class StreamingProviderAdmin(CarefulAdmin[StreamingProvider]):
    list_display = ["provider", "kind", "media_item", "regions", "updated_at"]
    list_filter = ["kind"]
    list_select_related = ["media_item"]
    search_fields = ["provider", "media_item__title"]
    autocomplete_fields = ["media_item"]
    formfield_overrides = SECURE_ADDRESSES


@admin.register(LibrarySection)
class LibrarySectionAdmin(CarefulAdmin[LibrarySection]):
    """Sections come from Plex; whether pages show one is decided here."""

    list_display = ["title", "type", "is_shown", "item_count", "shared_with", "scanned_at", "synced_at", "doubted_at"]
    list_filter = ["type", "is_shown", ("doubted_at", admin.EmptyFieldListFilter)]
    search_fields = ["title", "section_key"]
    readonly_fields = [
        "server_id",
        "section_key",
        "type",
        "title",
        "agent",
        "language",
        "item_count",
        "scanned_at",
        "synced_at",
        "read_whole_at",
        "doubted_at",
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[LibrarySection]:
        sections: QuerySet[LibrarySection] = super().get_queryset(request)
        return sections.annotate(people_count=Count("shares"))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    @admin.display(description=gettext_lazy("shared with"))
    def shared_with(self, section: LibrarySection) -> int:
        """How many people; the number comes with the list's own query."""
        return int(getattr(section, "people_count", 0))


@admin.register(LibraryShare)
class LibraryShareAdmin(LookOnly):
    list_display = ["section", "user", "created_at"]
    list_filter = ["section"]
    list_select_related = ["section", "user"]
    search_fields = ["user__username", "user__name", "section__title"]


@admin.register(LibraryItem)
class LibraryItemAdmin(LookOnly):
    list_display = ["__str__", "type", "section", "parent", "number", "rating_key", "added_at", "seen_at"]
    list_filter = ["type", "section"]
    list_select_related = ["section", "parent"]
    search_fields = ["title", "original_title", "=rating_key", "=tmdb_id", "=imdb_id"]
    exclude = ["search"]


@admin.register(CollectionMember)
class CollectionMemberAdmin(LookOnly):
    list_display = ["collection", "position", "item"]
    list_select_related = ["collection", "item"]
    search_fields = ["collection__title", "item__title"]


@admin.register(AgeLimit)
class AgeLimitAdmin(CarefulAdmin[AgeLimit]):
    """For whom titles are limited by age; many at once in the list."""

    list_display = ["user", "years", "sees_unrated", "updated_at"]
    list_editable = ["years", "sees_unrated"]
    list_select_related = ["user"]
    search_fields = ["user__username", "user__name"]
    autocomplete_fields = ["user"]


@admin.register(DiscoverRow)
class DiscoverRowAdmin(CarefulAdmin[DiscoverRow]):
    """The rows of the discover page; many at once in the list. Its own page (“Arrange”) moves them by buttons."""

    list_display = ["title", "kind", "media_type", "position", "is_shown", "updated_at"]
    list_editable = ["position", "is_shown"]
    list_filter = ["kind", "media_type", "is_shown"]
    search_fields = ["title", "slug"]
    prepopulated_fields = {"slug": ["title"]}
