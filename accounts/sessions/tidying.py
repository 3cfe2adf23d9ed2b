"""Removing what is over: nothing here opens anything any more."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import RefreshToken, Session, SessionToken, VerificationToken

KEEP_TOKENS = dt.timedelta(days=30)
"""How long tokens that are over are kept, to recognise who still tries them and to show when they ended."""
_AT_ONCE = 500


def tidy(breathe: Callable[[], None]) -> int:
    """Remove expired sessions and sent links, and tokens that ended a month ago; how many rows. `breathe` may raise."""
    now = timezone.now()
    before = now - KEEP_TOKENS
    over: list[QuerySet[Any]] = [
        Session.objects.expired(now),
        VerificationToken.objects.expired(now),
        RefreshToken.objects.filter(Q(expires_at__lt=before) | Q(used_at__lt=before) | Q(revoked_at__lt=before)),
        SessionToken.objects.filter(Q(expires_at__lt=before) | Q(revoked_at__lt=before)),
    ]
    return sum(_remove(rows, breathe) for rows in over)


def _remove(rows: QuerySet[Any], breathe: Callable[[], None]) -> int:
    removed = 0
    while chosen := list(rows.order_by("pk").values_list("pk", flat=True)[:_AT_ONCE]):
        breathe()
        removed += rows.filter(pk__in=chosen).delete()[1].get(rows.model._meta.label, 0)
    return removed
