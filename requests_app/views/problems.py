"""Reported problems: the form, the list, and one with what is said about it."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.rights import Right, may
from catalog import ages, cards
from catalog.models import MediaItem
from medianest.lib.errors import Cannot
from medianest.lib.pagination import page_by_key
from operations.row_security import acting_as, own_scope
from requests_app import problems
from requests_app.forms import ProblemForm
from requests_app.models import ProblemReport

if TYPE_CHECKING:
    from accounts.models import User


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, media_type: str, tmdb_id: int) -> HttpResponse:
    """Report a problem with a title."""
    item = get_object_or_404(MediaItem.objects.titled(tmdb_id, media_type))
    if not ages.limit_of(cast("User", request.user)).permits(item.minimum_age):
        raise Http404
    form = ProblemForm(request.POST or None, item=item)
    if request.method == "POST" and form.is_valid():
        try:
            made = problems.report(user=cast("User", request.user), item=item, **form.cleaned_data)
        except Cannot as refusal:
            form.add_error(None, refusal.sentence)
        else:
            messages.success(request, _("Reported. Moderators see it; you find their answer here."))
            return redirect("requests:problem", made.pk)
    context = {"form": form, "item": item, "title_url": cards.title_url(media_type, tmdb_id)}
    return render(request, "requests/problem_new.html", context)


@own_scope
@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """One's own; moderators see everybody's. The open ones unless all are asked for."""
    user = cast("User", request.user)
    staff = may(user, Right.DECIDE)
    everything = request.GET.get("which") == "all"
    with acting_as(user, staff=staff):
        found = ProblemReport.objects.visible_to(user)
        found = found if everything else found.open()
        page = page_by_key(
            found.select_related("media_item", "user"),
            after=request.GET.get("after", ""),
            before=request.GET.get("before", ""),
        )
        rows = [(one, cards.picture(one.media_item.poster_path, "w92")) for one in page.rows]
        return render(request, "requests/problems.html", {"rows": rows, "page": page, "everything": everything})


def _visible(user: User, id: uuid.UUID) -> ProblemReport:
    found = ProblemReport.objects.visible_to(user).select_related("media_item", "user", "resolved_by")
    return get_object_or_404(found, pk=id)


@own_scope
@require_GET
def detail(request: HttpRequest, id: uuid.UUID) -> HttpResponse:
    user = cast("User", request.user)
    with acting_as(user, staff=may(user, Right.DECIDE)):
        problem = _visible(user, id)
        context = {
            "problem": problem,
            "title_url": cards.title_url(problem.media_item.media_type, problem.media_item.tmdb_id),
            "comments": list(problem.comments.select_related("user").order_by("created_at")[:200]),
        }
        return render(request, "requests/problem.html", context)


@own_scope
@require_POST
def act(request: HttpRequest, id: uuid.UUID, doing: str) -> HttpResponse:
    """Comment, resolve or reopen. Resolving is for moderators and for whoever reported it."""
    user = cast("User", request.user)
    said = request.POST.get("message", "")
    with acting_as(user, staff=may(user, Right.DECIDE)):
        problem = _visible(user, id)
        try:
            if doing == "comment":
                problems.comment(problem=problem, user=user, message=said)
            elif doing == "resolve":
                problems.resolve(problem=problem, by=user, answer=said)
            elif doing == "reopen":
                problems.reopen(problem=problem)
            else:
                raise Http404
        except Cannot as refusal:
            messages.error(request, refusal.sentence)
    return redirect("requests:problem", id)
