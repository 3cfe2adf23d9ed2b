"""What the catalogue's pages have in common: parts of pages, and lists counted by page number."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers

from catalog.finding import LAST_PAGE


def number(request: HttpRequest) -> int:
    """The page asked for, from 1 on; 1 for anything that is none."""
    asked = request.GET.get("page", "1")
    return min(max(int(asked), 1), LAST_PAGE) if asked.isascii() and asked.isdigit() and len(asked) < 5 else 1


def is_part(request: HttpRequest) -> bool:
    """Whether htmx asks for a part of the page that is shown already."""
    return bool(getattr(request, "htmx", False))


def answer(request: HttpRequest, page: str, part: str, context: Mapping[str, Any]) -> HttpResponse:
    """The page, or its part where htmx asks for that; a browser's memory keeps the two apart."""
    response = render(request, part if is_part(request) else page, dict(context))
    patch_vary_headers(response, ["HX-Request"])
    return response
