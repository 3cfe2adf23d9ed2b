"""What can be done with a request, by the names that pages and programs use."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from requests_app import access, asking, deciding, offering, pages
from requests_app.choosing import ChoicesForm

if TYPE_CHECKING:
    from accounts.models import User
    from requests_app.models import MediaRequest


@dataclasses.dataclass(frozen=True)
class Said:
    """What somebody says along with it: why, of a series for which seasons (none: as asked for), and how to fetch it.

    `choices` is what was filled in of `ChoicesForm`; None where nothing was offered. `seen` is the decision that stood
    when they looked; "" for whatever it is.
    """

    reason: str = ""
    seasons: tuple[int, ...] = ()
    choices: Mapping[str, Any] | None = None
    seen: str = ""


Act = Callable[["MediaRequest", "User", Said], object]


def _try_again(wish: MediaRequest, user: User, said: Said) -> object:
    if not pages.doings(wish, user).try_again:
        raise deciding.CannotDecide(_("Only what failed can be tried again."))
    return deciding.try_again(request=wish, by=user)


def _approve(wish: MediaRequest, user: User, said: Said) -> object:
    choices = _choices(wish, said)
    return deciding.approve(request=wish, by=user, seasons=said.seasons or None, choices=choices, seen=said.seen)


def _choices(wish: MediaRequest, said: Said) -> dict[str, Any] | None:
    """What was chosen. Raises CannotDecide for what does not fit."""
    if said.choices is None:
        return None
    offers = offering.for_request(wish)
    if offers is None or not offers.is_usable:
        raise deciding.CannotDecide(
            _("Overseerr has stopped answering, so nothing can be chosen. Approve it without, or wait.")
        )
    form = ChoicesForm(said.choices, offers=offers, chosen=wish.handover)
    if not form.is_valid():
        wrong = " ".join(str(text) for texts in form.errors.values() for text in texts)
        raise deciding.CannotDecide(wrong, status=422)
    return form.chosen()


def _decline(wish: MediaRequest, user: User, said: Said) -> object:
    return deciding.decline(request=wish, by=user, reason=said.reason, seen=said.seen)


def _cancel(wish: MediaRequest, user: User, said: Said) -> object:
    if not access.may_cancel(user, wish):
        raise deciding.CannotDecide(_("It is being fetched already. Ask a moderator to stop it."))
    return deciding.cancel(request=wish, by=user)


def _take_up(wish: MediaRequest, user: User, said: Said) -> object:
    if not pages.doings(wish, user).take_up:
        raise deciding.CannotDecide(_("A moderator can take this up again; you cannot."), status=403)
    return deciding.take_up(request=wish, by=user)


def _leave(wish: MediaRequest, user: User, said: Said) -> object:
    return asking.leave(request=wish, user=user)


def _mark_there(wish: MediaRequest, user: User, said: Said) -> object:
    return deciding.mark_there(request=wish, by=user)


FOR_ALL: dict[str, Act] = {"cancel": _cancel, "take-up": _take_up, "try-again": _try_again, "leave": _leave}
FOR_MODERATORS: dict[str, Act] = {"approve": _approve, "decline": _decline, "there": _mark_there}
