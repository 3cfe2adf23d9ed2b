"""The status page, and the page on which an administrator connects services."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from operations.row_security import own_scope
from services import actions, folder, steps, summary
from services.access import administrator_required
from services.forms import ConnectionForm
from services.models import ServiceConfig
from services.providers import registry
from services.providers.base import TestResult

_FOLDER = "folder"


def _status() -> dict[str, Any]:
    views = summary.everything()
    known = [view for view in views if view.is_known]
    return {
        "headline": summary.headline(views),
        "consequence": summary.consequence(views) if known else "",
        "known": known,
        "absent": [view for view in views if not view.is_known],
    }


@require_GET
def status(request: HttpRequest) -> HttpResponse:
    return render(request, "services/status.html", _status())


@require_GET
def status_now(request: HttpRequest) -> HttpResponse:
    """The part of the status page that moves."""
    return render(request, "services/_status.html", _status())


@require_GET
@administrator_required
def setup(request: HttpRequest) -> HttpResponse:
    return _setup_page(request, steps.remembered(request))


def _setup_page(
    request: HttpRequest, results: dict[str, TestResult], tried: ConnectionForm | None = None, status: int = 200
) -> HttpResponse:
    context = {
        "steps": steps.steps(results, tried),
        "folder": folder.look(),
        "folder_result": results.get(_FOLDER),
        "is_needed": steps.is_needed(),
    }
    return render(request, "services/setup.html", context, status=status)


@own_scope
@require_POST
@administrator_required
def connect(request: HttpRequest, service_name: str) -> HttpResponse:
    """Try what was typed, and save it if it works, or if the administrator says so all the same (`keep`)."""
    provider = registry.find(service_name)
    if provider is None:
        raise Http404
    row = ServiceConfig.objects.filter(service_name=service_name).first() or ServiceConfig(service_name=service_name)
    form = steps.setup_form(provider, row, request.POST)
    if not form.is_valid():
        return _setup_page(request, {}, form, status=422)
    result = form.typed_provider().test()
    if not result.ok and "keep" not in request.POST:
        return _setup_page(request, {service_name: result}, form, status=422)
    try:
        actions.save_connection(**form.values(), by=request.user, request=request)
    except actions.CannotSaveConnection as refusal:
        form.add_error(None, refusal.sentence)
        return _setup_page(request, {}, form, status=422)
    steps.remember(request, service_name, result)
    return redirect(f"{reverse('services:setup')}#{service_name}")


@own_scope
@require_POST
@administrator_required
def ask_folder(request: HttpRequest) -> HttpResponse:
    """Ask the media server whether it sees the download folder."""
    found = folder.ask()
    steps.remember(request, _FOLDER, TestResult(found.ok, found.sentence))
    return redirect(f"{reverse('services:setup')}#{_FOLDER}")
