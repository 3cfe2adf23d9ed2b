"""What can be chosen for the hand-over: servers with their profiles, folders and tags, as they were told last.

Pages read what was told; a worker asks again every few minutes, so that nobody waits for a service that is down.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.core.cache import cache
from django.utils import timezone
from django.utils.translation import gettext as _

from medianest.lib.http import ProviderError
from requests_app import outside, promises
from services.providers.fetching import FetchServer

if TYPE_CHECKING:
    from operations.lease import Run
    from requests_app.models import MediaRequest

FRESH = dt.timedelta(minutes=5)
OLD = dt.timedelta(minutes=30)  # nothing is offered any more that was told longer ago
_KEEP = 86_400
TYPES = ("movie", "tv")


@dataclasses.dataclass(frozen=True)
class Offers:
    """What was told at `at`; `silent` when the service did not answer since."""

    servers: tuple[FetchServer, ...]
    at: dt.datetime
    silent: bool = False

    @property
    def is_usable(self) -> bool:
        return bool(self.servers) and not self.silent and timezone.now() - self.at < OLD


def known(media_type: str) -> Offers | None:
    """What was told last; None where nobody was asked, as without a service."""
    found = cache.get(_key(media_type))
    return found if isinstance(found, Offers) else None


def for_request(request: MediaRequest) -> Offers | None:
    """The same, with the servers that fit: 4K has its own."""
    found = known(request.media_type)
    if found is None:
        return None
    return dataclasses.replace(found, servers=tuple(one for one in found.servers if one.is_4k == request.is_4k))


def promise_when_due() -> None:
    """Have it asked for again where it was told some time ago."""
    told = [known(media_type) for media_type in TYPES]
    if outside.fetcher() is not None and any(one is None or timezone.now() - one.at > FRESH for one in told):
        promises.read_offers()


def read(run: Run) -> None:
    """Ask what can be chosen. What was told before is kept, as silent, while the service is away."""
    service = outside.fetcher()
    for media_type in TYPES:
        run.breathe()
        if service is None:
            cache.delete(_key(media_type))
            continue
        try:
            told = Offers(service.offers(media_type), timezone.now())
        except ProviderError:
            before = known(media_type) or Offers((), timezone.now())
            told = dataclasses.replace(before, silent=True)
        cache.set(_key(media_type), told, timeout=_KEEP)


def _key(media_type: str) -> str:
    return f"requests.offers:1:{media_type}"


# --- in words ---------------------------------------------------------------------------------------------------------------
def in_words(chosen: Mapping[str, Any], offers: Offers | None) -> list[str]:
    """What was chosen, by name where the names are known: “Radarr”, “HD-1080p”, “/movies”, “kids”."""
    if not chosen:
        return []
    servers = offers.servers if offers is not None else ()
    server = next((one for one in servers if one.server_id == chosen.get("server_id")), None)
    profiles = dict(server.profiles) if server else {}
    languages = dict(server.language_profiles) if server else {}
    tags = dict(server.tags) if server else {}
    words = [server.name if server else _numbered(_("server"), chosen.get("server_id"))]
    words += [_named(profiles, chosen.get("profile_id"), _("profile"))]
    words += [_named(languages, chosen.get("language_profile_id"), _("language profile"))]
    words += [str(chosen.get("root_folder") or "")]
    words += [_named(tags, tag, _("tag")) for tag in chosen.get("tags", [])]
    return [word for word in words if word]


def _named(names: Mapping[int, str], number: int | None, kind: str) -> str:
    return "" if number is None else names.get(number) or _numbered(kind, number)


def _numbered(kind: str, number: int | None) -> str:
    return "" if number is None else f"{kind} {number}"
