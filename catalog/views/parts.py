"""What the catalogue's pages have in common: parts of pages, and lists counted by page number."""

from __future__ import annotations

from django.http import HttpRequest

from catalog.finding import LAST_PAGE


def number(request: HttpRequest) -> int:
    """The page asked for, from 1 on; 1 for anything that is none."""
    asked = request.GET.get("page", "1")
    return min(max(int(asked), 1), LAST_PAGE) if asked.isascii() and asked.isdigit() and len(asked) < 5 else 1


def is_part(request: HttpRequest) -> bool:
    """Whether htmx asks for a part of the page that is shown already."""
    return bool(getattr(request, "htmx", False))
