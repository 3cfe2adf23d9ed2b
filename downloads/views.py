"""Pages of the downloads: list, new, one download in its phases, and what can be done with it."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable
from typing import TYPE_CHECKING, cast

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from downloads import access, actions, images, pages
from downloads.forms import LinkForm, OrderForm
from downloads.models import YoutubeDownload
from medianest.lib import polling
from medianest.lib.errors import Cannot
from medianest.lib.pagination import page_by_key
from operations.limits import TooOften
from operations.row_security import staff_scope

if TYPE_CHECKING:
    from accounts.models import User

_MOST_MOVING = 20
_DAY = 24 * 3600


def _person(request: HttpRequest) -> User:
    return cast("User", request.user)


@staff_scope
@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    user = _person(request)
    everybodys = request.GET.get("whose") == "all"
    found = YoutubeDownload.objects.visible_to(user) if everybodys else YoutubeDownload.objects.filter(user=user)
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    page = page_by_key(pages.with_picture(found), after=after, before=before)
    rows = pages.rows(page.rows, user=user)
    context = {"page": page, "rows": rows, "moving": pages.moving(rows), "everybodys": everybodys}
    return render(request, "downloads/list.html", context)


@staff_scope
@require_GET
def moving(request: HttpRequest) -> HttpResponse:
    """The rows of a list or of home that changed since the page last asked; 204 when none did."""
    ids = [text for text in request.GET.getlist("d")[:_MOST_MOVING] if _is_uuid(text)]
    visible = YoutubeDownload.objects.visible_to(_person(request)).select_related("user")
    found = {str(d.pk): d for d in visible.filter(pk__in=ids)}
    rows = pages.rows([found[text] for text in ids if text in found], user=_person(request))
    changes = polling.changed(request.GET.get("seen", ""), [row.mark for row in rows])
    if rows and not any(changes):
        return HttpResponse(status=204)
    fresh = [row for row, is_new in zip(rows, changes, strict=True) if is_new]
    return render(request, "downloads/_moving.html", {"moving": pages.moving(rows), "changed": fresh})


def _is_uuid(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    form = LinkForm(request.POST) if request.method == "POST" else LinkForm()
    too_often: TooOften | None = None
    if form.is_valid():
        link = form.cleaned_data["link"]
        try:
            download = actions.submit(user=_person(request), link=link)
        except Cannot as refusal:
            form.add_error("link", refusal.sentence)
            too_often = refusal if isinstance(refusal, TooOften) else None
        else:
            if link.note:
                messages.info(request, link.note)
            return redirect("downloads:detail", download.pk)
    response = render(request, "downloads/new.html", {"form": form}, status=429 if too_often else 200)
    if too_often:
        response.headers["Retry-After"] = str(too_often.retry_after)
    return response


def _start(request: HttpRequest) -> int:
    """The first position of a page of entries, from `?from=`."""
    text = request.GET.get("from", "")
    return max(1, int(text)) if text.isdecimal() and len(text) < 7 else 1


@staff_scope
@require_GET
def detail(request: HttpRequest, download_id: uuid.UUID) -> HttpResponse:
    download = access.visible(_person(request), download_id)
    page = pages.one(download, user=_person(request), start=_start(request))
    return render(request, "downloads/detail.html", {"page": page, "form": OrderForm(profiles=page.profiles)})


@staff_scope
@require_GET
def progress(request: HttpRequest, download_id: uuid.UUID) -> HttpResponse:
    """What changed on a download's page since it last asked: nothing (204), some rows, or the whole body."""
    download = access.visible(_person(request), download_id)
    page = pages.one(download, user=_person(request), start=_start(request))
    if request.GET.get("key") != page.key:
        context = {"page": page, "form": OrderForm(profiles=page.profiles), "is_part": True}
        response = render(request, "downloads/_body.html", context)
        response.headers["HX-Retarget"] = "#download"
        response.headers["HX-Reswap"] = "outerHTML"
        return response
    changes = polling.changed(request.GET.get("seen", ""), page.marks)
    if not any(changes):
        return HttpResponse(status=204)
    fresh = [row for row, is_new in zip(page.entries, changes[1:], strict=True) if is_new]
    return render(request, "downloads/_progress.html", {"page": page, "changed": fresh})


@staff_scope
@require_POST
def order(request: HttpRequest, download_id: uuid.UUID) -> HttpResponse:
    download = access.changeable(_person(request), download_id)
    page = pages.one(download, user=_person(request))
    form = OrderForm(request.POST, profiles=page.profiles)
    if not form.is_valid():
        return render(request, "downloads/detail.html", {"page": page, "form": form})
    chosen = form.cleaned_data["profile"]
    return _do(request, download, lambda: actions.order(user=_person(request), download=download, profile=chosen))


@staff_scope
@require_http_methods(["GET", "POST"])
def cancel(request: HttpRequest, download_id: uuid.UUID) -> HttpResponse:
    """Asked for by GET it wants to be confirmed: that is the way without JavaScript."""
    download = access.changeable(_person(request), download_id)
    if request.method == "GET":
        return render(request, "downloads/cancel.html", {"download": download})
    said = _("Cancelled. What was already downloaded stays.")
    return _do(request, download, lambda: actions.cancel(user=_person(request), download=download), said)


@staff_scope
@require_POST
def retry(request: HttpRequest, download_id: uuid.UUID) -> HttpResponse:
    download = access.changeable(_person(request), download_id)
    return _do(request, download, lambda: actions.retry(user=_person(request), download=download))


@staff_scope
@require_POST
def retry_entry(request: HttpRequest, entry_id: uuid.UUID) -> HttpResponse:
    entry = access.changeable_entry(_person(request), entry_id)
    return _do(request, entry.download, lambda: actions.retry_entry(user=_person(request), entry=entry))


@staff_scope
@require_POST
def publish(request: HttpRequest, download_id: uuid.UUID) -> HttpResponse:
    download = access.changeable(_person(request), download_id)
    said = _("Plex is being asked again.")
    return _do(request, download, lambda: actions.publish_again(user=_person(request), download=download), said)


@staff_scope
@require_http_methods(["GET", "POST"])
def discard(request: HttpRequest, download_id: uuid.UUID) -> HttpResponse:
    """Asked for by GET it wants to be confirmed, like `cancel`."""
    download = access.changeable(_person(request), download_id)
    if request.method == "GET":
        return render(request, "downloads/discard.html", {"download": download, "page_phase": pages.phase_of(download)})
    try:
        actions.discard(user=_person(request), download=download)
    except Cannot as refusal:
        messages.error(request, refusal.sentence)
        return redirect("downloads:detail", download.pk)
    messages.success(request, _("Removed from MediaNest."))
    return redirect("downloads:list")


def _do(request: HttpRequest, download: YoutubeDownload, act: Callable[[], object], said: str = "") -> HttpResponse:
    """Carry out one action and go back to the download's page, which tells how it stands or why not."""
    try:
        act()
    except Cannot as refusal:
        messages.error(request, refusal.sentence)
    else:
        if said:
            messages.success(request, said)
    return redirect("downloads:detail", download.pk)


@staff_scope
@require_GET
def thumbnail(request: HttpRequest, video_id: str) -> HttpResponseBase:
    """A video's picture from our own store; until there is one, a quiet picture drawn from its id."""
    path = images.thumbnail(video_id) if access.may_see_thumbnail(_person(request), video_id) else None
    if path is None:
        response = HttpResponse(_drawn(video_id), content_type="image/svg+xml")
        response.headers["Cache-Control"] = "private, max-age=60"
        return response
    picture = FileResponse(path.open("rb"), content_type="image/jpeg")
    picture.headers["Cache-Control"] = f"private, max-age={_DAY}"
    return picture


def _drawn(video_id: str) -> str:
    hue = hashlib.blake2b(video_id.encode(), digest_size=2).digest()[0] * 360 // 256
    stops = f'<stop stop-color="hsl({hue} 45% 22%)"/><stop offset="1" stop-color="hsl({(hue + 50) % 360} 50% 58%)"/>'
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="160" height="90">'
        f'<linearGradient id="g" x2="1" y2="1">{stops}</linearGradient><rect width="160" height="90" fill="url(#g)"/></svg>'
    )
