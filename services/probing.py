"""Looking at every service and writing down how it was. Runs in workers only; pages read what stands there."""

from __future__ import annotations

import secrets
import time
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import timedelta

import structlog
from django.core.cache import cache
from django.utils import timezone
from django.utils.translation import gettext as _

from medianest.lib.breaker import Breaker
from services import connections, internals
from services.models import ServiceConfig
from services.providers import registry
from services.providers.base import Condition, Health
from services.recording import Seen, Subject, record

log = structlog.get_logger(__name__)

LOOK_AGAIN_AFTER = timedelta(seconds=15)
_AT_ONCE = 4
ROUND_SECONDS = 20.0  # more than all looks together should take, the waiting for a free thread included
_LOCK_SECONDS = round(ROUND_SECONDS) + 5


def probe(names: Collection[str] | None = None) -> list[str]:
    """Look at the services with these names (all of them by default) and write down how they are.

    Gives the names of those to look at again soon, because the verdict on them has not fallen yet. A service that
    is being looked at by another process is left out. Takes no longer than `ROUND_SECONDS` whatever the services do.
    """
    subjects, absent = _subjects()
    chosen = [subject for subject in subjects if names is None or subject.name in names]
    token = secrets.token_hex(8)
    mine = [subject for subject in chosen if _lock(subject.name, token)]
    try:
        seen = _look_at_all(mine)
        for one in seen:
            _tell_breaker(one)
        return record(seen, {name: why for name, why in absent.items() if names is None or name in names})
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


def _look_at_all(subjects: list[Subject]) -> list[Seen]:
    """Look at all of them, a few at a time; one that does not come to an end counts as away."""
    started = timezone.now()
    pool = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="probe")
    try:
        futures = {pool.submit(_look, subject): subject for subject in subjects if not subject.needs_caller}
        here = [_look(subject) for subject in subjects if subject.needs_caller]
        done, stuck = wait(futures, timeout=ROUND_SECONDS)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
    for future in stuck:
        log.error("probe_stuck", service=futures[future].name, seconds=ROUND_SECONDS)
    away = Health(Condition.AWAY, _("Looking at it did not come to an end."))
    late = [Seen(futures[future], away, int(ROUND_SECONDS * 1000), started) for future in stuck]
    return [*here, *(future.result() for future in done), *late]


def _look(subject: Subject) -> Seen:
    started, at = time.perf_counter(), timezone.now()
    try:
        health = subject.look()
    except Exception:  # a mistake in one provider must not blind us to the others
        log.exception("probe_crashed", service=subject.name)
        health = Health(Condition.AWAY, _("Looking at it failed inside MediaNest; the log says how."))
    return Seen(subject, health, round((time.perf_counter() - started) * 1000), at)


def _tell_breaker(seen: Seen) -> None:
    breaker = Breaker(seen.subject.name)
    if seen.health.state is Condition.AWAY:
        breaker.failed()
    else:
        breaker.succeeded()
