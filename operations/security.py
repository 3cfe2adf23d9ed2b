"""Writing down what matters for security."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from medianest.lib import correlation
from operations.models import SecurityEvent


def record(kind: str, *, request: HttpRequest | None = None, actor: Any = None, about: str = "", **detail: Any) -> None:
    """Add a security event. `detail` must hold no secret; `actor` defaults to who is signed in on `request`."""
    if actor is None and request is not None and request.user.is_authenticated:
        actor = request.user
    SecurityEvent.objects.create(
        kind=kind,
        actor=actor,
        object=about[:200],
        detail=detail,
        address=request.META.get("REMOTE_ADDR") or None if request is not None else None,
        correlation_id=correlation.current(),
    )
