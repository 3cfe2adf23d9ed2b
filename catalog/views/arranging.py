"""Where administrators arrange the rows of the discover page. Every button is a form of its own."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import administrator_required
from catalog import actions, taste
from catalog.forms import DiscoverForm
from catalog.models import DiscoverRow
from operations.row_security import acting_as, own_scope

if TYPE_CHECKING:
    from accounts.models import User


@require_GET
@administrator_required
def arrange(request: HttpRequest) -> HttpResponse:
    """All rows in their order, the hidden ones, too."""
    return render(request, "catalog/arrange.html", {"rows": DiscoverRow.objects.all()})


@require_POST
@administrator_required
def change(request: HttpRequest, pk: uuid.UUID, doing: str) -> HttpResponse:
    """Move a row up or down, show, hide or remove it."""
    row = get_object_or_404(DiscoverRow, pk=pk)
    if doing in ("up", "down"):
        actions.move_row(row=row, up=doing == "up")
    elif doing in ("show", "hide"):
        actions.show_row(row=row, is_shown=doing == "show")
    elif doing == "remove":
        actions.remove_row(row=row)
        messages.success(request, _("“%(title)s” is removed.") % {"title": row.name})
    else:
        raise Http404
    return redirect(f"{reverse('catalog:arrange')}#row-{row.pk}")


@own_scope
@require_POST
@administrator_required
def keep(request: HttpRequest) -> HttpResponse:
    """Keep the filters of a list as a row."""
    user = cast("User", request.user)
    with acting_as(user):
        wanted = taste.of(user)
    form = DiscoverForm(request.POST, taste=wanted)
    with acting_as(user):
        try:
            if not form.is_valid():
                raise actions.CannotArrange(_("These filters do not fit together."))
            title = request.POST.get("title", "")
            row = actions.add_row(title=title, media_type=form.media_type, filters=form.filters())
        except actions.CannotArrange as refusal:
            messages.error(request, refusal.sentence)
            return redirect("catalog:discover")
    return redirect(f"{reverse('catalog:arrange')}#row-{row.pk}")
