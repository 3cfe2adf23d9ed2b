"""Asking for a title: for oneself, or as a moderator for somebody else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from accounts.models import User
from operations.row_security import acting_as
from requests_app import asking

if TYPE_CHECKING:
    from catalog.models import MediaItem
    from requests_app.asking import Asked


def ask(user: User, item: MediaItem, told: Mapping[str, Any], *, staff: bool) -> Asked:
    """Ask as a well filled `AskForm` tells. Whom it is for counts only where `staff` says that it may.

    Raises CannotAsk, TooOften, and TooYoung.
    """
    chosen = {"item": item, "seasons": told["seasons"], "is_4k": told["is_4k"], "note": told["note"]}
    name = told["person"].strip()
    if not name or not staff:
        return asking.ask(user=user, **chosen)
    with acting_as(user, staff=True):
        person = User.objects.filter(username__iexact=name, status="active").first()
        if person is None:
            raise asking.CannotAsk(_("Nobody here is called “%(name)s”.") % {"name": name}, status=422)
        return asking.ask(user=person, by=user, **chosen)


def said(asked: Asked) -> str:
    """What came of it, in a sentence."""
    if asked.request is None:
        return _("Somebody asked for it before. You follow along; you find it among your requests.")
    if asked.request.status == "pending":
        return _("Asked for. A moderator decides; you find it among your requests.")
    return _("Asked for and approved.")
