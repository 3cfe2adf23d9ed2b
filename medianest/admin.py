"""The admin site: stock Django, for administrators only, signed in through MediaNest's own page."""

from __future__ import annotations

from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _


class MediaNestAdminSite(AdminSite):
    site_header = _("MediaNest administration")
    site_title = _("MediaNest")
    index_title = _("Everything MediaNest keeps")

    def login(self, request: HttpRequest, extra_context: dict[str, object] | None = None) -> HttpResponse:
        if request.user.is_authenticated:
            raise PermissionDenied("The administration is for administrators.")
        return redirect_to_login(request.get_full_path())
