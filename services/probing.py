"""Looking at every service and writing down how it was. Runs in workers only; pages read what stands there.

A single failure is not yet an outage: an online service is called offline after two in a row, and one that was never
seen online at once. A service is degraded when it answers but cannot be used, or was slow three times in a row.
"""

from __future__ import annotations

import dataclasses
import secrets
import time
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from decimal import Decimal

import structlog
from django.core.cache import cache
from django.utils import timezone
from django.utils.translation import gettext as _

from medianest.lib.breaker import Breaker
from services import connections, internals
from services.models import ServiceConfig, ServiceState, ServiceStatus
from services.providers import registry
from services.providers.base import Condition, Health

log = structlog.get_logger(__name__)

FAILURES_UNTIL_OFFLINE = 2
SLOW_UNTIL_DEGRADED = 3
LOOK_AGAIN_AFTER = timedelta(seconds=15)
_AT_ONCE = 4
_LOCK_SECONDS = 20  # longer than a look takes, the waiting for a free thread included
_WRITTEN = [
    "status",
    "response_time_ms",
    "last_check_at",
    "changed_at",
    "uptime_percentage",
    "checks_good",
    "checks_all",
    "failures",
    "slow_checks",
    "message",
]


@dataclasses.dataclass(frozen=True)
class Subject:
    """Something to look at. With `needs_caller` it is looked at in the thread that asks, not in one of the pool."""

    name: str
    slow_after_ms: int
    look: Callable[[], Health]
    needs_caller: bool = False


@dataclasses.dataclass(frozen=True)
class Seen:
    """What a look showed, and how long it took in milliseconds."""

    subject: Subject
    health: Health
    ms: int


def probe(names: Collection[str] | None = None) -> list[str]:
    """Look at the services with these names (all of them by default) and write down how they are.

    Gives the names of those to look at again soon: they failed, and it is not yet an outage. A service that
    is being looked at by another process is left out.
    """
    subjects, absent = _subjects()
    chosen = [subject for subject in subjects if names is None or subject.name in names]
    token = secrets.token_hex(8)
    mine = [subject for subject in chosen if _lock(subject.name, token)]
    try:
        with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="probe") as pool:
            outside = pool.map(_look, [subject for subject in mine if not subject.needs_caller])
            here = [_look(subject) for subject in mine if subject.needs_caller]
            seen = [*here, *outside]
        return _write(seen, {name: why for name, why in absent.items() if names is None or name in names})
    finally:
        _unlock([subject.name for subject in mine], token)


def _subjects() -> tuple[list[Subject], dict[str, str]]:
    """What can be looked at, and what cannot with the reason."""
    subjects = [Subject(one.kind, one.slow_after_ms, one.look, one.needs_caller) for one in internals.ALL]
    absent: dict[str, str] = {}
    configs = {config.service_name: config for config in ServiceConfig.objects.all()}
    for kind in registry.all():
        config = configs.get(kind.kind)
        if config is None or not config.service_url:
            absent[kind.kind] = _("Not connected yet.")
        elif not config.enabled:
            absent[kind.kind] = _("Switched off by an administrator.")
        elif provider := connections.build(config, with_breaker=False):
            subjects.append(Subject(kind.kind, kind.slow_after_ms, provider.health))
    return subjects, absent


def _lock_key(name: str) -> str:
    return f"probing:{name}"


def _lock(name: str, token: str) -> bool:
    """Whether nobody else looks at it now. None from the cache means that Redis is away: then we look all the same."""
    return cache.add(_lock_key(name), token, timeout=_LOCK_SECONDS) is not False


def _unlock(names: list[str], token: str) -> None:
    """Give back one's own locks only: one that ran out may be another process's by now."""
    held = cache.get_many([_lock_key(name) for name in names]) or {}
    cache.delete_many([key for key, value in held.items() if value == token])


def _look(subject: Subject) -> Seen:
    started = time.perf_counter()
    try:
        health = subject.look()
    except Exception:  # a mistake in one provider must not blind us to the others
        log.exception("probe_crashed", service=subject.name)
        health = Health(Condition.AWAY, _("Looking at it failed inside MediaNest; the log says how."))
    return Seen(subject, health, round((time.perf_counter() - started) * 1000))


def _write(seen: list[Seen], absent: dict[str, str]) -> list[str]:
    """One statement for all rows."""
    now = timezone.now()
    names = [*(one.subject.name for one in seen), *absent]
    rows = {row.service_name: row for row in ServiceStatus.objects.filter(service_name__in=names)}
    again, changed = [], []
    for name in names:
        rows.setdefault(name, ServiceStatus(service_name=name))
    for one in seen:
        row = rows[one.subject.name]
        before = row.status
        judge(row, one.health, one.ms, slow_after_ms=one.subject.slow_after_ms, now=now)
        _tell_breaker(one)
        if row.failures and row.status != ServiceState.OFFLINE:
            again.append(row.service_name)
        if before != row.status:
            log.info("service_changed", service=row.service_name, before=before, now=row.status)
        changed.append(row)
    for name, why in absent.items():
        forget(rows[name], why, now=now)
        changed.append(rows[name])
    ServiceStatus.objects.bulk_create(
        changed, update_conflicts=True, unique_fields=["service_name"], update_fields=_WRITTEN
    )
    return again


def _tell_breaker(seen: Seen) -> None:
    breaker = Breaker(seen.subject.name)
    if seen.health.state is Condition.AWAY:
        breaker.failed()
    else:
        breaker.succeeded()


def judge(row: ServiceStatus, health: Health, ms: int, *, slow_after_ms: int, now: datetime) -> None:
    """Change `row` to what one look of `ms` milliseconds at `now` makes of it."""
    answered = health.state is not Condition.AWAY
    row.failures = 0 if answered else row.failures + 1
    row.slow_checks = row.slow_checks + 1 if answered and ms > slow_after_ms else 0
    row.response_time_ms = ms if answered else None
    row.last_check_at = now
    row.checks_all += 1
    row.checks_good += int(answered)
    row.uptime_percentage = (Decimal(100) * row.checks_good / row.checks_all).quantize(Decimal("0.01"))
    row.message = (health.message or _slowness(row))[:300]
    status = _verdict(row, health)
    if status != row.status:
        row.status, row.changed_at = status, now


def _slowness(row: ServiceStatus) -> str:
    if row.slow_checks < SLOW_UNTIL_DEGRADED:
        return ""
    return _("Slow: its last %(n)d answers took too long.") % {"n": row.slow_checks}


def _verdict(row: ServiceStatus, health: Health) -> ServiceState:
    if health.state is Condition.AWAY:
        was_there = row.status in (ServiceState.ONLINE, ServiceState.DEGRADED)
        if was_there and row.failures < FAILURES_UNTIL_OFFLINE:
            return ServiceState(row.status)
        return ServiceState.OFFLINE
    if health.state is Condition.ILL or row.slow_checks >= SLOW_UNTIL_DEGRADED:
        return ServiceState.DEGRADED
    return ServiceState.ONLINE


def forget(row: ServiceStatus, why: str, *, now: datetime) -> None:
    """Change `row` to that of a service nobody looks at; what it did before stays counted."""
    if row.status != ServiceState.UNKNOWN:
        row.status, row.changed_at = ServiceState.UNKNOWN, now
    row.response_time_ms, row.failures, row.slow_checks, row.message = None, 0, 0, why[:300]
    row.last_check_at = now
