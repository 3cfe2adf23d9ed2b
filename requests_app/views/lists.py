"""Lists of requests: one's own, and for moderators everybody's."""

from __future__ import annotations

import csv
import uuid
from collections.abc import Iterator
from typing import TYPE_CHECKING, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from accounts.access import moderator_required
from medianest.lib import polling
from operations.row_security import own_scope, staff_scope
from requests_app import deciding, listing, pages
from requests_app.forms import ListForm
from requests_app.models import MediaRequest

if TYPE_CHECKING:
    from accounts.models import User

_MOST_MOVING = 40


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
    which = form.which()
    found = listing.of(user, everybodys=everybodys)
    form.tell(listing.counts(found, everybodys=everybodys))
    page = listing.page(found, which, after=request.GET.get("after", ""), before=request.GET.get("before", ""))
    rows = pages.rows(page.rows, user)
    context = {
        "form": form,
        "page": page,
        "rows": rows,
        "moving_requests": pages.moving(rows),
        "everybodys": everybodys,
        "is_filtered": which.is_narrowed,
        "by_time": which.sort == "newest",
    }
    return render(request, "requests/list.html", context)


@staff_scope
@require_GET
def moving(request: HttpRequest) -> HttpResponse:
    """The rows of a page that changed since it last asked; 204 when none did."""
    user = cast("User", request.user)
    ids = [text for text in request.GET.getlist("r")[:_MOST_MOVING] if _uuid(text)]
    visible = pages.for_lists(MediaRequest.objects.visible_to(user).filter(pk__in=ids))
    found = {str(one.pk): one for one in visible}
    rows = pages.rows([found[text] for text in ids if text in found], user)
    changes = polling.changed(request.GET.get("seen", ""), [row.mark for row in rows])
    if rows and not any(changes):
        return HttpResponse(status=204)
    fresh = [row for row, is_new in zip(rows, changes, strict=True) if is_new]
    return render(request, "requests/_moving.html", {"moving_requests": pages.moving(rows), "changed_requests": fresh})


class _Line:
    """What csv writes to: it hands each line on."""

    def write(self, line: str) -> str:
        return line


def _table(request: HttpRequest, *, everybodys: bool) -> StreamingHttpResponse:
    writer = csv.writer(_Line())
    portions = listing.table(cast("User", request.user), ListForm(request.GET).which(), everybodys=everybodys)

    def streamed() -> Iterator[str]:
        yield "\ufeff"
        for portion in portions:
            yield "".join(writer.writerow(line) for line in portion)

    response = StreamingHttpResponse(streamed(), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="requests.csv"'
    return response


@own_scope
@require_GET
def my_table(request: HttpRequest) -> StreamingHttpResponse:
    """One's own requests as CSV, as the list is narrowed and sorted."""
    return _table(request, everybodys=False)


@moderator_required
@require_GET
def table(request: HttpRequest) -> StreamingHttpResponse:
    """Everybody's as CSV, for moderators."""
    return _table(request, everybodys=True)


@moderator_required
@require_POST
def many(request: HttpRequest) -> HttpResponse:
    """Approve or decline what was ticked, each by itself."""
    user = cast("User", request.user)
    ticked = [one.partition(":") for one in request.POST.getlist("request")]
    seen = {id: known for one, _colon, known in ticked[: deciding.MOST_AT_ONCE] if (id := _uuid(one))}
    chosen = MediaRequest.objects.filter(pk__in=seen)
    reason = request.POST.get("reason", "")
    if request.POST.get("do") == "approve":
        outcome = deciding.each(chosen, lambda one: deciding.approve(request=one, by=user, seen=seen[one.pk]))
        said = ngettext("%(n)d request is approved.", "%(n)d requests are approved.", outcome.done)
    else:
        decline = lambda one: deciding.decline(request=one, by=user, reason=reason, seen=seen[one.pk])  # noqa: E731
        outcome = deciding.each(chosen, decline)
        said = ngettext("%(n)d request is declined.", "%(n)d requests are declined.", outcome.done)
    if outcome.done:
        messages.success(request, said % {"n": outcome.done})
    for sentence in outcome.refused[:5]:
        messages.error(request, sentence)
    if not seen:
        messages.info(request, _("Tick the requests first."))
    return redirect("requests:queue")


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
