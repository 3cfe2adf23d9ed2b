"""Writing down mistakes of ours and refusals, so that the reference a person was shown leads somewhere.

What counts: every answer of 5xx, and of 4xx those that refuse somebody something (`REFUSALS`). Not 404, which is
every scanner's and every mistyped address; not 405; not a form that is filled in wrongly.

Writing never makes things worse: it comes after the request's own transaction, failing it leaves a line in the log,
and while the database is away the last few are kept in memory until it is back. One address that is refused again
and again gets a row each for the first few, then one row an hour that counts; all addresses together have a cap.
"""

from __future__ import annotations

import dataclasses
import hashlib
import ipaddress
import threading
import time
import uuid
from collections import deque
from typing import TYPE_CHECKING, Any

import structlog
from django.core.exceptions import SuspiciousOperation
from django.db import Error, IntegrityError, connection
from django.db.models import F
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from psycopg_pool import PoolTimeout, TooManyRequests

from medianest.lib import correlation, scrub, throttle
from medianest.lib.database_away import is_away
from operations.models import ErrorLog
from operations.row_security import at_the_door

if TYPE_CHECKING:
    from collections.abc import Callable

    from operations.models import Job

log = structlog.get_logger(__name__)

REFUSALS = {400: "bad_request", 401: "unauthorized", 403: "forbidden", 413: "too_large", 429: "too_often"}
OWN_ROWS = 10  # of one code from one address within OWN_SECONDS get a row each
OWN_SECONDS = 600
MOST_ROWS = 300  # of all addresses in an hour, for each sort: mistakes, refusals, work
FOLD_EVERY = 10  # seconds between two writes of a row that counts
_HOUR = 3600
_MOST_FOLDED = 1000
_MOST_WAITING = 50
_RETRY_EVERY = 1.0  # seconds between two tries to write what waits
_MESSAGE = 500
_STACK = 12_000
_FAULT = "_mn_fault"


@dataclasses.dataclass(frozen=True)
class Fault:
    """What a view or an error page knows of an answer's reason."""

    error: BaseException | None = None
    code: str = ""
    reason: str = ""


def note(request: HttpRequest, *, error: BaseException | None = None, code: str = "", reason: str = "") -> None:
    """Leave word of why the answer under way is an error or a refusal; the middleware writes it down."""
    setattr(request, _FAULT, Fault(error, code, reason))


def taken(request: HttpRequest) -> Fault:
    """What was left with `note`; an empty one when nothing was. Taken away, because an exception holds the request."""
    fault: Fault = request.__dict__.pop(_FAULT, None) or Fault()
    return fault


def unlogged(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Mark a view whose 503 is no error but its answer, as of a health check."""
    view.is_unlogged = True  # type: ignore[attr-defined]
    return view


# --- what is written ----------------------------------------------------------------------------------------------------------
def of_answer(request: HttpRequest, response: HttpResponseBase, fault: Fault) -> ErrorLog | None:
    """The row for this answer and its reason; None when it is neither error nor refusal."""
    status = response.status_code
    match = request.resolver_match
    is_one = fault.error is not None or status in REFUSALS or status >= 500
    if not is_one or getattr(match and match.func, "is_unlogged", False):
        return None
    person = _person(request)
    details = {
        "route": match.route if match else "",
        "address": request.META.get("REMOTE_ADDR", ""),
        "htmx": bool(request.headers.get("HX-Request")) or None,
        "reason": scrub.text(fault.reason),
    }
    return _row(
        fault.error,
        error_code=fault.code or _code(status, fault.error),
        correlation_id=correlation.current(),
        user_id=person.pk if person is not None else None,
        request_path=scrub.path(request.path)[:300],
        request_method=(request.method or "")[:10],
        status_code=status,
        metadata=details,
    )


def _person(request: HttpRequest) -> Any:
    """Who is signed in, if somebody asked for that already: writing about an error must ask nothing of the database."""
    person: Any = getattr(request, "user", None)
    if isinstance(person, SimpleLazyObject):
        person = getattr(request, "_cached_user", None)
    return person if person is not None and person.is_authenticated else None


def of_job(job: Job, *, code: str = "", reason: str = "", error: BaseException | None = None) -> ErrorLog:
    """The row for a job whose handler crashed with `error`, or that was given up for the reason of `code`."""
    return _row(
        error,
        error_code=f"job.{type(error).__name__ if error else code}",
        correlation_id=job.correlation_id,
        user_id=job.created_by_id,
        error_message=scrub.text(reason),
        metadata={"job": str(job.pk), "kind": job.kind, "attempt": job.attempt},
    )


def of_task(name: str, error: BaseException) -> ErrorLog:
    """The row for a task that crashed outside of any job."""
    return _row(
        error, error_code=f"task.{type(error).__name__}", correlation_id=correlation.current(), metadata={"kind": name}
    )


def _row(
    error: BaseException | None, *, metadata: dict[str, Any], error_code: str, error_message: str = "", **fields: Any
) -> ErrorLog:
    """A row not written yet. Refusals go without a stack: nothing broke, and there may be many."""
    stack = ""
    if error is not None:
        error_message = scrub.message(error)
        stack = "" if fields.get("status_code") in REFUSALS else scrub.stack(error, most=_STACK)
        exception = f"{type(error).__module__}.{type(error).__qualname__}"
        metadata = {**metadata, "exception": exception, "place": scrub.place(error)}
    kept = {name: value[:200] if isinstance(value, str) else value for name, value in metadata.items() if value}
    return ErrorLog(
        error_code=error_code[:80], error_message=error_message[:_MESSAGE], stack_trace=stack, metadata=kept, **fields
    )


def _code(status: int, error: BaseException | None) -> str:
    if status in REFUSALS:
        kind = f".{type(error).__name__}" if isinstance(error, SuspiciousOperation) else ""
        return REFUSALS[status] + kind
    if error is None:
        return f"status.{status}"
    if is_away(error):
        crowded = isinstance(error.__cause__, PoolTimeout | TooManyRequests)
        return "database.no_connection_free" if crowded else "database.away"
    return f"error.{type(error).__name__}"


# --- writing ------------------------------------------------------------------------------------------------------------------
_waiting: deque[ErrorLog] = deque(maxlen=_MOST_WAITING)
_writing_waiting = threading.Lock()
_folded: dict[uuid.UUID, int] = {}
_lock = threading.Lock()
_retry_at = 0.0


def record(row: ErrorLog, *, is_database_away: bool = False) -> None:
    """Write the row, or count it in another. Never raises for the database's sake."""
    found = _counted(row)
    if found is None:
        return
    log.warning(
        "written_down", code=row.error_code, status=row.status_code, path=row.request_path, **_if_not_bound(row)
    )
    if time.monotonic() < _retry_at:
        _waiting.append(found)
    elif is_database_away or not _write(found):
        _pause()
        _waiting.append(found)


def _if_not_bound(row: ErrorLog) -> dict[str, str]:
    return {} if correlation.current() else {"correlation_id": row.correlation_id}


def _pause() -> None:
    """Leave a database that did not take a row alone for a moment."""
    global _retry_at  # noqa: PLW0603  (one fact about this process)
    _retry_at = time.monotonic() + _RETRY_EVERY


def write_waiting() -> None:
    """Write what could not be written while the database was away; call it where a connection is at hand."""
    if not _waiting or time.monotonic() < _retry_at or not _writing_waiting.acquire(blocking=False):
        return
    try:
        while _waiting:
            row = _waiting.popleft()
            if not _write(row, is_late=True):
                _pause()
                _waiting.appendleft(row)
                return
    finally:
        _writing_waiting.release()


def _counted(row: ErrorLog) -> ErrorLog | None:
    """The row itself; a row that counts; or None when this one was only counted."""
    who = str(row.user_id or network_of(row.metadata.get("address", "")))
    sort = "work" if row.status_code is None else "mistakes" if row.status_code >= 500 else "refusals"
    if throttle.hit(f"errors:{row.error_code}:{who}", OWN_ROWS, OWN_SECONDS).allowed:
        if throttle.hit(f"errors:{sort}", MOST_ROWS, _HOUR).allowed:
            return row
        who = ""
    fold = _fold(row.error_code, who)
    with _lock:
        if fold in _folded or len(_folded) < _MOST_FOLDED:
            _folded[fold] = _folded.get(fold, 0) + 1
    if not throttle.hit(f"errors:fold:{fold}", 1, FOLD_EVERY).allowed:
        return None
    with _lock:
        times = _folded.pop(fold, 1)
    row.fold, row.occurrences = fold, times
    return row


def network_of(address: str) -> str:
    """Whom an address belongs to: itself, or for IPv6 its /64, of which one person has them all."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return ""
    return str(parsed) if parsed.version == 4 else str(ipaddress.ip_network((parsed, 64), strict=False))


def _fold(code: str, who: str) -> uuid.UUID:
    hour = int(time.time() // _HOUR)
    return uuid.UUID(bytes=hashlib.blake2b(repr((code, who, hour)).encode(), digest_size=16).digest())


def _write(row: ErrorLog, *, is_late: bool = False) -> bool:
    """Whether the row is settled: written, or refused for good. Opens a transaction of its own (or a savepoint)."""
    if connection.needs_rollback:  # somebody called from inside a transaction that is lost already
        return False
    try:
        with at_the_door():
            if not _added(row):
                ErrorLog.objects.bulk_create([row], ignore_conflicts=True)
            if is_late:
                connection.check_constraints()
    except IntegrityError:
        if not is_late or row.user_id is None:
            log.exception("error_not_written", code=row.error_code)
            return True
        row.user_id = None  # the account is gone meanwhile
        return _write(row)
    except Error as error:
        log.warning("error_not_written", code=row.error_code, error=type(error).__name__)
        return not is_away(error)  # what the database refuses it will refuse again
    return True


def _added(row: ErrorLog) -> bool:
    """Whether the row was counted in the one that bears its fold."""
    if row.fold is None:
        return False
    more = ErrorLog.objects.filter(fold=row.fold)
    return bool(more.update(occurrences=F("occurrences") + row.occurrences, last_seen_at=timezone.now()))
