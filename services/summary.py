"""How the services are, for pages: one query, kept for a few seconds, never a word with a service itself."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.core.cache import cache
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from services import internals
from services.models import ServiceState, ServiceStatus
from services.providers import registry

STALE_AFTER = timedelta(minutes=5)
_KEEP_SECONDS = 3
_KEY = "services:status"
_PILLS: dict[str, str] = {
    ServiceState.ONLINE: "ok",
    ServiceState.DEGRADED: "warn",
    ServiceState.OFFLINE: "bad",
    ServiceState.MAINTENANCE: "info",
    ServiceState.UNKNOWN: "",
}
_COLUMNS = ("service_name", "status", "response_time_ms", "last_check_at", "changed_at", "uptime_percentage", "message")


@dataclasses.dataclass(frozen=True)
class ServiceView:
    """A service as pages show it. `sentence` is for everyone and may be empty; `detail` is for administrators."""

    name: str
    label: str
    icon: str
    state: str
    word: str
    pill: str
    response_ms: int | None
    response: str
    age: str
    since: str
    uptime: str
    sentence: str
    detail: str

    @property
    def is_known(self) -> bool:
        """Whether somebody looks at it: False for what is not connected or switched off."""
        return self.state != ServiceState.UNKNOWN

    @property
    def is_well(self) -> bool:
        return self.state not in (ServiceState.OFFLINE, ServiceState.DEGRADED)


@dataclasses.dataclass(frozen=True)
class _About:
    label: str | Promise
    icon: str
    when_away: str | Promise


def _abouts() -> dict[str, _About]:
    """Every service this version knows, in the order of pages: what is needed first, then what is optional."""
    kinds = sorted(registry.all(), key=lambda kind: (kind.optional, kind.label))
    known = {kind.kind: _About(kind.label, kind.icon, kind.when_away) for kind in kinds}
    return known | {one.kind: _About(one.label, one.icon, one.when_away) for one in internals.ALL}


def strip() -> list[ServiceView]:
    """Every service in use, in the order of pages. At most one query; none for a few seconds after one."""
    return [view for view in everything() if view.is_known]


def trouble() -> list[ServiceView]:
    """Of `strip()`, those that are not well."""
    return [view for view in strip() if not view.is_well]


def everything() -> list[ServiceView]:
    """All services, also those that are not in use."""
    rows: list[dict[str, Any]] | None = cache.get(_KEY)
    if rows is None:
        rows = list(ServiceStatus.objects.values(*_COLUMNS))
        cache.set(_KEY, rows, timeout=_KEEP_SECONDS)
    found = {row["service_name"]: row for row in rows}
    now = timezone.now()
    return [_view(name, about, found.get(name), now) for name, about in _abouts().items()]


def forget() -> None:
    """Have the next page ask the database again."""
    cache.delete(_KEY)


def headline(views: Sequence[ServiceView]) -> str:
    """The status page's first line."""
    known = [view for view in views if view.is_known]
    ill = sum(not view.is_well for view in known)
    if not known:
        return _("Nothing has been looked at yet")
    if not ill:
        return _("All is well")
    if ill == 1:
        return _("One thing is not well")
    return ngettext("%(n)d thing is not well", "%(n)d things are not well", ill) % {"n": ill}


def consequence(views: Sequence[ServiceView]) -> str:
    """What it means for people, in a sentence or a few."""
    ill = [view.sentence for view in views if view.is_known and not view.is_well]
    return " ".join(ill) if ill else _("Everything that is connected answers as it should.")


def _view(name: str, about: _About, row: dict[str, Any] | None, now: datetime) -> ServiceView:
    state = row["status"] if row is not None else ServiceState.UNKNOWN
    checked = row["last_check_at"] if row is not None else None
    detail = row["message"] if row is not None else ""
    if checked is not None and state != ServiceState.UNKNOWN and now - checked > STALE_AFTER:
        return _silent(name, about, checked, now)
    changed, ms = (row["changed_at"], row["response_time_ms"]) if row is not None else (None, None)
    uptime = row["uptime_percentage"] if row is not None else None
    return ServiceView(
        name=name,
        label=str(about.label),
        icon=about.icon,
        state=state,
        word=str(ServiceState(state).label),
        pill=_PILLS[state],
        response_ms=ms,
        response=_milliseconds(ms),
        age=ago(checked, now),
        since=_since(changed, now) if state in (ServiceState.OFFLINE, ServiceState.DEGRADED) else "",
        uptime=_("%(percent)s %% of the last 24 hours") % {"percent": f"{uptime:.2f}"} if uptime is not None else "",
        sentence=_sentence(about, state),
        detail=detail,
    )


def _silent(name: str, about: _About, checked: datetime, now: datetime) -> ServiceView:
    """Nobody looked at it for a while, so what is known is no longer true of today."""
    word, sentence = _("no news"), _("Nobody has looked for a while. Are MediaNest's workers running?")
    return ServiceView(
        name, str(about.label), about.icon, ServiceState.DEGRADED, word, "warn", None, "", ago(checked, now), "", "",
        sentence, "",
    )  # fmt: skip


def _sentence(about: _About, state: str) -> str:
    if state == ServiceState.OFFLINE:
        return str(about.when_away)
    if state == ServiceState.DEGRADED:
        return _("%(service)s answers, but slowly or not in full.") % {"service": about.label}
    return ""


def _milliseconds(ms: int | None) -> str:
    if ms is None:
        return ""
    return _("%(n)d ms") % {"n": ms} if ms < 1000 else _("%(n).1f s") % {"n": ms / 1000}


def ago(moment: datetime | None, now: datetime) -> str:
    """How long ago in words, no finer than is useful: `20 s ago`, `6 minutes ago`, `2 hours ago`."""
    return _("%(time)s ago") % {"time": _span(now - moment)} if moment is not None else ""


def _since(moment: datetime | None, now: datetime) -> str:
    return _("for %(time)s") % {"time": _span(now - moment)} if moment is not None else ""


def _span(length: timedelta) -> str:
    seconds = max(0, round(length.total_seconds()))
    if seconds < 90:
        return _("%(n)d s") % {"n": seconds}
    if seconds < 90 * 60:
        return ngettext("%(n)d minute", "%(n)d minutes", seconds // 60) % {"n": seconds // 60}
    if seconds < 48 * 3600:
        return ngettext("%(n)d hour", "%(n)d hours", seconds // 3600) % {"n": seconds // 3600}
    return ngettext("%(n)d day", "%(n)d days", seconds // 86400) % {"n": seconds // 86400}
