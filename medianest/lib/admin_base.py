"""What every page of the admin has beyond the stock one."""

from __future__ import annotations

from typing import Any, TypeVar

from django.contrib import admin
from django.core.exceptions import BadRequest, ValidationError
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse

M = TypeVar("M", bound=Model)


class CarefulAdmin(admin.ModelAdmin[M]):
    """A stock ModelAdmin that answers 400 to made-up ids, which the stock one takes for an error of its own."""

    list_per_page = 50
    show_full_result_count = False

    def response_action(self, request: HttpRequest, queryset: QuerySet[Any, Any], *args: Any) -> HttpResponse | None:
        try:
            return super().response_action(request, queryset, *args)
        except ValidationError as error:
            raise BadRequest("The chosen rows are not ids.") from error
