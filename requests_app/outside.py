"""The service that has titles fetched, and who has which account there.

Its list of people is read once in a while, not for each request.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.cache import cache

from services import connections
from services.providers.fetching import Accounts, CanFetchTitles

if TYPE_CHECKING:
    from accounts.models import User

_KEY = "requests.accounts_there"
_KEEP = 600  # seconds


def fetcher() -> CanFetchTitles | None:
    """The service in use that has titles fetched; None without one."""
    return connections.first(CanFetchTitles)  # type: ignore[type-abstract]


def known(service: CanFetchTitles) -> Accounts:
    """Everybody there. Raises the ProviderError family."""
    found = cache.get(_KEY)
    if not isinstance(found, Accounts):
        found = service.accounts()
        cache.set(_KEY, found, timeout=_KEEP)
    return found


def of(service: CanFetchTitles, user: User | None) -> int | None:
    """The number of somebody's account there; None without one."""
    if user is None:
        return None
    return known(service).find(plex_id=user.plex_id, email=user.email)


def forget() -> None:
    """Read the list anew the next time."""
    cache.delete(_KEY)
