"""Requests for programs: the lists, one request, asking, and what can be done with one. Described in docs/api.md."""

from __future__ import annotations

import dataclasses
import uuid
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.http import Http404, HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import moderator_required
from accounts.bearer import is_staff_here, takes_tokens, token_of
from accounts.rights import Right, may
from catalog import showing, taste
from catalog.cards import picture, srcset
from medianest.lib import programs
from medianest.lib.http import ProviderError
from medianest.lib.pagination import LONGEST
from operations.row_security import acting_as, own_scope, own_scope_for_forms
from requests_app import access, asking, for_whom, handover, listing, pages
from requests_app.doing import FOR_ALL, FOR_MODERATORS, Said
from requests_app.forms import AskForm, ListForm, WishForm
from requests_app.which import COUNTED
from services.providers.describing import NoSuchTitle

if TYPE_CHECKING:
    from django.http.response import HttpResponseBase

    from accounts.models import User
    from catalog.models import MediaItem
    from requests_app.asking import Asked
    from requests_app.models import MediaRequest

_MOST_A_PAGE = 100


# --- what is told ---------------------------------------------------------------------------------------------------------
def told(row: pages.Row) -> dict[str, Any]:
    """A request as JSON. Of other people there is the name that pages show, and nothing else."""
    one = row.request
    item = one.media_item
    path = item.poster_path if item else ""
    return {
        "id": str(one.pk),
        "url": row.url,
        "media_type": one.media_type,
        "tmdb_id": one.tmdb_id,
        "title": one.title,
        "creator": one.creator,
        "year": item.release_date.year if item and item.release_date else None,
        "poster": {"src": picture(path, "w342"), "srcset": srcset(path)} if path else None,
        "is_4k": one.is_4k,
        "seasons": [{"number": season.season_number, "status": season.status} for season in one.seasons.all()],
        "status": one.status,
        "status_text": row.word,
        "says": row.says,
        "progress": row.progress,
        "is_open": one.is_open,
        "is_mine": not row.who,
        "for": row.who or None,
        "asked_at": one.created_at.isoformat(),
        "decided_at": one.decided_at.isoformat() if one.decided_at else None,
        "there_since": one.completed_at.isoformat() if one.completed_at else None,
    }


def _in_full(wish: MediaRequest, user: User) -> dict[str, Any]:
    """With its story, and what the person may do."""
    (row,) = pages.rows([wish], user)
    may_do = dataclasses.asdict(pages.doings(wish, user))
    return told(row) | {
        "note": wish.note,
        "followers": wish.followers.count(),
        "waits_for": (handover.waiting_for(wish) or None) if may(user, Right.DECIDE) else None,
        "may": [name.replace("_", "-").replace("mark-there", "there") for name, allowed in may_do.items() if allowed],
        "story": [
            {
                "at": step.event.created_at.isoformat(),
                "what": step.event.new_status or step.event.kind,
                "says": step.text,
                "text": step.event.text,
                "by": str(step.event.actor) if step.event.actor else None,
            }
            for step in pages.story(wish)
        ],
    }


# --- lists ----------------------------------------------------------------------------------------------------------------
class _PageForm(ListForm):
    size = forms.IntegerField(min_value=1, max_value=_MOST_A_PAGE, required=False)
    after = forms.CharField(max_length=LONGEST, required=False)


@takes_tokens
@require_http_methods(["GET", "HEAD", "POST"])
@own_scope_for_forms
def requests(request: HttpRequest) -> HttpResponseBase:
    """One's own and those one follows; POST asks for something."""
    return _ask(request) if request.method == "POST" else _listed(request, everybodys=False)


@takes_tokens
@moderator_required
@require_safe
def everybodys(request: HttpRequest) -> JsonResponse:
    """All of them, for moderators."""
    return _listed(request, everybodys=True)


def _listed(request: HttpRequest, *, everybodys: bool) -> JsonResponse:
    user = cast("User", request.user)
    form = _PageForm(request.GET)
    asked = programs.fit(form)
    found = listing.of(user, everybodys=everybodys)
    page = listing.page(found, form.which(), after=asked["after"], size=asked["size"] or listing.SIZE)
    query = request.GET.copy()
    query["after"] = page.older
    answer = {
        "requests": [told(row) for row in pages.rows(page.rows, user)],
        "next": f"{request.path}?{query.urlencode()}" if page.older else None,
        "counts": listing.counts(found, everybodys=everybodys),
        "counted_up_to": COUNTED,
    }
    return JsonResponse(answer)


# --- one ------------------------------------------------------------------------------------------------------------------
@takes_tokens
@own_scope
@require_safe
def detail(request: HttpRequest, id: uuid.UUID) -> JsonResponse:
    """How it stands, what happened, and what the person may do."""
    user = cast("User", request.user)
    with acting_as(user, staff=is_staff_here(request, Right.DECIDE)):
        return JsonResponse(_in_full(access.visible(user, id), user))


class _Numbers(forms.JSONField):
    """Django's own takes a text of brackets alone, or a number of thousands of digits, for a failure of ours."""

    def to_python(self, value: Any) -> Any:
        try:
            return super().to_python(value)
        except (ValueError, RecursionError) as wrong:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid") from wrong


class _ActForm(forms.Form):
    reason = forms.CharField(max_length=500, required=False)
    seasons = _Numbers(required=False)

    def clean_seasons(self) -> tuple[int, ...]:
        given = self.cleaned_data["seasons"] or []
        if not isinstance(given, list) or not all(type(one) is int and 0 <= one < 10_000 for one in given[:200]):
            raise forms.ValidationError(_("Give the numbers of seasons as a list."))
        return tuple(given[:200])


@takes_tokens
@own_scope
@require_POST
def act(request: HttpRequest, id: uuid.UUID, doing: str) -> HttpResponseBase:
    """Do something with a request; gives it as it is then."""
    user = cast("User", request.user)
    staff = is_staff_here(request, Right.DECIDE)
    wanted = FOR_ALL.get(doing) or FOR_MODERATORS.get(doing)
    if wanted is None:
        raise Http404
    with acting_as(user, staff=staff):
        wish = access.visible(user, id)
        if doing in FOR_MODERATORS and not staff:
            return _not_the_staff(request)
        said = programs.fit(_ActForm(programs.body(request)))
        wanted(wish, user, Said(**said))
        # Neither what one follows no more nor what went on to a follower.
        still = None if doing == "leave" else access.still_visible(user, id)
        return JsonResponse(_in_full(still, user) if still else {"id": str(wish.pk), "left": True})


def _not_the_staff(request: HttpRequest) -> JsonResponse:
    if token_of(request) is not None and may(request.user, Right.DECIDE):
        return programs.refusal(
            403, _("This token does not allow that: it lacks “%s”.") % "admin", code="missing_scope"
        )
    return programs.refusal(403, _("This is for moderators."))


# --- asking ---------------------------------------------------------------------------------------------------------------
class _TitleForm(forms.Form):
    media_type = forms.ChoiceField(choices=[(one, one) for one in ("movie", "tv", "music", "book")])
    tmdb_id = forms.IntegerField(min_value=1, max_value=2_147_483_647, required=False)


def _ask(request: HttpRequest) -> JsonResponse:
    sent = programs.body(request)
    title = programs.fit(_TitleForm(sent))
    user = cast("User", request.user)
    if title["media_type"] in ("music", "book"):
        wished = programs.fit(WishForm({**sent, "kind": title["media_type"]}))
        with acting_as(user):
            return _asked(asking.wish(user=user, **wished), user)
    if not title["tmdb_id"]:
        raise programs.Refused(422, _("Something in it does not fit."), {"tmdb_id": [_("Say which title.")]})
    item = _item(user, title["media_type"], title["tmdb_id"])
    form = programs.fit(AskForm({**sent, "person": sent.get("for", "")}, item=item))
    staff = is_staff_here(request, Right.DECIDE)
    if form["person"] and not staff:
        return _not_the_staff(request)
    with acting_as(user):
        return _asked(for_whom.ask(user, item, form, staff=staff), user)


def _item(user: User, media_type: str, tmdb_id: int) -> MediaItem:
    """The kept title; looked up, outside of any transaction, when nobody had a look at it before."""
    with acting_as(user):
        wanted = taste.of(user)
    try:
        shown = showing.look_up(media_type, tmdb_id, wanted).shown
    except NoSuchTitle as gone:
        raise Http404 from gone
    except ProviderError as away:
        raise programs.Refused(503, away.sentence) from away
    if shown.item is None:
        raise programs.Refused(503, _("This title could not be kept just now. Try again in a moment."))
    return shown.item


def _asked(asked: Asked, user: User) -> JsonResponse:
    """201 with the new request; 200 where somebody else's are followed instead."""
    made = asked.request
    answer = {
        "says": for_whom.said(asked),
        "request": told(pages.rows([made], user)[0]) if made else None,
        "followed": [str(one.pk) for one in asked.joined],
    }
    return JsonResponse(answer, status=201 if made else 200)
