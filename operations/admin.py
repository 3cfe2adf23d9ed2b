"""Promised work, security events, errors and counted uses in the admin: to look at, and to try again or stop."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from medianest.lib.admin_base import CarefulAdmin
from medianest.lib.errors import Cannot
from operations import jobs, security, telling, trail
from operations.forms import TrailForm
from operations.models import LIVE_STATES, ErrorLog, Job, RateLimit, SecurityEvent, TrailEntry

_DAYS = (1, 7, 30, 180)  # periods that errors are summed over
_DEFAULT_DAYS = 30
_MOST_CODES = 100


class LookOnly(CarefulAdmin[Any]):
    """Nothing is added, changed or deleted here."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


Deed = Callable[[dict[str, Any], Any], None]


@dataclasses.dataclass(frozen=True)
class _Deeds:
    try_again: Deed | None
    cancel: Deed | None


_deeds: dict[str, _Deeds] = {}


def from_admin(kind: str, *, try_again: Deed | None = None, cancel: Deed | None = None) -> None:
    """Say what “Try again” and “Cancel” mean for a kind of work, where the job's own row is not all that changes.

    Each is called with the job's arguments and the administrator, and raises a Cannot whose sentence is shown.
    """
    _deeds[kind] = _Deeds(try_again, cancel)


def _try_again(job: Job, user: Any) -> bool:
    deeds = _deeds.get(job.kind)
    if job.state in LIVE_STATES:
        return False
    if deeds is None or deeds.try_again is None:
        return jobs.try_again(job)
    deeds.try_again(job.args, user)
    return True


def _cancel(job: Job, user: Any) -> bool:
    deeds = _deeds.get(job.kind)
    if job.state not in LIVE_STATES:
        return False
    if deeds is None or deeds.cancel is None:
        return jobs.request_cancel(key=job.idempotency_key)
    deeds.cancel(job.args, user)
    return True


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
        done = self._count(request, "job.try_again", chosen, _try_again)
        sentence = ngettext("%(n)d job is queued again.", "%(n)d jobs are queued again.", done) % {"n": done}
        messages.add_message(request, messages.SUCCESS if done else messages.WARNING, sentence)

    @admin.action(description=gettext_lazy("Cancel"))
    def cancel(self, request: HttpRequest, chosen: QuerySet[Job]) -> None:
        done = self._count(request, "job.cancel", chosen, _cancel)
        sentence = ngettext("%(n)d job was asked to stop.", "%(n)d jobs were asked to stop.", done) % {"n": done}
        messages.add_message(request, messages.SUCCESS if done else messages.WARNING, sentence)

    def _count(self, request: HttpRequest, kind: str, chosen: QuerySet[Job], act: Callable[[Job, Any], bool]) -> int:
        done = 0
        for job in chosen:
            try:
                if not act(job, request.user):
                    continue
            except Cannot as refusal:
                messages.error(request, f"{job.kind}: {refusal.sentence}")
                continue
            security.record(kind, request=request, about=str(job.pk), job=job.kind)
            done += 1
        return done


@admin.register(SecurityEvent)
class SecurityEventAdmin(LookOnly):
    list_display = ["created_at", "kind", "actor", "object", "address", "shown_reference"]
    list_filter = ["kind"]
    search_fields = ["object", "correlation_id", "actor__username"]
    list_select_related = ["actor"]
    date_hierarchy = "created_at"

    @admin.display(description=gettext_lazy("reference"))
    def shown_reference(self, event: SecurityEvent) -> str:
        """Leads to what was changed on that occasion."""
        if not event.correlation_id:
            return ""
        address = reverse("admin:operations_trailentry_changelist", query={"request": event.correlation_id})
        return format_html('<a href="{}">{}</a>', address, event.correlation_id)


@admin.register(TrailEntry)
class TrailAdmin(LookOnly):
    """The audit trail over all tables, newest first, a page at a time. Three queries, whatever there is."""

    def get_urls(self) -> list[Any]:
        """The list alone: an entry has no page, and no table of its own."""
        view = self.admin_site.admin_view(self.changelist_view)
        return [path("", view, name="operations_trailentry_changelist")]

    def changelist_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        form = TrailForm(request.GET)
        entries: list[TrailEntry] = []
        behind = None
        if form.is_valid():
            entries, behind = trail.page(form.sought(), behind=trail.Place.parse(request.GET.get("behind", "")))
        onwards = request.GET.copy()
        onwards["behind"] = str(behind or "")
        context = {
            **self.admin_site.each_context(request),
            "title": _("Changes"),
            "opts": self.opts,
            "form": form,
            "entries": telling.told(entries),
            "onwards": onwards.urlencode() if behind else "",
            "is_later_page": "behind" in request.GET,
        }
        return TemplateResponse(request, "admin/operations/trailentry/list.html", context)


class _Sort(admin.SimpleListFilter):
    """Mistakes of ours, refusals, or background work."""

    title = gettext_lazy("sort")
    parameter_name = "sort"
    _RULES = {
        "mistakes": Q(status_code__gte=500),
        "refusals": Q(status_code__lt=500),
        "work": Q(status_code__isnull=True),
    }

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("mistakes", _("mistakes of ours")), ("refusals", _("refusals")), ("work", _("background work"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
        rule = self._RULES.get(self.value() or "")
        return queryset.filter(rule) if rule is not None else queryset


@admin.register(ErrorLog)
class ErrorLogAdmin(LookOnly):
    """Opens with the codes of the last days; each leads to its rows. `?days=` chooses another period."""

    list_display = ["created_at", "error_code", "shown_message", "status_code", "request_path", "user", "occurrences"]
    list_filter = [_Sort]
    search_fields = ["correlation_id", "error_code", "request_path", "user__username"]
    list_select_related = ["user"]
    date_hierarchy = "created_at"
    exclude = ["fold"]
    ordering = ["-created_at", "-id"]

    @admin.display(description=gettext_lazy("message"))
    def shown_message(self, error: ErrorLog) -> str:
        return error.error_message[:120]

    def changelist_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "GET" and not set(request.GET) - {"days"}:
            return self._by_code(request)
        return super().changelist_view(request, *args, **kwargs)

    def _by_code(self, request: HttpRequest) -> HttpResponse:
        asked = request.GET.get("days", "")
        days = next((number for number in _DAYS if str(number) == asked), _DEFAULT_DAYS)
        since = timezone.now() - timedelta(days=days)
        codes = ErrorLog.objects.since(since).by_code(_MOST_CODES + 1)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Errors by code"),
            "opts": self.opts,
            "codes": codes[:_MOST_CODES],
            "is_cut": len(codes) > _MOST_CODES,
            "days": days,
            "periods": _DAYS,
            "since": since.isoformat(),
        }
        return TemplateResponse(request, "admin/operations/errorlog/by_code.html", context)


@admin.register(RateLimit)
class RateLimitAdmin(LookOnly):
    list_display = ["window_start", "user", "endpoint", "request_count"]
    list_filter = ["endpoint"]
    search_fields = ["user__username"]
    list_select_related = ["user"]
