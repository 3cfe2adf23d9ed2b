"""The page about one's data: taking it along, leaving, staying after all."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from maintenance import access, actions, exporting
from maintenance.forms import LeaveForm
from maintenance.models import Departure, PersonalExport
from medianest.lib import polling
from medianest.lib.errors import Cannot

if TYPE_CHECKING:
    from accounts.models import User

_SHOWN = 3  # exports


def _person(request: HttpRequest) -> User:
    return cast("User", request.user)


@require_GET
def leaving(request: HttpRequest) -> HttpResponse:
    person = _person(request)
    context = {"departure": Departure.objects.filter(user=person).first(), **_exports(person)}
    return render(request, "maintenance/leaving.html", context)


def _exports(person: User) -> dict[str, object]:
    rows = list(PersonalExport.objects.of(person)[:_SHOWN])
    mark = polling.mark([(row.pk, row.done, row.finished_at, row.path) for row in rows])
    return {"exports": rows, "is_making": any(row.is_being_made for row in rows), "mark": mark}


@require_POST
def export(request: HttpRequest) -> HttpResponse:
    try:
        actions.ask_for_export(user=_person(request), request=request)
    except Cannot as refusal:
        messages.error(request, refusal.sentence)
    return redirect("maintenance:leaving")


@require_GET
def export_progress(request: HttpRequest) -> HttpResponse:
    """The list of exports, when it changed since the page last asked; else 204."""
    context = _exports(_person(request))
    if request.GET.get("seen") == context["mark"]:
        return HttpResponse(status=204)
    return render(request, "maintenance/_exports.html", context)


@require_GET
def export_file(request: HttpRequest, export_id: UUID) -> HttpResponseBase:
    wanted = access.own_export(_person(request), export_id)
    place = exporting.folder() / wanted.path
    if not wanted.is_ready or not place.is_file():
        raise Http404
    name = f"medianest-{_person(request).username}-{wanted.created_at:%Y-%m-%d}.zip"
    response = FileResponse(place.open("rb"), as_attachment=True, filename=name, content_type="application/zip")
    response.headers["Cache-Control"] = "no-store"
    return response


@require_http_methods(["GET", "POST"])
def leave(request: HttpRequest) -> HttpResponse:
    person = _person(request)
    form = LeaveForm(request.POST if request.method == "POST" else None, user=person)
    if form.is_valid():
        try:
            actions.ask_to_leave(user=person, request=request)
        except Cannot as refusal:
            form.add_error(None, refusal.sentence)
        else:
            return redirect("maintenance:leaving")
    return render(request, "maintenance/leave.html", {"form": form, "days": actions.GRACE.days})


@require_POST
def stay(request: HttpRequest) -> HttpResponse:
    if actions.stay(user=_person(request), request=request):
        messages.success(request, _("You stay. Nothing was deleted."))
    return redirect("maintenance:leaving")
