"""What a person chose, on every page they open and in every browser they sign in with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import translation

from accounts.profile.theme import COOKIE, keep_theme


class ProfileMiddleware:
    """Speaks the person's language where MediaNest speaks it, and has the browser keep their colours.

    Both stand on the person's row, which every page has read anyway.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        theme = getattr(getattr(request, "_cached_user", None), "theme", "")
        if theme and request.COOKIES.get(COOKIE) != theme and COOKIE not in response.cookies:
            keep_theme(response, theme)
        return response

    def process_view(self, request: HttpRequest, view: Callable[..., Any], args: object, kwargs: object) -> None:
        language = getattr(getattr(request, "_cached_user", None), "language", "")
        if not language:
            return
        try:
            translation.activate(translation.get_supported_language_variant(language))
        except LookupError:  # a language of titles only
            return
        request.LANGUAGE_CODE = translation.get_language()
