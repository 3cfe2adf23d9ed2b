"""Making people of the server's guests before they come by themselves."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Sequence

from django.db.models import Exists, OuterRef

from accounts.models import User
from accounts.models.plex import PlexGuest
from accounts.plex import guests, people
from accounts.plex.door import ShutOut
from medianest.lib.http import ProviderError
from operations.jobs import Retry
from operations.lease import Run
from services.providers.base import Guest


def bring(run: Run, chosen: Sequence[int] | None, by: str) -> None:
    """Make a person of each chosen guest (None: of all) who is none yet; repeating it changes nothing.

    The list is read anew, for e-mail addresses are not kept here. Raises Retry when it cannot be.
    """
    try:
        reading = guests.read()
    except guests.NotConnected:
        run.report(done=0, of=0, added=0)
        return
    except ProviderError as error:
        raise Retry(code="plex_away", reason=error.sentence) from error
    guests.keep(reading)
    wanted = [one for one in reading.guests if not one.is_pending and (chosen is None or one.account_id in chosen)]
    here = set(User.objects.filter(plex_id__isnull=False).values_list("plex_id", flat=True))
    actor, added = User.objects.filter(pk=uuid.UUID(by)).first(), 0
    for done, guest in enumerate(wanted, start=1):
        run.breathe()
        if guest.account_id not in here and _add(guest, actor):
            added += 1
        run.report(done=done, of=len(wanted), added=added)


def _add(guest: Guest, actor: User | None) -> bool:
    try:
        people.welcome(guest, by=actor)
    except ShutOut:
        return False
    return True


@dataclasses.dataclass(frozen=True)
class Candidate:
    """Somebody on the list, for the page."""

    plex_id: int
    name: str
    username: str
    relation: str
    is_pending: bool
    is_here: bool


def candidates() -> list[Candidate]:
    """Everybody on the list as last read, in one query."""
    people_here = User.objects.present().filter(plex_id=OuterRef("plex_id"))
    return [
        Candidate(
            guest.plex_id,
            str(guest),
            guest.username,
            guest.get_relation_display(),
            guest.is_pending,
            guest.is_here,
        )
        for guest in PlexGuest.objects.annotate(is_here=Exists(people_here))
    ]
