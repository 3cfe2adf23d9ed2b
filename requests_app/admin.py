"""Requests and problems in the admin. Their states change through people's actions; here they are looked at."""

from __future__ import annotations

from django.contrib import admin, messages
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User
from medianest.lib.admin_base import CarefulAdmin
from medianest.lib.errors import Cannot
from operations.admin import LookOnly
from requests_app import actions
from requests_app.models import (
    ApprovalRule,
    MediaRequest,
    ProblemComment,
    ProblemReport,
    RequestAllowance,
    RequestedSeason,
    RequestEvent,
    RequestFollower,
)


class IsDeleted(admin.SimpleListFilter):
    """Deleted requests show only when asked for."""

    title = gettext_lazy("deleted")
    parameter_name = "deleted"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, str]]:
        return [("yes", str(gettext_lazy("Deleted ones")))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[MediaRequest]) -> QuerySet[MediaRequest]:
        return queryset.filter(deleted_at__isnull=self.value() != "yes")


class SeasonInline(admin.TabularInline[RequestedSeason, MediaRequest]):
    model = RequestedSeason
    fields = ["season_number", "status", "updated_at"]
    readonly_fields = ["season_number", "status", "updated_at"]
    extra = 0


class EventInline(admin.TabularInline[RequestEvent, MediaRequest]):
    model = RequestEvent
    fields = ["created_at", "kind", "old_status", "new_status", "actor", "text"]
    readonly_fields = ["created_at", "kind", "old_status", "new_status", "actor", "text"]
    extra = 0

    def get_queryset(self, request: HttpRequest) -> QuerySet[RequestEvent]:
        events: QuerySet[RequestEvent] = super().get_queryset(request)
        return events.select_related("actor")


@admin.register(MediaRequest)
class MediaRequestAdmin(LookOnly):
    list_display = ["title", "media_type", "is_4k", "status", "user", "followed_by", "overseerr_id", "created_at"]
    list_filter = ["status", "media_type", "is_4k", IsDeleted]
    list_select_related = ["user"]
    search_fields = ["title", "creator", "=tmdb_id", "=overseerr_id", "user__username", "user__name"]
    date_hierarchy = "created_at"
    inlines = [SeasonInline, EventInline]
    actions = ["put_away", "restore"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[MediaRequest]:
        found = MediaRequest.everything.annotate(follower_count=Count("followers"))
        return found.order_by(*self.get_ordering(request)) if self.get_ordering(request) else found

    @admin.display(description=gettext_lazy("followers"))
    def followed_by(self, wish: MediaRequest) -> int:
        """How many people; the number comes with the list's own query."""
        return int(getattr(wish, "follower_count", 0))

    @admin.action(description=gettext_lazy("Delete, and keep for 30 days"))
    def put_away(self, request: HttpRequest, chosen: QuerySet[MediaRequest]) -> None:
        wishes = list(chosen)
        for wish in wishes:
            actions.put_away(request=wish, by=_by(request))
        text = ngettext("%(n)d request is deleted.", "%(n)d requests are deleted.", len(wishes))
        messages.success(request, text % {"n": len(wishes)})

    @admin.action(description=gettext_lazy("Restore"))
    def restore(self, request: HttpRequest, chosen: QuerySet[MediaRequest]) -> None:
        back = 0
        for wish in chosen:
            try:
                actions.restore(request=wish, by=_by(request))
                back += 1
            except Cannot as refusal:
                messages.error(request, refusal.sentence)
        if back:
            text = ngettext("%(n)d request is back.", "%(n)d requests are back.", back)
            messages.success(request, text % {"n": back})


@admin.register(RequestedSeason)
class RequestedSeasonAdmin(LookOnly):
    list_display = ["request", "season_number", "status", "is_4k", "request_is_open", "updated_at"]
    list_filter = ["status", "request_is_open", "is_4k"]
    list_select_related = ["request"]
    search_fields = ["request__title", "=tmdb_id"]


@admin.register(RequestFollower)
class RequestFollowerAdmin(LookOnly):
    list_display = ["request", "user", "created_at"]
    list_select_related = ["request", "user"]
    search_fields = ["request__title", "user__username", "user__name"]


@admin.register(RequestEvent)
class RequestEventAdmin(LookOnly):
    list_display = ["created_at", "request", "kind", "old_status", "new_status", "actor", "text"]
    list_filter = ["kind", "new_status"]
    list_select_related = ["request", "actor"]
    search_fields = ["request__title", "text", "=correlation_id"]
    date_hierarchy = "created_at"


@admin.register(RequestAllowance)
class RequestAllowanceAdmin(CarefulAdmin[RequestAllowance]):
    """How much roles and persons may ask for; editable in the list, for many at once."""

    list_display = [
        "__str__",
        "role",
        "film_quota",
        "season_quota",
        "days",
        "approves_films",
        "approves_series",
        "may_ask_4k",
    ]
    list_editable = ["film_quota", "season_quota", "days", "approves_films", "approves_series", "may_ask_4k"]
    list_filter = ["role"]
    list_select_related = ["user"]
    search_fields = ["user__username", "user__name"]
    autocomplete_fields = ["user"]


@admin.register(ApprovalRule)
class ApprovalRuleAdmin(CarefulAdmin[ApprovalRule]):
    list_display = ["name", "position", "is_enabled", "media_type", "genre", "certification", "decision"]
    list_editable = ["position", "is_enabled"]
    list_filter = ["decision", "media_type", "is_enabled"]
    search_fields = ["name", "genre", "reason"]


class CommentInline(admin.TabularInline[ProblemComment, ProblemReport]):
    model = ProblemComment
    fields = ["created_at", "user", "message"]
    readonly_fields = ["created_at", "user", "message"]
    extra = 0

    def get_queryset(self, request: HttpRequest) -> QuerySet[ProblemComment]:
        comments: QuerySet[ProblemComment] = super().get_queryset(request)
        return comments.select_related("user")


@admin.register(ProblemReport)
class ProblemReportAdmin(LookOnly):
    list_display = ["media_item", "season", "episode", "kind", "status", "user", "created_at", "resolved_at"]
    list_filter = ["status", "kind"]
    list_select_related = ["media_item", "user"]
    search_fields = ["media_item__title", "message", "user__username", "user__name"]
    date_hierarchy = "created_at"
    inlines = [CommentInline]


@admin.register(ProblemComment)
class ProblemCommentAdmin(LookOnly):
    list_display = ["created_at", "report", "user", "message"]
    list_select_related = ["report__media_item", "user"]
    search_fields = ["message", "user__username", "report__media_item__title"]


def _by(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101  (the admin site lets nobody else in)
    return request.user
