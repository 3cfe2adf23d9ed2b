"""The server's list of guests: read with its owner's token, kept here, and asked when somebody stands at the door.

What is decided is decided from the owner's list and by account numbers. What a visitor's own account says of servers
is not asked: a device may report any machine identifier.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterable

import structlog
from django.core.cache import cache
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.models.plex import THE_LIST, GuestList, PlexGuest, SharedSection, Trouble
from accounts.rights import Right, may
from medianest.lib.http import BadCredentials, ProviderError, Unreachable
from medianest.lib.locks import hold_until_commit
from services import connections
from services.models import ServiceConfig
from services.providers import registry
from services.providers.base import Guest, KnowsItsGuests, Provider, Relation, SectionShare

log = structlog.get_logger(__name__)

GRACE = dt.timedelta(days=7)
"""How long whoever was on the list may still enter while it cannot be read."""
_LOCK = "accounts.plex_guests"
_DEAD = "plex:reconnect"
_TOLD = ["username", "name", "relation", "is_pending"]


class NotConnected(Exception):
    """No media server that knows its guests is in use."""


@dataclasses.dataclass(frozen=True)
class Reading:
    """The list as just read, from the server at `address`."""

    server_id: str
    address: str
    guests: tuple[Guest, ...]

    def find(self, plex_id: int) -> Guest | None:
        return next((guest for guest in self.guests if guest.account_id == plex_id), None)


# --- reading ----------------------------------------------------------------------------------------------------------
def server() -> KnowsItsGuests:
    """The media server whose guests may enter. Raises NotConnected."""
    found = connections.first(KnowsItsGuests)  # type: ignore[type-abstract]
    if found is None:
        raise NotConnected
    return found


def is_connected() -> bool:
    """Whether people can sign in with it; one query and no word with anybody."""
    kinds = [kind.kind for kind in registry.all() if issubclass(kind, KnowsItsGuests)]
    return ServiceConfig.objects.usable().filter(service_name__in=kinds).exists()


def read() -> Reading:
    """Ask for the list. Raises NotConnected or the ProviderError family, and notes a trouble."""
    media = server()
    address = media.connection.url if isinstance(media, Provider) else ""
    try:
        server_id = _server_id(media, address)
        return Reading(server_id, address, media.guests(server_id))
    except ProviderError as error:
        note_trouble(Trouble.RECONNECT if isinstance(error, BadCredentials) else Trouble.AWAY)
        raise


def _server_id(media: KnowsItsGuests, address: str) -> str:
    """Asked each time; while the server is switched off, what the one at this address said before."""
    try:
        return media.server_id()
    except Unreachable:
        known = GuestList.objects.filter(address=address).exclude(server_id="").first()
        if known is None:
            raise
        return known.server_id


def note_trouble(trouble: Trouble) -> None:
    """Keep why the list could not be read; what was known before stays."""
    values = {"tried_at": timezone.now(), "trouble": trouble}
    GuestList.objects.update_or_create(pk=THE_LIST, defaults=values)
    _forget_trouble()


def _forget_trouble() -> None:
    transaction.on_commit(lambda: cache.delete(_DEAD), robust=True)


# --- keeping ----------------------------------------------------------------------------------------------------------
@transaction.atomic
def keep(reading: Reading) -> None:
    """Make what is kept equal to what was read; a share that is gone takes its row and its sections along."""
    hold_until_commit(_LOCK)
    now = timezone.now()
    values = {
        "server_id": reading.server_id,
        "address": reading.address,
        "listed_at": now,
        "tried_at": now,
        "trouble": Trouble.NONE,
    }
    GuestList.objects.update_or_create(pk=THE_LIST, defaults=values)
    _forget_trouble()
    PlexGuest.objects.exclude(plex_id__in=[guest.account_id for guest in reading.guests]).delete()
    known = {row[0]: row for row in PlexGuest.objects.values_list("plex_id", *_TOLD)}
    rows = {guest.account_id: _row(guest) for guest in reading.guests}
    changed = [row for row in rows.values() if known.get(row.plex_id) != _as_kept(row)]
    if changed:
        PlexGuest.objects.bulk_create(changed, update_conflicts=True, unique_fields=["plex_id"], update_fields=_TOLD)


def _row(guest: Guest) -> PlexGuest:
    return PlexGuest(
        plex_id=guest.account_id,
        username=guest.username,
        name=guest.name,
        relation=guest.relation.value,
        is_pending=guest.is_pending,
    )


def _as_kept(row: PlexGuest) -> tuple[object, ...]:
    return (row.plex_id, *(getattr(row, name) for name in _TOLD))


@transaction.atomic
def keep_sections(shares: Iterable[SectionShare]) -> None:
    """Make the shared sections of those on the list equal to what was read."""
    hold_until_commit(_LOCK)
    guests = dict(PlexGuest.objects.values_list("plex_id", "pk"))
    wanted = {
        (guests[share.account_id], share.key): share
        for share in shares
        if share.is_shared and share.account_id in guests
    }
    kept = {(row.guest_id, row.key): row for row in SharedSection.objects.all()}
    SharedSection.objects.filter(pk__in=[row.pk for place, row in kept.items() if place not in wanted]).delete()
    rows = [
        SharedSection(guest_id=guest, key=key, title=share.title, type=share.type)
        for (guest, key), share in wanted.items()
        if (guest, key) not in kept or (kept[guest, key].title, kept[guest, key].type) != (share.title, share.type)
    ]
    SharedSection.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["guest", "key"], update_fields=["title", "type"]
    )


# --- asking what is kept ----------------------------------------------------------------------------------------------
def the_list() -> GuestList | None:
    return GuestList.objects.filter(pk=THE_LIST).first()


def was_a_guest(plex_id: int) -> bool:
    """Whether they stood on the list, with an accepted invitation, when it was last read, within the time of grace."""
    recent = GuestList.objects.filter(listed_at__gt=timezone.now() - GRACE).exists()
    return recent and PlexGuest.objects.filter(plex_id=plex_id, is_pending=False).exists()


def sections_for(user: User) -> frozenset[str] | None:
    """Plex's numbers of the libraries that are open to somebody; None for all of them.

    The server's owner and administrators see all; who is not on the list sees none.
    """
    if may(user, Right.SEE_WHOLE_LIBRARY):
        return None
    guest = PlexGuest.objects.filter(plex_id=user.plex_id).first() if user.plex_id is not None else None
    if guest is None:
        return frozenset()
    if guest.relation == Relation.OWNER.value:
        return None
    return frozenset(guest.sections.values_list("key", flat=True))


def needs_reconnecting() -> bool:
    """Whether the server's own token is known to be dead. Kept for a minute: every administrator's page asks."""
    known: bool | None = cache.get(_DEAD)
    if known is None:
        known = GuestList.objects.filter(trouble=Trouble.RECONNECT).exists()
        cache.set(_DEAD, known, timeout=60)
    return known
