"""The admin site: stock Django, for administrators only, behind MediaNest's own sign-in, sign-out and password pages."""

from __future__ import annotations

from django.contrib.admin import AdminSite
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from medianest.lib.redirects import next_page


class SamePost(HttpResponseRedirect):
    """Sends the form on to another address, as it is."""

    status_code = 307


class MediaNestAdminSite(AdminSite):
    site_header = gettext_lazy("MediaNest administration")
    site_title = gettext_lazy("MediaNest")
    index_title = gettext_lazy("Everything MediaNest keeps")
    enable_nav_sidebar = True
    empty_value_display = "–"  # noqa: RUF001  (a dash is what is meant)

    @method_decorator(login_not_required)
    def login(self, request: HttpRequest, extra_context: dict[str, object] | None = None) -> HttpResponse:
        goal = next_page(request, default="admin:index", never=("admin:login", "admin:logout"))
        if self.has_permission(request):
            return redirect(goal)
        if request.user.is_authenticated:
            raise PermissionDenied(_("The administration is for administrators."))
        return redirect_to_login(goal)

    def logout(  # type: ignore[override]  # a redirect to our own page
        self, request: HttpRequest, extra_context: dict[str, object] | None = None
    ) -> HttpResponse:
        return SamePost(reverse("accounts:sign-out"))

    def password_change(  # type: ignore[override]  # a redirect to our own page
        self, request: HttpRequest, extra_context: dict[str, object] | None = None
    ) -> HttpResponse:
        return redirect("accounts:change-password")
