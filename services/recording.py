"""Writing down what a round of looks showed: the state, the looks, what changed, and the incidents."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

import structlog
from django.db import transaction
from django.db.models import Case, Count, Q, Value, When
from django.utils import timezone

from services import verdicts
from services.models import Incident, ServiceCheck, ServiceState, ServiceStatus, Severity, StateChange
from services.providers.base import Health
from services.verdicts import Verdict

log = structlog.get_logger(__name__)

_WRITTEN = [
    "status",
    "response_time_ms",
    "last_check_at",
    "changed_at",
    "checking_since",
    "failures",
    "successes",
    "slow_checks",
    "message",
]
_ILL = {ServiceState.DEGRADED: Severity.DEGRADED, ServiceState.OFFLINE: Severity.OFFLINE}


@dataclasses.dataclass(frozen=True)
class Subject:
    """Something to look at. With `needs_caller` it is looked at in the thread that asks, not in one of the pool."""

    name: str
    slow_after_ms: int
    look: Callable[[], Health]
    needs_caller: bool = False


@dataclasses.dataclass(frozen=True)
class Seen:
    """What a look that began at `at` showed, and how long it took in milliseconds."""

    subject: Subject
    health: Health
    ms: int
    at: datetime


@transaction.atomic
def record(seen: list[Seen], absent: Mapping[str, str]) -> list[str]:
    """Write down all looks of a round, and the services nobody looks at with the reason. Gives the undecided ones.

    A look that another process overtook (it began before the one that is written already) is left out.
    """
    rows = _locked([*(one.subject.name for one in seen), *absent])
    now = timezone.now()
    seen = [one for one in seen if not _is_overtaken(one, rows[one.subject.name], now)]
    changes = _changes_lately(rows.values(), now)
    judged: list[tuple[ServiceStatus, Verdict]] = []
    looks: list[ServiceCheck] = []
    for one in seen:
        row = rows[one.subject.name]
        verdict = verdicts.judge(
            row,
            one.health,
            one.ms,
            slow_after_ms=one.subject.slow_after_ms,
            now=now,
            changes=changes.get(row.service_name, 0),
        )
        judged.append((row, verdict))
        looks.append(_look(row, verdict, now))
    judged += [(rows[name], verdicts.forget(rows[name], why, now=now)) for name, why in absent.items()]
    ServiceCheck.objects.bulk_create(looks)
    ServiceStatus.objects.bulk_create(
        [row for row, _verdict in judged],
        update_conflicts=True,
        unique_fields=["service_name"],
        update_fields=_WRITTEN,
    )
    _write_verdicts(verdict for _row, verdict in judged if verdict.settled_since or verdict.change)
    _settle_looks(judged)
    return [row.service_name for row, verdict in judged if verdict.is_undecided]


def _locked(names: list[str]) -> dict[str, ServiceStatus]:
    """The rows of these services, new ones for those that have none, in the order of their names."""
    found = ServiceStatus.objects.select_for_update().filter(service_name__in=names).order_by("service_name")
    rows = {row.service_name: row for row in found}
    return {name: rows.get(name) or ServiceStatus(service_name=name) for name in names}


def _is_overtaken(seen: Seen, row: ServiceStatus, now: datetime) -> bool:
    """A look dated in the future was written while the clock was ahead, and overtakes nothing."""
    return row.last_check_at is not None and seen.at < row.last_check_at <= now


def _changes_lately(rows: Iterable[ServiceStatus], now: datetime) -> dict[str, int]:
    """How often each of those that are not well changed its state lately; asks for nothing while all are well."""
    names = [row.service_name for row in rows if row.status in _ILL]
    if not names:
        return {}
    lately = StateChange.objects.since(now - verdicts.UNSTEADY_WITHIN).filter(service_name__in=names)
    known = lately.exclude(Q(old_status=ServiceState.UNKNOWN) | Q(new_status=ServiceState.UNKNOWN)).order_by()
    return dict(known.values_list("service_name").annotate(n=Count("id")))


def _look(row: ServiceStatus, verdict: Verdict, now: datetime) -> ServiceCheck:
    return ServiceCheck(
        service_name=row.service_name,
        checked_at=now,
        status=verdict.counts_as,
        response_time_ms=row.response_time_ms,
        message=row.message,
    )


def _settle_looks(judged: list[tuple[ServiceStatus, Verdict]]) -> None:
    """The looks that waited for the verdict count as what it says."""
    for row, verdict in judged:
        if verdict.settled_since is not None:
            waiting = ServiceCheck.objects.of(row.service_name).since(verdict.settled_since).undecided()
            waiting.update(status=verdict.counts_as)


def _write_verdicts(settled: Iterable[Verdict]) -> None:
    changes = [verdict.change for verdict in settled if verdict.change is not None]
    for change in changes:
        log.info("service_changed", service=change.service_name, before=change.old_status, now=change.new_status)
        _write_incident(change)
    if changes:
        StateChange.objects.bulk_create(changes)


def _write_incident(change: StateChange) -> None:
    """Open an incident when a service is no longer well, make it worse, or end it."""
    open_one = Incident.objects.of(change.service_name).open().found_by_probes()
    severity = _ILL.get(ServiceState(change.new_status))
    if severity is None:
        over = Case(When(started_at__gt=change.changed_at, then="started_at"), default=Value(change.changed_at))
        open_one.update(ended_at=over, updated_at=timezone.now())
        return
    is_new = not open_one.exists()
    if is_new:
        Incident.objects.create(
            service_name=change.service_name,
            severity=severity,
            started_at=change.changed_at,
            is_automatic=True,
            cause=change.message,
        )
    elif severity == Severity.OFFLINE:
        open_one.exclude(severity=severity).update(severity=severity, cause=change.message, updated_at=timezone.now())
