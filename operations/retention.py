"""What is kept for a time only: errors move into files after six months, counted uses are forgotten within hours.

The audit trail and the security events go after AUDIT_KEEP_DAYS.
"""

from __future__ import annotations

import datetime as dt
import gzip
import itertools
import json
import os
from collections.abc import Iterable
from operator import attrgetter
from pathlib import Path
from typing import Any

import structlog
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone

from operations import jobs, trail
from operations.lease import Run
from operations.models import ErrorLog, RateLimit

log = structlog.get_logger(__name__)

KIND = "operations.retain"
ERRORS_FOR = dt.timedelta(days=183)
USES_FOR = dt.timedelta(hours=2)  # twice the longest window
_BATCH = 1000


@jobs.kind(KIND)
def retain(run: Run) -> None:
    """Forget old uses and changes, and archive old errors batch by batch."""
    now = timezone.now()
    RateLimit.objects.older_than(now - USES_FOR).delete()
    trail.prune(now - dt.timedelta(days=settings.AUDIT_KEEP_DAYS))
    run.breathe()
    archived = 0
    while count := archive_errors():
        archived += count
        run.breathe()
    if archived:
        log.info("errors_archived", rows=archived, folder=str(archive()))


def archive() -> Path:
    """The folder of archived errors: a file for each month, gzip of one JSON object a line.

    Nothing in it leads to a person: neither who it was nor from which address.
    """
    return Path(settings.DATA_DIR) / "archive"


def archive_errors() -> int:
    """Move one batch of the oldest errors into their months' files; how many.

    Interrupted between writing and deleting, the next run writes some again: lines have ids.
    """
    old = list(ErrorLog.objects.older_than(timezone.now() - ERRORS_FOR).order_by("created_at")[:_BATCH])
    for month, rows in itertools.groupby(old, key=lambda row: f"{row.created_at:%Y-%m}"):
        _append(archive() / f"error_logs-{month}.jsonl.gz", rows)
    if old:
        ErrorLog.objects.filter(pk__in=map(attrgetter("pk"), old)).delete()
    return len(old)


def _append(path: Path, rows: Iterable[ErrorLog]) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    lines = [json.dumps(_line(row), cls=DjangoJSONEncoder) for row in rows]
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(handle, "ab") as file:
        file.write(gzip.compress(("\n".join(lines) + "\n").encode()))
        file.flush()
        os.fsync(file.fileno())


def _line(row: ErrorLog) -> dict[str, Any]:
    line = {
        name: getattr(row, name) for field in ErrorLog._meta.concrete_fields if (name := field.attname) != "user_id"
    }
    line["metadata"] = {name: value for name, value in row.metadata.items() if name != "address"}
    return line
