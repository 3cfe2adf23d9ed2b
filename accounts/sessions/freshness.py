"""How long ago a person proved who they are: staff pages ask again after half an hour without use."""

from __future__ import annotations

import time
from typing import cast

from django.http import HttpRequest

from accounts.sessions.store import SessionStore

STAFF_IDLE = 30 * 60
"""Seconds after which staff pages ask for the password again."""
_USED = "staff_used"
_UNPROVEN = "unproven"
_WRITTEN_EACH = 60  # seconds; each use is a write


def is_fresh(request: HttpRequest) -> bool:
    """Whether the person signed in, confirmed or used a staff page within the last half hour."""
    return time.time() - _last(request) <= STAFF_IDLE


def note_use(request: HttpRequest) -> None:
    """A staff page is used."""
    if time.time() - _last(request) > _WRITTEN_EACH:
        confirm(request)


def confirm(request: HttpRequest) -> None:
    """The person proved again who they are."""
    request.session[_USED] = int(time.time())


def is_not_fresh(request: HttpRequest) -> None:
    """The person came in without proving anything, by a remembered device. Signing in begins another session."""
    request.session[_UNPROVEN] = _begun(request)


def _last(request: HttpRequest) -> int:
    begun = _begun(request)
    if request.session.get(_UNPROVEN) == begun:
        begun = 0
    return max(begun, int(request.session.get(_USED, 0)))


def _begun(request: HttpRequest) -> int:
    return int(cast(SessionStore, request.session).begun.timestamp())
