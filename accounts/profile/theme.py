"""The colours somebody chose: kept with the person, and by the browser for pages that are open to all."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

THEMES = ("dark", "light", "system")
COOKIE = "theme"
_YEAR = 365 * 24 * 3600


def theme_of(request: HttpRequest) -> str:
    """One of THEMES: the signed-in person's, else this browser's, else dark. Asks nobody."""
    user = getattr(request, "_cached_user", None)  # only if somebody asked before: an error page must ask nothing
    chosen = getattr(user, "theme", "") or request.COOKIES.get(COOKIE, "")
    return chosen if chosen in THEMES else THEMES[0]


def keep_theme(response: HttpResponseBase, theme: str) -> None:
    """Have the browser keep the colours."""
    secure = not settings.PLAIN_HTTP
    response.set_cookie(COOKIE, theme, max_age=_YEAR, samesite="Lax", secure=secure, httponly=True)
