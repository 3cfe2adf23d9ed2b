"""Guide pages and quick links, written by administrators."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from guides.models import GuidePage, QuickLink
from medianest.lib.admin_base import CarefulAdmin


@admin.register(GuidePage)
class GuidePageAdmin(CarefulAdmin[GuidePage]):
    list_display = ["title", "language", "section", "audience", "position", "is_published", "own_text", "updated_at"]
    list_filter = ["language", "section", "audience", "is_published"]
    list_editable = ["position", "is_published"]
    search_fields = ["title", "summary", "body", "slug"]
    prepopulated_fields = {"slug": ["title"]}
    readonly_fields = ["updated_by", "updated_at"]

    @admin.display(description=gettext_lazy("own text"), boolean=True)
    def own_text(self, page: GuidePage) -> bool:
        """Whether it differs from what MediaNest came with."""
        return not page.is_as_seeded

    def save_model(self, request: HttpRequest, obj: GuidePage, form: Any, change: bool) -> None:
        obj.updated_by_id = request.user.pk
        super().save_model(request, obj, form, change)


@admin.register(QuickLink)
class QuickLinkAdmin(CarefulAdmin[QuickLink]):
    list_display = ["title", "url", "audience", "position", "is_shown", "updated_at"]
    list_filter = ["audience", "is_shown"]
    list_editable = ["position", "is_shown"]
    search_fields = ["title", "url", "description"]
    readonly_fields = ["updated_by", "updated_at"]

    def save_model(self, request: HttpRequest, obj: QuickLink, form: Any, change: bool) -> None:
        obj.updated_by_id = request.user.pk
        super().save_model(request, obj, form, change)
