"""What a look at a service makes of what was known about it.

The verdict falls with the second look: an online service is called offline after two failures in a row, an offline one
online after two answers, and both count from the first of the two. Until then the look is undecided. A service never
seen before is what its first look shows. It is degraded when it answers but cannot be used, was slow three times in a
row, or changed its state too often lately.
"""

from __future__ import annotations

import dataclasses
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from services.models import CheckState, ServiceState, ServiceStatus, StateChange
from services.providers.base import Condition, Health

LOOKS_UNTIL_SURE = 2
SLOW_UNTIL_DEGRADED = 3
CHANGES_UNTIL_UNSTEADY = 4
UNSTEADY_WITHIN = timedelta(minutes=30)
_THERE = (ServiceState.ONLINE, ServiceState.DEGRADED)


@dataclasses.dataclass(frozen=True)
class Verdict:
    """What one look counts as, and what follows.

    `settled_since` is the moment of the first undecided look before it, which now counts the same; None without any.
    `change` is the unsaved change of state that it brought.
    """

    counts_as: CheckState
    settled_since: datetime | None = None
    change: StateChange | None = None

    @property
    def is_undecided(self) -> bool:
        return self.counts_as == CheckState.CHECKING


def judge(
    row: ServiceStatus, health: Health, ms: int, *, slow_after_ms: int, now: datetime, changes: int = 0
) -> Verdict:
    """Change `row` to what one look of `ms` milliseconds at `now` makes of it.

    `changes` is how often the service changed within `UNSTEADY_WITHIN` before.
    """
    answered = health.state is not Condition.AWAY
    row.failures = 0 if answered else row.failures + 1
    row.successes = row.successes + 1 if answered else 0
    row.slow_checks = row.slow_checks + 1 if answered and ms > slow_after_ms else 0
    row.response_time_ms = ms if answered else None
    row.last_check_at = now
    status, reason = _status(row, health, changes)
    row.message = (health.message or reason)[:300]
    if answered == (status == ServiceState.OFFLINE):
        row.checking_since = row.checking_since or now
        return Verdict(CheckState.CHECKING)
    return _settle(row, status, now)


def forget(row: ServiceStatus, why: str, *, now: datetime) -> Verdict:
    """Change `row` to that of a service nobody looks at."""
    row.response_time_ms, row.failures, row.successes, row.slow_checks = None, 0, 0, 0
    row.message, row.last_check_at = why[:300], now
    return _settle(row, ServiceState.UNKNOWN, now)


def _settle(row: ServiceStatus, status: ServiceState, now: datetime) -> Verdict:
    """Write the verdict on `row`; what changed is dated from the first look that showed it."""
    since, row.checking_since = row.checking_since, None
    change = None
    if status != row.status:
        is_seen_late = ServiceState.OFFLINE in (status, row.status) and status != ServiceState.UNKNOWN
        moment = since if since is not None and is_seen_late else now
        change = StateChange(
            service_name=row.service_name,
            changed_at=moment,
            old_status=row.status,
            new_status=status,
            message=row.message,
        )
        row.status, row.changed_at = status, moment
    return Verdict(CheckState(status.value), since, change)


def _status(row: ServiceStatus, health: Health, changes: int) -> tuple[ServiceState, str]:
    """The state after this look, and why if it is the look's own doing."""
    if health.state is Condition.AWAY:
        is_sure = row.status not in _THERE or row.failures >= LOOKS_UNTIL_SURE
        return (ServiceState.OFFLINE if is_sure else ServiceState(row.status)), ""
    if row.status == ServiceState.OFFLINE and row.successes < LOOKS_UNTIL_SURE:
        return ServiceState.OFFLINE, _("It answers again; one more look and it counts as back.")
    if row.slow_checks >= SLOW_UNTIL_DEGRADED:
        return ServiceState.DEGRADED, _("Slow: its last %(n)d answers took too long.") % {"n": row.slow_checks}
    if health.state is Condition.ILL:
        return ServiceState.DEGRADED, ""
    if row.status != ServiceState.ONLINE and changes + 1 >= CHANGES_UNTIL_UNSTEADY:
        return ServiceState.DEGRADED, _("It comes and goes: it changed %(n)d times within half an hour.") % {
            "n": changes
        }
    return ServiceState.ONLINE, ""
