"""Importing people from Plex, for administrators."""

from __future__ import annotations

import dataclasses

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts import jobs
from accounts.access import administrator_required
from accounts.models import User
from accounts.plex import guests, importing
from operations import security
from operations.models import LIVE_STATES, Job, JobState


@dataclasses.dataclass(frozen=True)
class Progress:
    """How far the latest import is, for the page."""

    is_moving: bool
    percent: float | None
    sentence: str
    kind: str


@administrator_required
@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """The server's guests as last read; those who are here already cannot be chosen."""
    found, the_list = importing.candidates(), guests.the_list()
    context = {
        "guests": found,
        "can_choose": any(not (guest.is_here or guest.is_pending) for guest in found),
        "the_list": the_list,
        "plex_is_dead": False,  # told beside the list
        "progress": _progress(jobs.import_under_way()),
    }
    return render(request, "accounts/plex/import.html", context)


@administrator_required
@require_safe
def progress(request: HttpRequest) -> HttpResponse:
    """The moving part alone; when it has ended the page loads anew, for its list has changed."""
    now = _progress(jobs.import_under_way())
    response = render(request, "accounts/plex/_progress.html", {"progress": now})
    if now is None or not now.is_moving:
        response.headers["HX-Refresh"] = "true"
    return response


@administrator_required
@require_POST
def start(request: HttpRequest) -> HttpResponse:
    """Import everybody, or those chosen."""
    chosen = None if "all" in request.POST else [int(one) for one in request.POST.getlist("guest") if _is_number(one)]
    if chosen == []:
        messages.warning(request, _("Choose somebody first."))
        return redirect("accounts:import")
    assert isinstance(request.user, User)  # noqa: S101  (administrators are people)
    with transaction.atomic():
        jobs.promise_import(by=request.user, chosen=chosen)
        security.record("people.import", request=request, about="plex", chosen=len(chosen) if chosen else "all")
    return redirect("accounts:import")


@administrator_required
@require_POST
def look_again(request: HttpRequest) -> HttpResponse:
    """Have the list read anew."""
    jobs.promise_check()
    messages.info(request, _("The list is being read. Load this page again in a moment."))
    return redirect("accounts:import")


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 18


def _progress(job: Job | None) -> Progress | None:
    if job is None:
        return None
    done, of, added = (int(job.progress.get(name) or 0) for name in ("done", "of", "added"))
    percent = 100 * done / of if of else None
    if job.state in LIVE_STATES:
        waiting = job.error_text if job.state == JobState.QUEUED else ""
        sentence = waiting or (_("%(done)d of %(of)d people") % {"done": done, "of": of} if of else _("Asking Plex…"))
        return Progress(True, percent, sentence, "info")
    if job.state != JobState.DONE:
        return Progress(False, None, job.error_text or _("The import was stopped."), "bad")
    sentence = ngettext("%(n)d person was added.", "%(n)d people were added.", added) % {"n": added}
    return Progress(False, 100.0, sentence if added else _("Everybody was here already."), "ok")
