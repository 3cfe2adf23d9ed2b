"""Requests that people made in the service itself: taken over under the right person, each once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from uuid import UUID

import structlog
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from catalog import asking as titles
from catalog.keeping import keep
from catalog.models import MediaItem
from medianest.lib.broken_rules import told_plainly
from medianest.lib.http import ProviderError
from medianest.lib.locks import hold_until_commit
from requests_app import changes, outside
from requests_app.models import EventKind, MediaRequest, RequestedSeason, RequestStatus
from services.providers.fetching import Accounts, CanFetchTitles, Fetching, Stage

log = structlog.get_logger(__name__)

AT_ONCE = 20  # titles that have to be looked up first, in one go
_OPEN = (Stage.PENDING, Stage.APPROVED, Stage.PROCESSING, Stage.PARTLY)


def adopt(service: CanFetchTitles, told: Sequence[Fetching]) -> int:
    """Make requests of those that are open there and unknown here; how many. Raises the ProviderError family."""
    fresh = unknown([one for one in told if one.stage in _OPEN])
    if not fresh:
        return 0
    owners = people(outside.known(service), {one.account for one in fresh if one.account})
    known, looked_up, adopted = items(fresh), 0, 0
    for one in sorted(fresh, key=lambda each: each.number):
        item = known.get((one.media_type, one.tmdb_id))
        if item is None and looked_up < AT_ONCE:
            looked_up += 1
            item = _look_up(one)
        if item is not None:
            adopted += _take(one, item, owners.get(one.account or 0))
    return adopted


def unknown(told: Iterable[Fetching]) -> list[Fetching]:
    """Those that belong to no request here, deleted ones included."""
    listed = list(told)
    numbers = [one.number for one in listed]
    ours = set(MediaRequest.everything.filter(overseerr_id__in=numbers).values_list("overseerr_id", flat=True))
    return [one for one in listed if one.number not in ours]


def people(known: Accounts, wanted: Collection[int]) -> dict[int, UUID]:
    """Who has which of the wanted accounts; by Plex number, then by address."""
    found: dict[int, UUID] = {}
    if not wanted:
        return found
    for pk, plex_id, email in User.objects.exclude(status="deleted").values_list("pk", "plex_id", "email"):
        account = known.find(plex_id=plex_id, email=email)
        if account in wanted and account is not None:
            found.setdefault(account, pk)
    return found


def items(told: Iterable[Fetching]) -> dict[tuple[str, int], MediaItem]:
    """Their titles, as far as they are known here."""
    ids = {one.tmdb_id for one in told}
    return {(one.media_type, one.tmdb_id): one for one in MediaItem.objects.filter(tmdb_id__in=ids)}


def _look_up(one: Fetching) -> MediaItem | None:
    try:
        return keep(titles.describe(one.media_type, one.tmdb_id, language="en").answer)
    except ProviderError:
        return None  # in the next run, perhaps


@transaction.atomic
def _take(one: Fetching, item: MediaItem, owner: UUID | None) -> bool:
    hold_until_commit(f"requests.ask:{one.media_type}:{one.tmdb_id}")
    ours = MediaRequest.objects.open().for_title(one.tmdb_id, one.media_type).filter(is_4k=one.is_4k)
    same = ours.filter(overseerr_id__isnull=True)
    if one.media_type == "tv":
        same = same.filter(seasons__season_number__in=list(one.seasons)).distinct()
    mine = same.filter(user=owner).first() or same.first()
    if mine is not None:
        return _link(mine, one)
    if one.media_type == "movie" and ours.exists():
        return False  # asked for twice there; one is followed
    return _make(one, item, owner)


def _link(mine: MediaRequest, one: Fetching) -> bool:
    """Ours waits, and the same was asked for there: they are one from now on."""
    MediaRequest.objects.filter(pk=mine.pk).update(overseerr_id=one.number, updated_at=timezone.now())
    text = _("Asked for in Overseerr, too: number %(number)d there.") % {"number": one.number}
    changes.tell(mine, EventKind.HANDED_OVER, by=None, text=text)
    if mine.status == RequestStatus.PENDING and one.stage is not Stage.PENDING:
        changes.move(mine, RequestStatus.APPROVED, by=None, text=_("Approved in Overseerr."))
    return True


def _make(one: Fetching, item: MediaItem, owner: UUID | None) -> bool:
    taken = set(RequestedSeason.objects.taken(one.tmdb_id, is_4k=one.is_4k).values_list("season_number", flat=True))
    numbers = sorted(one.seasons.keys() - taken)
    if one.media_type == "tv" and not numbers:
        return False
    made = MediaRequest(**fields_of(one, item, owner))
    try:
        with told_plainly(), transaction.atomic():
            made.save()
            RequestedSeason.objects.bulk_create(RequestedSeason.of(made, numbers))
    except ValidationError:
        log.info("not_adopted", number=one.number)
        return False
    changes.tell(made, EventKind.REQUESTED, by=made.user, text=_("Asked for in Overseerr."))
    if one.stage is not Stage.PENDING:
        changes.move(made, RequestStatus.APPROVED, by=None, text=_("Approved in Overseerr."))
    return True


def fields_of(one: Fetching, item: MediaItem, owner: UUID | None) -> Mapping[str, object]:
    """What a request that was made there is here."""
    return {
        "user_id": owner,
        "created_by_id": owner,
        "media_item": item,
        "title": item.title,
        "media_type": one.media_type,
        "tmdb_id": one.tmdb_id,
        "is_4k": one.is_4k,
        "overseerr_id": one.number,
        "created_at": one.created_at or timezone.now(),
    }
