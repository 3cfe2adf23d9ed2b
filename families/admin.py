"""Families in the admin. What people say to each other in recommendations is not shown."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from families.models import Family, FamilyInvitation, FamilyMembership, Recommendation
from medianest.lib.admin_base import CarefulAdmin
from operations.admin import LookOnly


class MembershipInline(admin.TabularInline[FamilyMembership, Family]):
    model = FamilyMembership
    fields = ["user", "role"]
    autocomplete_fields = ["user"]
    extra = 0


@admin.register(Family)
class FamilyAdmin(CarefulAdmin[Family]):
    list_display = ["name", "headcount", "created_at"]
    search_fields = ["name", "memberships__user__username", "memberships__user__name"]
    inlines = [MembershipInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Family]:
        families: QuerySet[Family] = super().get_queryset(request)
        return families.annotate(people_count=Count("memberships", distinct=True))

    @admin.display(description=gettext_lazy("people"))
    def headcount(self, family: Family) -> int:
        """How many; the number comes with the list's own query."""
        return int(getattr(family, "people_count", 0))


@admin.register(FamilyMembership)
class FamilyMembershipAdmin(CarefulAdmin[FamilyMembership]):
    list_display = ["family", "user", "role", "created_at"]
    list_filter = ["role"]
    list_select_related = ["family", "user"]
    search_fields = ["family__name", "user__username", "user__name"]
    autocomplete_fields = ["family", "user"]


@admin.register(FamilyInvitation)
class FamilyInvitationAdmin(LookOnly):
    list_display = ["family", "email", "invitee", "role", "status", "invited_by", "expires_at", "answered_at"]
    list_filter = ["status", "role"]
    list_select_related = ["family", "invitee", "invited_by"]
    search_fields = ["family__name", "email", "invitee__username", "invitee__name"]
    exclude = ["token_hash"]


@admin.register(Recommendation)
class RecommendationAdmin(LookOnly):
    list_display = ["media_item", "sender", "recipient", "status", "created_at", "answered_at"]
    list_filter = ["status"]
    list_select_related = ["media_item", "sender", "recipient"]
    search_fields = ["media_item__title", "sender__username", "recipient__username"]
    date_hierarchy = "created_at"
    exclude = ["message", "answer"]
