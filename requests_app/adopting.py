"""Requests that people made in the service itself: taken over under the right person while they are open."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from uuid import UUID

import structlog

from accounts.models import User
from catalog import asking as titles
from catalog.keeping import keep
from catalog.models import MediaItem
from medianest.lib.http import ProviderError
from requests_app import outside
from requests_app.models import MediaRequest
from requests_app.taking_over import OPEN_STAGES, Came, Name, Title, names, take_over
from services.providers.fetching import Accounts, CanFetchTitles, Fetching

log = structlog.get_logger(__name__)

AT_ONCE = 20  # titles that have to be looked up first, in one go


def adopt(service: CanFetchTitles, told: Sequence[Fetching]) -> int:
    """Make requests of those that are open there and unknown here; how many. Raises the ProviderError family."""
    fresh = unknown([one for one in told if one.stage in OPEN_STAGES])
    if not fresh:
        return 0
    owners = people(outside.known(service), {one.account for one in fresh if one.account})
    called = _called(fresh)
    outcomes = take_over([one for one in fresh if _title(one) in called], owners=owners, called=called)
    for refused in (one for one in outcomes if one.came is Came.REFUSED):
        log.info("not_adopted", number=refused.told.number, reason=refused.text)
    return sum(one.came in (Came.MADE, Came.LINKED) for one in outcomes)


def unknown(told: Iterable[Fetching]) -> list[Fetching]:
    """Those that belong to no request here, deleted ones included."""
    listed = list(told)
    numbers = [one.number for one in listed]
    ours = set(MediaRequest.everything.filter(overseerr_id__in=numbers).values_list("overseerr_id", flat=True))
    return [one for one in listed if one.number not in ours]


def people(known: Accounts, wanted: Collection[int]) -> dict[int, UUID]:
    """Who has which of the wanted accounts: by Plex number, and by address whom no Plex number names."""
    found: dict[int, UUID] = {}
    if not wanted:
        return found
    everybody = list(User.objects.exclude(status="deleted").order_by("pk").values_list("pk", "plex_id", "email"))
    by_plex_id = [(pk, known.by_plex_id.get(plex_id)) for pk, plex_id, _email in everybody if plex_id is not None]
    by_any = [(pk, known.find(plex_id=plex_id, email=email)) for pk, plex_id, email in everybody]
    for pk, account in [*by_plex_id, *by_any]:
        if account in wanted and account is not None:
            found.setdefault(account, pk)
    return found


def _title(one: Fetching) -> Title:
    return one.media_type, one.tmdb_id


def _called(fresh: Sequence[Fetching]) -> dict[Title, Name]:
    """Their titles; some that the catalogue does not have are looked up, the others in a later run."""
    wanted = sorted({_title(one) for one in fresh})
    found = {title: name for title, name in names(wanted).items() if name.item is not None}
    for title in [title for title in wanted if title not in found][:AT_ONCE]:
        item = look_up(title)
        if item is not None:
            found[title] = Name(item.title, item)
    return found


def look_up(title: Title) -> MediaItem | None:
    """The title as it is described now; None if nobody can tell at the moment."""
    try:
        return keep(titles.describe(*title, language="en").answer)
    except ProviderError:
        return None
