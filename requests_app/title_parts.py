"""What requests add to posters and to title pages."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any, cast

from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts.rights import Right, may
from catalog.marks import Key, Mark, Panel, Shown, collection_panel, marker, panel, state
from operations.row_security import for_others
from requests_app import allowance, following, pages, standing
from requests_app.forms import AskForm
from requests_app.models import MediaRequest, RequestStatus
from services.providers.describing import Collection as FilmCollection

if TYPE_CHECKING:
    from accounts.models import User

_WEIGHT = 20
_WAITING = 5


@marker
def asked_for(user: User, keys: Collection[Key]) -> Mapping[Key, Mark]:
    """Titles that somebody waits for. Whose request it is stays out of it."""
    wanted = Q()
    for kind in ("movie", "tv"):
        wanted |= Q(media_type=kind, tmdb_id__in=[number for type_, number in keys if type_ == kind])
    with for_others():
        found = list(MediaRequest.objects.open().filter(wanted).values_list("media_type", "tmdb_id", "status")[:500])
    return {
        (kind, number): Mark(
            pages.PILLS[RequestStatus(status)], _("requested") if status == "pending" else _("on its way"), _WEIGHT
        )
        for kind, number, status in found
        if number is not None
    }


@panel(order=10)
def ask(request: HttpRequest, shown: Shown) -> Panel | None:
    """The button to ask with its dialog; what stands in the way instead of it."""
    user = cast("User", request.user)
    if shown.item is None or shown.item.gone_at is not None:
        return None
    with for_others():
        now = standing.of(shown.item, here=shown.here)
        is_there = now.held or bool(now.seasons_there)
    allowed = allowance.of(user)
    mine = [one for one in [now.asked, *now.seasons_asked.values()] if one and one.user_id == user.pk]
    left = allowance.left(user, shown.item.media_type, allowed)
    rows = season_rows(shown, now, left.count)
    context = {
        "item": shown.item,
        "held": now.held,
        "asked": now.asked or next(iter(now.seasons_asked.values()), None),
        "mine": mine[0] if mine else None,
        "waiting": _waiting(now, user),
        "seasons": rows,
        "open": _is_open(shown, now, rows),
        "left": left,
        "is_used_up": left.is_used_up and not may(user, Right.DECIDE),
        "allowance": allowed,
        "is_there": is_there,
        "form": AskForm(item=shown.item),
    }
    return Panel("actions", "requests/_ask.html", context)


@collection_panel
def ask_for_all(request: HttpRequest, collection: FilmCollection, unmarked: int) -> Panel | None:
    """The way to ask for a whole collection, while anything of it is missing."""
    context = {"id": collection.collection_id, "missing": unmarked}
    return Panel("actions", "requests/_ask_all.html", context) if unmarked else None


def _waiting(now: standing.Standing, user: User) -> list[dict[str, object]]:
    """The open requests for a title: who asked, for which seasons, and how far each is."""
    seasons: dict[uuid.UUID, list[int]] = {}
    for number, one in now.seasons_asked.items():
        seasons.setdefault(one.pk, []).append(number)
    found = {one.pk: one for one in [now.asked, *now.seasons_asked.values()] if one}
    loaded = following.progress_of(found.values())
    return [
        {
            "pill": pages.PILLS[RequestStatus(one.status)],
            "word": one.get_status_display(),
            "who": "" if one.user_id == user.pk else str(one.user or _("somebody who left")),
            "seasons": pages.seasons_named(seasons.get(one.pk, ())),
            "percent": round(loaded[one.pk] * 100) if one.pk in loaded else None,
        }
        for one in list(found.values())[:_WAITING]
    ]


@state("request")
def in_short(user: User, shown: Shown) -> dict[str, Any] | None:
    """Whether it can be asked for, what is asked for already, and what is left of the quota; None for what nobody can."""
    if shown.item is None or shown.item.gone_at is not None:
        return None
    with for_others():
        now = standing.of(shown.item)
    asked = [one for one in [now.asked, *now.seasons_asked.values()] if one]
    mine = next((one for one in asked if one.user_id == user.pk), None)
    rows = season_rows(shown, now)
    left = allowance.left(user, shown.item.media_type)
    return {
        "can_ask": _is_open(shown, now, rows),
        "status": asked[0].status if asked else None,
        "mine": str(mine.pk) if mine else None,
        "seasons": [{key: row[key] for key in ("number", "name", "episodes", "free", "word")} for row in rows],
        "left": left.count,
        "quota": left.quota,
        "days": left.days,
    }


def _is_open(shown: Shown, now: standing.Standing, rows: list[dict[str, object]]) -> bool:
    """Whether there is anything left to ask for."""
    if shown.key[0] == "movie":
        return not now.held and now.asked is None
    return any(row["free"] for row in rows)


def season_rows(shown: Shown, now: standing.Standing, left: int | None = None) -> list[dict[str, object]]:
    """The seasons to choose from, those chosen that are free, as many as are `left` of a quota; specials last."""
    rows: list[dict[str, object]] = []
    chosen = 0
    for one in sorted(shown.item.seasons if shown.item else [], key=lambda season: season["number"] or 10_000):
        number = one["number"]
        held, asked = number in now.seasons_held, number in now.seasons_asked
        is_chosen = not held and not asked and number > 0 and (left is None or chosen < left)
        chosen += is_chosen
        word = _("in the library") if held else _("requested") if asked else ""
        rows.append(
            {
                "number": number,
                "name": one.get("name") or (_("Season %(n)d") % {"n": number} if number else _("Specials")),
                "episodes": one["episodes"],
                "free": not held and not asked,
                "is_chosen": is_chosen,
                "word": word,
                "pill": "ok" if held else "info",
            }
        )
    return rows
