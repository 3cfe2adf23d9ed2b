"""Who has a second step. To look at; the secret and the spare codes are never shown."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from accounts.models import SecondStep
from operations.admin import LookOnly


@admin.register(SecondStep)
class SecondStepAdmin(LookOnly):
    list_display = ["user", "confirmed_at", "codes_left", "created_at"]
    list_filter = [("confirmed_at", admin.EmptyFieldListFilter)]
    list_select_related = ["user"]
    search_fields = ["user__username", "user__name", "user__email"]
    ordering = ["-created_at"]
    fields = ["user", "confirmed_at", "created_at", "updated_at"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[SecondStep]:
        left = Count("recovery_codes", filter=Q(recovery_codes__used_at__isnull=True))
        found: QuerySet[SecondStep] = super().get_queryset(request)
        return found.annotate(left=left)

    @admin.display(description=gettext_lazy("recovery codes left"))
    def codes_left(self, step: SecondStep) -> int:
        return int(step.left)  # type: ignore[attr-defined]  # counted by the query
