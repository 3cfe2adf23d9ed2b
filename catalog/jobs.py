"""What workers do about the catalogue."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone

from accounts.plex import guests
from catalog import refreshing, syncing
from catalog.models import LibrarySection
from operations.jobs import kind, promise
from operations.lease import Run

SYNC = "catalog.sync_library"
REFRESH = "catalog.refresh_titles"
EVERY = dt.timedelta(minutes=5)


@kind(SYNC, max_attempts=5)
def sync(run: Run) -> None:
    """Bring the copy of the library up to date."""
    syncing.sync(run)


def promise_sync(*, now: bool = False) -> None:
    """Promise a look at the library. One that waits for Plex goes on waiting, unless it is wanted `now`."""
    with transaction.atomic():
        promise(SYNC, key=SYNC, renew=now)


def promise_when_due() -> None:
    """Promise a look unless there was one in the last five minutes: a media server that was just connected is read
    within a minute."""
    lately = LibrarySection.objects.filter(synced_at__gt=timezone.now() - EVERY + dt.timedelta(seconds=20))
    if not lately.exists() and guests.is_connected():
        promise_sync()


@kind(REFRESH, max_attempts=5)
def refresh(run: Run) -> None:
    """Ask anew about titles that were described long ago, or never."""
    refreshing.refresh(run)


def promise_refresh_when_due() -> None:
    """Promise to ask about titles, if any is due. One that waits for an absent source goes on waiting."""
    if refreshing.is_due(timezone.now()):
        with transaction.atomic():
            promise(REFRESH, key=REFRESH)
