"""Where to go next, when the address says so."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection
from urllib.parse import unquote, urlsplit

from django.http import HttpRequest
from django.urls import Resolver404, resolve, reverse
from django.utils.http import url_has_allowed_host_and_scheme

FIELD = "next"


def next_page(request: HttpRequest, *, default: str, never: Collection[str] = ()) -> str:
    """The `next` that came with the request, if it is a page of this site; else the page named `default`.

    `never` names pages that are no place to go to. Other hosts, other schemes, control characters and
    paths that lead nowhere are refused.
    """
    wanted = str(request.POST.get(FIELD, request.GET.get(FIELD, ""))).strip()
    return wanted if _is_page(wanted, never) else reverse(default)


def _is_page(address: str, never: Collection[str]) -> bool:
    if not address.startswith("/") or any(unicodedata.category(c).startswith("C") for c in address):
        return False
    if not url_has_allowed_host_and_scheme(address, allowed_hosts=None):
        return False
    try:
        match = resolve(unquote(urlsplit(address).path))
    except (Resolver404, ValueError):
        return False
    return match.view_name not in never
