"""Pictures of people: one's own, or the one at Plex. Both are shown from here only, drawn anew and small.

One's own are kept for good and stand with the data (`pictures/`); Plex's are a cache that may be emptied (`images/`).
"""

from __future__ import annotations

import secrets
import threading
from pathlib import Path

import structlog
from django.conf import settings
from django.core.cache import cache
from django.db import transaction

from accounts.models import User
from medianest.lib.http import ProviderError
from medianest.lib.picture_store import NotAPicture, Picture, PictureStore
from medianest.lib.portrait import NotAPortrait, portrait
from services.providers.plex import avatars

log = structlog.get_logger(__name__)
_ROOM = 200_000_000
_MISSING_FOR = 600  # seconds until what could not be had is tried again
_AT_ONCE = threading.BoundedSemaphore(2)
_WAIT = 4.0  # seconds for one's turn


def own() -> PictureStore:
    """Never tidied: nobody could fetch these again."""
    return PictureStore(Path(settings.DATA_DIR) / "pictures" / "people", _ROOM)


def fetched() -> PictureStore:
    return PictureStore(Path(settings.DATA_DIR) / "images" / "people", _ROOM)


# --- showing ----------------------------------------------------------------------------------------------------------
def picture_of(person: User) -> Picture | None:
    """The person's own picture, else Plex's, fetched at its first use; None when there is none, or not now."""
    if person.picture:
        found = own().find(_key(person))
        if found is not None:
            return found
    return _plexs(person.image) if person.image else None


def kept(person: User) -> Picture | None:
    """The person's picture as far as it is here already; nobody is asked."""
    return (own().find(_key(person)) if person.picture else None) or (
        fetched().find(person.image) if person.image else None
    )


def _plexs(address: str) -> Picture | None:
    found = fetched().find(address)
    if found is not None or not avatars.path_of(address) or cache.get(_missing(address)):
        return found
    if not _AT_ONCE.acquire(timeout=_WAIT):
        return None
    try:
        return fetched().find(address) or _fetch(address)
    finally:
        _AT_ONCE.release()


def _fetch(address: str) -> Picture | None:
    try:
        return fetched().keep(address, portrait(avatars.fetch(address)))
    except (ProviderError, NotAPortrait, NotAPicture) as error:
        log.info("avatar_missing", reason=type(error).__name__)
    except OSError as error:
        log.warning("avatar_not_kept", reason=error.strerror)
    cache.set(_missing(address), True, _MISSING_FOR)
    return None


def _missing(address: str) -> str:
    return f"avatar-missing:{address}"


def _key(person: User) -> str:
    return f"{person.pk}/{person.picture}"


# --- changing ---------------------------------------------------------------------------------------------------------
@transaction.atomic
def keep_picture(*, user: User, drawn: bytes) -> User:
    """Show the person by this picture, which `portrait` made, from now on. Raises OSError when the disk is full."""
    row = User.objects.select_for_update().get(pk=user.pk)
    _forget_when_done(row)
    row.picture = secrets.token_hex(8)
    own().keep(_key(row), drawn)
    row.save(update_fields=["picture", "updated_at"])
    return row


@transaction.atomic
def remove_picture(*, user: User) -> User:
    """Take the person's own picture away; the one at Plex shows again, if there is one."""
    row = User.objects.select_for_update().get(pk=user.pk)
    _forget_when_done(row)
    row.picture = ""
    row.save(update_fields=["picture", "updated_at"])
    return row


def _forget_when_done(person: User) -> None:
    if person.picture:
        key = _key(person)
        transaction.on_commit(lambda: own().drop(key), robust=True)


def forget_pictures(person: User) -> None:
    """For somebody who leaves: nothing of theirs stays on the disk, once that is certain."""
    _forget_when_done(person)
    if address := person.image:
        transaction.on_commit(lambda: fetched().drop(address), robust=True)
