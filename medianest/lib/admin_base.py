"""What every page of the admin has beyond the stock one."""

from __future__ import annotations

from typing import Any, TypeVar

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import BadRequest, ValidationError
from django.db import IntegrityError
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from medianest.lib.broken_rules import sentence_for

M = TypeVar("M", bound=Model)


class CarefulAdmin(admin.ModelAdmin[M]):
    """A stock ModelAdmin that keeps calm where the stock one takes a person's doing for an error of its own.

    Made-up ids are answered with 400. A change that the database refuses, because somebody else was faster, leads
    back to the page with the broken rule's sentence; nothing of it was saved. The history of a row is its audit trail,
    where it has one: it knows of every change, not only of the admin's.
    """

    list_per_page = 50
    show_full_result_count = False

    def response_action(self, request: HttpRequest, queryset: QuerySet[Any, Any], *args: Any) -> HttpResponse | None:
        try:
            return super().response_action(request, queryset, *args)
        except ValidationError as error:
            raise BadRequest("The chosen rows are not ids.") from error

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return super().changeform_view(request, *args, **kwargs)
        except IntegrityError as error:
            return _back(request, error)

    def changelist_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return super().changelist_view(request, *args, **kwargs)
        except IntegrityError as error:
            return _back(request, error)

    def history_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        if not hasattr(self.model, "pgh_event_models"):
            return super().history_view(request, object_id, *args, **kwargs)
        sought = {"table": self.opts.db_table, "object": unquote(object_id)}
        return HttpResponseRedirect(reverse("admin:operations_trailentry_changelist", query=sought))


def _back(request: HttpRequest, error: IntegrityError) -> HttpResponse:
    messages.error(request, sentence_for(error))
    return HttpResponseRedirect(request.get_full_path())
