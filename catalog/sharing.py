"""Who may see which section, as Plex's owner shares them. Followed, never decided here."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from django.db import transaction

from accounts.models import User
from accounts.models.plex import PlexGuest, Relation, SharedSection
from accounts.plex import guests
from catalog.models import LibrarySection, LibraryShare

Place = tuple[uuid.UUID, uuid.UUID]
"""A section and a person."""


@transaction.atomic
def keep(server_id: str) -> None:
    """Make the shares of this server's sections equal to what is known of its guests.

    While nobody knows the guests of this server, what was known before stays.
    """
    known = guests.the_list()
    if known is None or known.listed_at is None or known.server_id != server_id:
        return
    wanted = _wanted(dict(LibrarySection.objects.filter(server_id=server_id).values_list("section_key", "pk")))
    kept = {(section, user): pk for pk, section, user in LibraryShare.objects.values_list("pk", "section", "user")}
    LibraryShare.objects.filter(pk__in=[pk for place, pk in kept.items() if place not in wanted]).delete()
    missing = wanted - kept.keys()
    rows = [LibraryShare(section_id=section, user_id=user) for section, user in missing]
    LibraryShare.objects.bulk_create(rows, ignore_conflicts=True)


def _wanted(sections: Mapping[str, uuid.UUID]) -> set[Place]:
    """Who may see what: the owner everything, everybody else what is shared with them."""
    signed_in = User.objects.present().filter(plex_id__isnull=False).values_list("plex_id", "pk")
    people = {plex_id: pk for plex_id, pk in signed_in if plex_id is not None}
    accepted = PlexGuest.objects.filter(is_pending=False, plex_id__in=people)
    owners = accepted.filter(relation=Relation.OWNER).values_list("plex_id", flat=True)
    shared = SharedSection.objects.filter(guest__in=accepted).values_list("guest__plex_id", "key")
    wanted = {(section, people[owner]) for owner in owners for section in sections.values()}
    return wanted | {(sections[key], people[guest]) for guest, key in shared if key in sections}
