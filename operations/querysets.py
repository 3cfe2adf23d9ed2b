"""Which errors, and which slices of a limit's window."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Count, Max, Sum

if TYPE_CHECKING:
    from operations.models import ErrorLog, RateLimit  # noqa: F401  (named in quotes below)


class ErrorLogQuerySet(models.QuerySet["ErrorLog"]):
    def of_code(self, code: str) -> ErrorLogQuerySet:
        return self.filter(error_code=code)

    def since(self, moment: dt.datetime) -> ErrorLogQuerySet:
        return self.filter(created_at__gte=moment)

    def older_than(self, moment: dt.datetime) -> ErrorLogQuerySet:
        return self.filter(created_at__lt=moment)

    def newest_first(self) -> ErrorLogQuerySet:
        return self.order_by("-created_at", "-id")

    def by_code(self, most: int) -> list[dict[str, Any]]:
        """One dict for each code, `most` at most, the latest seen first.

        Its keys are `error_code`, `times`, `last_seen` and `people` (how many).
        """
        grouped = self.order_by().values("error_code")
        counted = grouped.annotate(
            times=Sum("occurrences"), last_seen=Max("last_seen_at"), people=Count("user", distinct=True)
        )
        return [dict(row) for row in counted.order_by("-last_seen", "error_code")[:most]]


class RateLimitQuerySet(models.QuerySet["RateLimit"]):
    def of(self, user_id: Any, endpoint: str) -> RateLimitQuerySet:
        return self.filter(user_id=user_id, endpoint=endpoint)

    def since(self, moment: dt.datetime) -> RateLimitQuerySet:
        return self.filter(window_start__gte=moment)

    def older_than(self, moment: dt.datetime) -> RateLimitQuerySet:
        return self.filter(window_start__lt=moment)
