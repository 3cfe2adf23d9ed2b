"""Whoever holds a one-time password may only change it."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse


class PasswordChangeMiddleware:
    """Leads a person with a one-time password to the page that changes it, from everywhere else."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if user.is_authenticated and user.requires_password_change:
            allowed = (reverse("accounts:change-password"), reverse("accounts:sign-out"))
            if request.path not in allowed:
                return redirect("accounts:change-password")
        return self.get_response(request)
