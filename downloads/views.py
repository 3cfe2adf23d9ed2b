"""Pages of the downloads."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def listing(request: HttpRequest) -> HttpResponse:
    return render(request, "downloads/list.html")


def new(request: HttpRequest) -> HttpResponse:
    return render(request, "downloads/new.html")
