"""Promised work and security events in the admin: to look at, and to try again or stop."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy, ngettext

from medianest.lib.admin_base import CarefulAdmin
from operations import jobs, security
from operations.models import Job, SecurityEvent


class LookOnly(CarefulAdmin[Any]):
    """Nothing is added, changed or deleted here."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(Job)
class JobAdmin(LookOnly):
    list_display = ["kind", "state", "queue", "attempt", "shown_reason", "shown_progress", "run_after"]
    list_filter = ["state", "kind", "queue"]
    search_fields = ["idempotency_key", "correlation_id", "error_code"]
    list_select_related = ["created_by"]
    actions = ["try_again", "cancel"]

    @admin.display(description=gettext_lazy("reason"))
    def shown_reason(self, job: Job) -> str:
        return job.error_text[:120]

    @admin.display(description=gettext_lazy("progress"))
    def shown_progress(self, job: Job) -> str:
        return ", ".join(f"{name}: {value}" for name, value in job.progress.items())

    @admin.action(description=gettext_lazy("Try again"))
    def try_again(self, request: HttpRequest, chosen: QuerySet[Job]) -> None:
        done = self._count(request, "job.try_again", chosen, jobs.try_again)
        messages.success(
            request, ngettext("%(n)d job is queued again.", "%(n)d jobs are queued again.", done) % {"n": done}
        )

    @admin.action(description=gettext_lazy("Cancel"))
    def cancel(self, request: HttpRequest, chosen: QuerySet[Job]) -> None:
        done = self._count(request, "job.cancel", chosen, lambda job: jobs.request_cancel(key=job.idempotency_key))
        messages.success(
            request, ngettext("%(n)d job was asked to stop.", "%(n)d jobs were asked to stop.", done) % {"n": done}
        )

    def _count(self, request: HttpRequest, kind: str, chosen: QuerySet[Job], act: Callable[[Job], bool]) -> int:
        done = [job for job in chosen if act(job)]
        for job in done:
            security.record(kind, request=request, about=str(job.pk), job=job.kind)
        return len(done)


@admin.register(SecurityEvent)
class SecurityEventAdmin(LookOnly):
    list_display = ["created_at", "kind", "actor", "object", "address", "correlation_id"]
    list_filter = ["kind"]
    search_fields = ["object", "correlation_id", "actor__username"]
    list_select_related = ["actor"]
    date_hierarchy = "created_at"
