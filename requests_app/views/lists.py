"""Lists of requests: one's own, and for moderators everybody's."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from accounts.access import moderator_required
from medianest.lib.pagination import page_by_key
from requests_app import deciding, pages
from requests_app.forms import ListForm
from requests_app.models import MediaRequest
from requests_app.querysets import RequestQuerySet

if TYPE_CHECKING:
    from accounts.models import User

_MOST_IN_CSV = 10_000
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")


@require_GET
def mine(request: HttpRequest) -> HttpResponse:
    """One's own and those one follows."""
    return _listed(request, everybodys=False)


@moderator_required
@require_GET
def everybodys(request: HttpRequest) -> HttpResponse:
    """All of them: the moderators' queue."""
    return _listed(request, everybodys=True)


def _listed(request: HttpRequest, *, everybodys: bool) -> HttpResponse:
    user = cast("User", request.user)
    form = ListForm(request.GET)
    base = _base(user, everybodys=everybodys)
    found = _filtered(base, form)
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    page = page_by_key(pages.for_lists(found), after=after, before=before)
    context = {
        "form": form,
        "page": page,
        "rows": pages.rows(page.rows, user),
        "everybodys": everybodys,
        "waiting": base.pending().count() if everybodys else 0,
        "is_filtered": any(form.shown()),
    }
    return render(request, "requests/list.html", context)


def _base(user: User, *, everybodys: bool) -> RequestQuerySet:
    return MediaRequest.objects.kept() if everybodys else MediaRequest.objects.concerning(user)


def _filtered(found: RequestQuerySet, form: ListForm) -> RequestQuerySet:
    status, typed = form.shown()
    if status == "open":
        found = found.filter(is_open=True)
    elif status:
        found = found.filter(status=status)
    return found.filter(title__icontains=typed) if typed else found


@require_GET
def table(request: HttpRequest) -> HttpResponse:
    """One's own requests as CSV, the newest 10,000; cells that a spreadsheet would take for formulas are quoted."""
    user = cast("User", request.user)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="requests.csv"'
    response.write("\ufeff")
    writer = csv.writer(response)
    writer.writerow(["title", "type", "year", "seasons", "state", "asked", "there since", "reason"])
    found = _filtered(_base(user, everybodys=False), ListForm(request.GET)).newest_first()
    for one in pages.for_lists(found)[:_MOST_IN_CSV]:
        year = one.media_item.release_date.year if one.media_item and one.media_item.release_date else ""
        asked, there = one.created_at.isoformat(), one.completed_at.isoformat() if one.completed_at else ""
        cells = [one.title, one.media_type, year, pages.seasons(one), one.status, asked, there]
        writer.writerow([_plain(cell) for cell in [*cells, one.decline_reason or one.failure_reason]])
    return response


def _plain(cell: object) -> str:
    text = str(cell)
    return f"'{text}" if text.startswith(_DANGEROUS) else text


@moderator_required
@require_POST
def many(request: HttpRequest) -> HttpResponse:
    """Approve or decline what was ticked, each by itself."""
    user = cast("User", request.user)
    ids = [one for one in request.POST.getlist("request") if _is_uuid(one)][: deciding.MOST_AT_ONCE]
    chosen = MediaRequest.objects.filter(pk__in=ids)
    reason = request.POST.get("reason", "")
    if request.POST.get("do") == "approve":
        outcome = deciding.each(chosen, lambda one: deciding.approve(request=one, by=user))
        said = ngettext("%(n)d request is approved.", "%(n)d requests are approved.", outcome.done)
    else:
        outcome = deciding.each(chosen, lambda one: deciding.decline(request=one, by=user, reason=reason))
        said = ngettext("%(n)d request is declined.", "%(n)d requests are declined.", outcome.done)
    if outcome.done:
        messages.success(request, said % {"n": outcome.done})
    for sentence in outcome.refused[:5]:
        messages.error(request, sentence)
    if not ids:
        messages.info(request, _("Tick the requests first."))
    return redirect("requests:queue")


def _is_uuid(text: str) -> bool:
    return len(text) in (32, 36) and not set(text.lower()) - set("0123456789abcdef-")
