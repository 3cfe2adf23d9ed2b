"""Looking again who may still enter, on a schedule."""

from __future__ import annotations

import datetime as dt

import structlog
from django.utils import timezone

from accounts.models import Status, User
from accounts.models.plex import THE_LIST, GuestList
from accounts.plex import guests, people
from medianest.lib.http import ProviderError
from operations.jobs import Wait
from operations.lease import Run

log = structlog.get_logger(__name__)

MOST_AT_ONCE = 3
SECOND_LOOK_AFTER = dt.timedelta(minutes=5)


def check(run: Run) -> None:
    """Read the list anew; whoever is on it no longer is signed out everywhere.

    When plex.tv cannot be asked nothing happens to anybody. A list that suddenly lacks more than a few people, and
    more than half of all, is not believed at once: it is read again five minutes later. Raises Wait for that.
    """
    try:
        reading = guests.read()
        guests.keep(reading)
        guests.keep_sections(guests.server().section_shares(reading.server_id))
    except guests.NotConnected:
        return
    except ProviderError as error:
        log.info("guests_not_read", error=type(error).__name__)
        return
    allowed = [guest.account_id for guest in reading.guests if not guest.is_pending]
    known = User.objects.filter(status=Status.ACTIVE, plex_id__isnull=False)
    gone = list(known.exclude(plex_id__in=allowed).values_list("pk", flat=True))
    if _is_hard_to_believe(len(gone), known.count()):
        raise Wait(SECOND_LOOK_AFTER.total_seconds(), code="shrunk", reason="The list of guests suddenly is short.")
    for pk in gone:
        run.breathe()
        people.lose_access(pk)


def _is_hard_to_believe(gone: int, known: int) -> bool:
    """Whether to look a second time; the second look decides."""
    the_list = GuestList.objects.filter(pk=THE_LIST)
    if gone <= MOST_AT_ONCE or gone * 2 <= known:
        the_list.filter(shrunk_at__isnull=False).update(shrunk_at=None)
        return False
    now = timezone.now()
    if the_list.filter(shrunk_at__lte=now - SECOND_LOOK_AFTER).update(shrunk_at=None):
        return False
    the_list.filter(shrunk_at__isnull=True).update(shrunk_at=now)
    log.warning("guest_list_shrunk", gone=gone, known=known)
    return True
