"""Home, the choice of colours, and the error pages."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, cast

from django.contrib.auth.decorators import login_not_required
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from accounts.profile.actions import choose_theme
from accounts.profile.theme import THEMES, keep_theme, theme_of
from catalog import shelf
from catalog.finding import LONGEST
from downloads import pages
from downloads.models import YoutubeDownload
from downloads.views import new
from medianest.lib import correlation, programs
from medianest.lib.broken_rules import sentence_for
from medianest.lib.crypto import CannotDecrypt
from medianest.lib.database_away import RETRY_AFTER_SECONDS, is_away
from medianest.lib.redirects import next_page
from operations import error_log
from operations.limits import TooOften
from operations.row_scope import give_up
from operations.row_security import acting_as
from requests_app import pages as request_pages
from services import summary

if TYPE_CHECKING:
    from accounts.models import User

_DOWNLOADS_AT_HOME = 6
_REQUESTS_AT_HOME = 4
_IN_A_SENTENCE = {
    400: gettext_lazy("This cannot be understood."),
    403: gettext_lazy("This is not open to you."),
    404: gettext_lazy("There is nothing here."),
    409: gettext_lazy("This cannot be done as things stand."),
    500: gettext_lazy("Something broke here. Nothing was changed."),
    503: gettext_lazy("The database cannot be reached. Nothing was changed; try again in a moment."),
}
_LINK = re.compile(r"://|^www\.|youtu\.?be", re.IGNORECASE)


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    user = cast("User", request.user)
    mine = YoutubeDownload.objects.filter(user=user).order_by("-created_at")
    rows = pages.rows(list(pages.with_picture(mine)[:_DOWNLOADS_AT_HOME]), user=user)
    wishes = request_pages.newest(user, _REQUESTS_AT_HOME)
    context = {
        "new": shelf.newest(user),
        "rows": rows,
        "moving": pages.moving(rows),
        "requests": wishes,
        "moving_requests": request_pages.moving(wishes),
        "services": summary.strip(),
    }
    return render(request, "home.html", context)


@require_POST
def look_for(request: HttpRequest) -> HttpResponse:
    """What was typed into the box on every page: a link is looked at, everything else is searched for."""
    typed = request.POST.get("link", "").strip()
    if _LINK.search(typed):
        return new(request)
    return redirect(reverse("catalog:search", query={"q": typed[:LONGEST]}))


@login_not_required
@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Keep the choice of colours, with the person and in this browser, and go back to the page it was made on."""
    response = redirect(next_page(request, default="home"))
    chosen = request.POST.get("theme", "")
    if chosen in THEMES:
        if request.user.is_authenticated:
            with acting_as(request.user):
                choose_theme(user=request.user, theme=chosen)
        keep_theme(response, chosen)
    return response


def _error(request: HttpRequest, template: str, status: int, **more: str) -> HttpResponse:
    """An error page, or the same as JSON for programs. Rendered without context processors: they may be what failed."""
    if programs.is_asking(request):
        return programs.refusal(status, more.get("sentence") or str(_IN_A_SENTENCE[status]))
    page = {"theme": theme_of(request), "reference": correlation.current(), **more}
    return HttpResponse(render_to_string(template, page), status=status)


@login_not_required
def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    error_log.note(request, error=exception)
    return _error(request, "400.html", 400)


@login_not_required
def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    error_log.note(request, error=exception)
    return _error(request, "403.html", 403)


@login_not_required
def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _error(request, "404.html", 404)


def page_for_405(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: an address that only takes a form tells so to whoever opens it as a page."""

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        asks_page = "text/html" in request.headers.get("Accept", "")
        if response.status_code == 405 and asks_page and not response.streaming and not response.content:
            response.content = _error(request, "405.html", 405).content
        return response

    return answer


class PageFor429:
    """Middleware: whoever did something too often is told when to come back, unless the page told already."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, TooOften):
            return None
        page = {"theme": theme_of(request), "reference": correlation.current(), "sentence": exception.sentence}
        response = HttpResponse(render_to_string("429.html", page), status=429)
        response.headers["Retry-After"] = str(exception.retry_after)
        return response


@login_not_required
def server_error(request: HttpRequest) -> HttpResponse:
    """A mistake of ours, or what is told for what it is.

    That is a database out of reach with 503; a lost encryption key, and a change that a rule of the database refused
    because somebody was faster, with 409.
    """
    error = sys.exc_info()[1]
    error_log.note(request, error=error)
    give_up(request)
    if isinstance(error, CannotDecrypt):
        return _error(request, "409_key.html", 409)
    if isinstance(error, IntegrityError) and request.method not in ("GET", "HEAD"):
        return _error(request, "409_rule.html", 409, sentence=sentence_for(error))
    if not is_away(error):
        return _error(request, "500.html", 500)
    response = _error(request, "503.html", 503)
    response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response


@login_not_required
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    error_log.note(request, code="forbidden.csrf", reason=reason)
    if programs.is_asking(request):
        needed = _("Send the proof against forgery (X-CSRFToken) with a session, or use an access token.")
        return programs.refusal(403, needed, code="forgery")
    response = _error(request, "403_csrf.html", 403)
    if request.headers.get("HX-Request"):
        response.headers["HX-Refresh"] = "true"
    return response
