"""What workers do about the catalogue."""

from __future__ import annotations

from django.db import transaction

from catalog import syncing
from operations.jobs import kind, promise
from operations.lease import Run

SYNC = "catalog.sync_library"


@kind(SYNC, max_attempts=5)
def sync(run: Run) -> None:
    """Bring the copy of the library up to date."""
    syncing.sync(run)


def promise_sync(*, now: bool = False) -> None:
    """Promise a look at the library. One that waits for Plex goes on waiting, unless it is wanted `now`."""
    with transaction.atomic():
        promise(SYNC, key=SYNC, renew=now)
