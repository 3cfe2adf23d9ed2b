"""What the frame around every page needs. Nothing here asks the database before a template does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.plex import guests
from accounts.profile.theme import theme_of
from services import steps, summary

if TYPE_CHECKING:
    from accounts.models import User


def frame(request: HttpRequest) -> dict[str, object]:
    """Template variables of the frame: `theme`, `plain_http`, `trouble` (services that are not well), `setup_needed`
    (whether an administrator should still connect something) and `plex_is_dead` (whether Plex must be reconnected)."""
    return {
        "theme": theme_of(request),
        "plain_http": settings.PLAIN_HTTP,
        "trouble": SimpleLazyObject(summary.trouble),
        "plex_is_dead": SimpleLazyObject(guests.needs_reconnecting),
        "setup_needed": SimpleLazyObject(lambda: request.user.is_authenticated and _setup_needed(request.user)),
    }


def _setup_needed(user: User) -> bool:
    return user.is_administrator and steps.is_needed()
