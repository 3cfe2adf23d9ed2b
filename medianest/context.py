"""What the frame around every page needs. Nothing here asks the database before a template does."""

from __future__ import annotations

import functools

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

THEMES = ("dark", "light", "system")
THEME_COOKIE = "theme"


def theme_of(request: HttpRequest) -> str:
    """The colours this browser chose: one of THEMES, dark if it did not."""
    chosen = request.COOKIES.get(THEME_COOKIE, "")
    return chosen if chosen in THEMES else THEMES[0]


@functools.cache
def _exists(name: str) -> bool:
    try:
        reverse(name)
    except NoReverseMatch:
        return False
    return True


def _pages() -> dict[str, bool]:
    return {
        "status": _exists("services:status"),
        "setup": _exists("services:setup"),
        "profile": _exists("accounts:profile"),
    }


def frame(request: HttpRequest) -> dict[str, object]:
    """Template variables of the frame: `theme`, `plain_http`, `pages` (which of the optional pages exist)."""
    return {"theme": theme_of(request), "plain_http": settings.PLAIN_HTTP, "pages": _pages()}
