"""Asking for several films at once: the rest of a collection."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog import cards, holding
from medianest.lib.errors import Cannot
from medianest.lib.locks import hold_until_commit
from operations.limits import TooOften
from operations.row_security import for_others
from requests_app import allowance, asking, pages
from requests_app.models import MediaRequest, RequestStatus

if TYPE_CHECKING:
    from accounts.models import User
    from catalog.models import MediaItem


@dataclasses.dataclass(frozen=True)
class Film:
    """How a film stands. It can be chosen unless it is there or was asked for by the same person; `is_chosen` as far as
    the quota goes.
    """

    item: MediaItem
    poster: str
    word: str
    pill: str
    can_be_chosen: bool
    is_chosen: bool


@dataclasses.dataclass(frozen=True)
class Outlook:
    """What asking for these films would do. `over` is how many more are missing than the quota allows."""

    films: list[Film]
    left: allowance.Left
    over: int

    @property
    def is_anything_left(self) -> bool:
        return any(film.can_be_chosen for film in self.films)


@dataclasses.dataclass
class Outcome:
    """What came of asking, in names of films; `refused` with the reasons."""

    asked: list[str] = dataclasses.field(default_factory=list)
    followed: list[str] = dataclasses.field(default_factory=list)
    refused: list[str] = dataclasses.field(default_factory=list)


def outlook(user: User, items: Sequence[MediaItem]) -> Outlook:
    """How these films stand, for a person."""
    keys = [("movie", item.tmdb_id) for item in items]
    numbers = [number for _kind, number in keys]
    with for_others():
        there = {number for _kind, number in holding.held_among(None, keys)}
        found = MediaRequest.objects.open().filter(media_type="movie", tmdb_id__in=numbers, is_4k=False)
        asked = {one.tmdb_id: one for one in found.select_related("user")}
    left = allowance.left(user, "movie")
    missing = [item for item in items if item.tmdb_id not in there and item.tmdb_id not in asked]
    room = len(missing) if left.count is None else left.count
    chosen = {item.pk for item in missing[:room]}
    films = [_film(item, user, item.tmdb_id in there, asked.get(item.tmdb_id), item.pk in chosen) for item in items]
    return Outlook(films, left, max(len(missing) - room, 0))


def _film(item: MediaItem, user: User, is_there: bool, request: MediaRequest | None, is_chosen: bool) -> Film:
    poster = cards.picture(item.poster_path, "w92")
    if is_there:
        return Film(item, poster, _("in the library"), "ok", can_be_chosen=False, is_chosen=False)
    if request is None:
        return Film(item, poster, "", "", can_be_chosen=True, is_chosen=is_chosen)
    pill = pages.PILLS[RequestStatus(request.status)]
    if request.user_id == user.pk:
        return Film(item, poster, _("requested by you"), pill, can_be_chosen=False, is_chosen=False)
    who = str(request.user or _("somebody who left"))
    word = _("requested by %(who)s: you follow") % {"who": who}
    return Film(item, poster, word, pill, can_be_chosen=True, is_chosen=True)


@transaction.atomic
def ask_for_all(*, user: User, items: Sequence[MediaItem]) -> Outcome:
    """Ask for films, one after the other; what is refused hinders no other. Nothing of it raises."""
    done = Outcome()
    # All of them before the first quota: two who ask in another order would wait for each other.
    for number in sorted({item.tmdb_id for item in items}):
        hold_until_commit(f"requests.ask:movie:{number}")
    for item in items:
        try:
            made = asking.ask(user=user, item=item)
        except TooOften as often:
            done.refused.append(often.sentence)
            break
        except Cannot as refusal:
            done.refused.append(f"{item.title}: {refusal.sentence}")
        else:
            (done.asked if made.request else done.followed).append(item.title)
    return done


def said(done: Outcome) -> str:
    """What was asked for and is followed now, in a sentence; "" for nothing."""
    told = []
    if count := len(done.asked):
        told.append(ngettext("Asked for %(n)d film.", "Asked for %(n)d films.", count) % {"n": count})
    if count := len(done.followed):
        told.append(
            ngettext(
                "You follow %(n)d film that somebody asked for before.",
                "You follow %(n)d films that somebody asked for before.",
                count,
            )
            % {"n": count}
        )
    return " ".join(told)
