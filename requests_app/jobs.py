"""Regular work on requests."""

from __future__ import annotations

from django.utils import timezone

from operations.jobs import kind
from operations.lease import Run
from requests_app.models import MediaRequest

PURGE = "requests.purge"
_AT_ONCE = 500


@kind(PURGE)
def purge(run: Run) -> None:
    """Remove requests that were deleted 30 days ago, with their stories."""
    due = MediaRequest.everything.due_for_purging(timezone.now()).order_by("deleted_at")
    while chosen := list(due.values_list("pk", flat=True)[:_AT_ONCE]):
        run.breathe()
        # Asked again: an administrator may have brought one back this very moment.
        MediaRequest.everything.due_for_purging(timezone.now()).filter(pk__in=chosen).delete()
