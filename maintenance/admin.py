"""Backups, exports, departures and what MediaNest came with: to be looked at; they are made elsewhere.

Forgetting a row that MediaNest came with lets it come back at the next start.
"""

from __future__ import annotations

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy

from maintenance.models import BackupRun, Departure, Erasure, PersonalExport, SeededRow
from operations.admin import LookOnly


@admin.register(BackupRun)
class BackupRunAdmin(LookOnly):
    list_display = ["started_at", "kind", "good", "finished_at", "size", "verified_at", "removed_at", "shown_error"]
    list_filter = ["kind", ("error", admin.EmptyFieldListFilter), ("verified_at", admin.EmptyFieldListFilter)]
    search_fields = ["path", "sha256", "error"]
    date_hierarchy = "started_at"

    @admin.display(description=gettext_lazy("good"), boolean=True)
    def good(self, run: BackupRun) -> bool:
        return run.is_good

    @admin.display(description=gettext_lazy("size"))
    def size(self, run: BackupRun) -> str:
        return filesizeformat(run.bytes) if run.bytes is not None else ""

    @admin.display(description=gettext_lazy("error"))
    def shown_error(self, run: BackupRun) -> str:
        return run.error[:120]


@admin.register(SeededRow)
class SeededRowAdmin(LookOnly):
    list_display = ["kind", "key", "created_at", "updated_at"]
    list_filter = ["kind"]
    search_fields = ["key"]

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return True


@admin.register(PersonalExport)
class PersonalExportAdmin(LookOnly):
    list_display = ["created_at", "user", "finished_at", "size", "expires_at", "error"]
    list_select_related = ["user"]
    search_fields = ["user__username", "user__name"]
    fields = ["user", "created_at", "done", "parts", "finished_at", "bytes", "expires_at", "error"]

    @admin.display(description=gettext_lazy("size"))
    def size(self, export: PersonalExport) -> str:
        return filesizeformat(export.bytes) if export.bytes is not None else ""


@admin.register(Departure)
class DepartureAdmin(LookOnly):
    list_display = ["user", "asked_at", "due_at", "problem"]
    list_select_related = ["user"]
    search_fields = ["user__username", "user__name"]


@admin.register(Erasure)
class ErasureAdmin(LookOnly):
    list_display = ["id", "erased_at"]
    search_fields = ["id"]
