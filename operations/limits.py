"""How often a person may do something, and how often an address may knock.

A person's limits are windows in Redis, mirrored slice by slice in `rate_limits`: after Redis was wiped the first use
reads them back. A slice's uses are then taken to have been at its end, so the limit is never exceeded. An address's
limit is coarse, a fixed window of django-ratelimit's.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import connection
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django_ratelimit.core import get_usage

from medianest.lib import throttle
from medianest.lib.errors import Cannot
from operations.error_log import network_of
from operations.models import RateLimit
from operations.row_security import acting_as

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

_COUNT = """
INSERT INTO rate_limits (user_id, endpoint, window_start, request_count) VALUES (%s, %s, %s, 1)
ON CONFLICT (user_id, endpoint, window_start) DO UPDATE SET request_count = rate_limits.request_count + 1
"""
# Nothing waits for the disk, and nothing is lost but counts of the last moment when the server's power fails.
_COUNT_QUICKLY = """
WITH quick AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true))
INSERT INTO rate_limits (user_id, endpoint, window_start, request_count)
SELECT %s::uuid, %s, %s::timestamptz, 1 FROM quick
ON CONFLICT (user_id, endpoint, window_start) DO UPDATE SET request_count = rate_limits.request_count + 1
"""
_MINUTE, _HOUR = 60, 3600


@dataclasses.dataclass(frozen=True)
class Limit:
    """So many times (by `setting`) in any `seconds`; the database counts in slices of `slice_seconds`."""

    name: str
    setting: str
    seconds: int
    slice_seconds: int
    told: _StrPromise

    @property
    def times(self) -> int:
        return int(getattr(settings, self.setting))


API = Limit("api", "LIMIT_API_PER_MINUTE", _MINUTE, 10, gettext_lazy("The limit is %(times)d calls a minute."))
PLAYLISTS = Limit(
    "playlists", "LIMIT_PLAYLISTS_PER_HOUR", _HOUR, 60, gettext_lazy("You can hand in %(times)d playlists an hour.")
)
REQUESTS = Limit(
    "requests", "LIMIT_REQUESTS_PER_HOUR", _HOUR, 60, gettext_lazy("You can make %(times)d requests an hour.")
)


class TooOften(Cannot):
    """Not again for `retry_after` seconds."""

    status = 429

    def __init__(self, why: str, retry_after: int) -> None:
        super().__init__(f"{why} {_wait(retry_after)}".strip())
        self.retry_after = retry_after


def _wait(seconds: int) -> str:
    if seconds <= _MINUTE:
        return ngettext("Try again in a second.", "Try again in %(n)d seconds.", seconds) % {"n": seconds}
    minutes = -(-seconds // 60)
    return ngettext("Try again in a minute.", "Try again in %(n)d minutes.", minutes) % {"n": minutes}


# --- people -------------------------------------------------------------------------------------------------------------
def count(user: Any, limit: Limit) -> None:
    """Count one use by this person. Raises TooOften, which counts nothing."""
    admit(user, limit)
    write_down(user, limit)


def admit(user: Any, limit: Limit) -> None:
    """Count one use in the window alone; `write_down` is to follow. Raises TooOften, which counts nothing."""
    key = f"limit:{limit.name}:{user.pk}"
    times = times_for(user, limit)
    verdict = throttle.hit(key, times, limit.seconds, earlier=lambda: _earlier(user, limit))
    if not verdict.allowed:
        raise TooOften(str(limit.told) % {"times": times}, verdict.retry_after)


def write_down(user: Any, limit: Limit, *, quickly: bool = False) -> None:
    """Count the use where a wiped Redis finds it again. `quickly` where the transaction writes nothing of worth besides.

    All uses of a slice are one row, locked until the transaction ends: to be done last.
    """
    with connection.cursor() as cursor:
        told = [user.pk, limit.name, _slice_of(timezone.now(), limit)]
        cursor.execute(_COUNT_QUICKLY if quickly else _COUNT, told)


def times_for(user: Any, limit: Limit) -> int:
    """How often this person may: by a limit of their own (`limit_…` on the person), else by the house's."""
    return getattr(user, f"limit_{limit.name}", None) or limit.times


def _slice_of(moment: dt.datetime, limit: Limit) -> dt.datetime:
    return moment - dt.timedelta(seconds=moment.timestamp() % limit.slice_seconds)


def _earlier(user: Any, limit: Limit) -> dict[str, float]:
    """The uses that the database knows of, as `throttle.Earlier`; also for a view that has no scope open."""
    now = timezone.now()
    reach = now - dt.timedelta(seconds=limit.seconds + limit.slice_seconds)
    found: dict[str, float] = {}
    with acting_as(user):
        rows = list(RateLimit.objects.of(user.pk, limit.name).since(reach))
    for row in rows:
        ago = max(0.0, (now - row.window_start).total_seconds() - limit.slice_seconds)
        found |= {f"{row.window_start.timestamp()}:{n}": ago for n in range(row.request_count)}
    return found


# --- addresses ----------------------------------------------------------------------------------------------------------
View = Callable[..., HttpResponseBase]


def by_address(times: int, seconds: int) -> Callable[[View], View]:
    """Decorate a page that is open to all: one address asks for it at most so often. Raises TooOften.

    While Redis is away each process counts for itself.
    """

    def decorate(view: View) -> View:
        group = f"{view.__module__}.{view.__qualname__}"

        @wraps(view)
        def limited(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            wait = _wait_of_address(request, group, times, seconds)
            if wait:
                raise TooOften(_("Too many pages were asked for from your network."), wait)
            return view(request, *args, **kwargs)

        return limited

    return decorate


def _wait_of_address(request: HttpRequest, group: str, times: int, seconds: int) -> int:
    """For how many seconds this address has to wait; 0 when it has not."""
    address = network_of(request.META.get("REMOTE_ADDR", ""))
    usage = get_usage(request, group=group, key=lambda *_: address, rate=(times, seconds), increment=True)
    if usage is None:  # Redis did not count (RATELIMIT_FAIL_OPEN)
        return throttle.hit(f"address:{group}:{address}", times, seconds).retry_after
    return max(1, usage["time_left"]) if usage["should_limit"] else 0
