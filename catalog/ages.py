"""Who is old enough for which titles."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext as _

from catalog import learning, ratings
from catalog.models import AgeLimit, MediaItem
from medianest.lib.errors import Cannot
from services.providers.describing import Listing

if TYPE_CHECKING:
    from accounts.models import User
    from catalog.marks import Shown

_LEARN_AT_ONCE = 20


class TooYoung(Cannot):
    """A title that is not open to this person."""

    status = 403


@dataclasses.dataclass(frozen=True)
class Limit:
    """What holds for one person; `years` None is without limit."""

    years: int | None = None
    sees_unrated: bool = True

    def permits(self, age: int | None) -> bool:
        """Whether a title rated from `age` on (None: not rated) is open."""
        if self.years is None:
            return True
        return self.sees_unrated if age is None else age <= self.years

    def tightened(self, years: int | None) -> Limit:
        """The same, and nothing that is rated for people older than `years`, or not at all."""
        if years is None:
            return self
        return Limit(years if self.years is None else min(years, self.years), sees_unrated=False)


def limit_of(user: User) -> Limit:
    """What holds for a person. To be asked in their scope."""
    row = AgeLimit.objects.filter(user=user).first()
    return Limit() if row is None else Limit(row.years, row.sees_unrated)


def permits(limit: Limit, shown: Shown) -> bool:
    """Whether a title's page is open under a limit: by what is told now, else by what was told before."""
    told = ratings.minimum_age(shown.told.certifications, settings.REGION)
    return limit.permits(shown.item.minimum_age if told is None and shown.item else told)


def check(limit: Limit, item: MediaItem) -> None:
    """Raises TooYoung when a title is not open under a limit."""
    if not limit.permits(item.minimum_age):
        raise TooYoung(_("This title is not open to you. Ask whoever runs this server."))


def open_ones(limit: Limit, listings: Iterable[Listing]) -> tuple[Listing, ...]:
    """Those that are open under a limit. Titles whose rating is not known yet are asked for, some at once.

    Waits for the outside: not to be called in a transaction.
    """
    found = tuple(listings)
    if limit.years is None:
        return found
    keys = {(one.media_type, one.tmdb_id) for one in found}
    known = _known(keys)
    learning.learn([one for one in found if (one.media_type, one.tmdb_id) not in known][:_LEARN_AT_ONCE])
    known = _known(keys)
    # Of what could not be asked about it is not known whether it is unrated.
    return tuple(one for one in found if (key := (one.media_type, one.tmdb_id)) in known and limit.permits(known[key]))


def _known(keys: Collection[tuple[str, int]]) -> dict[tuple[str, int], int | None]:
    wanted = Q(pk=None)
    for kind in ("movie", "tv"):
        wanted |= Q(media_type=kind, tmdb_id__in=[number for type_, number in keys if type_ == kind])
    rows = MediaItem.objects.filter(wanted, Q(fetched_at__isnull=False) | Q(minimum_age__isnull=False))
    return {(kind, number): age for kind, number, age in rows.values_list("media_type", "tmdb_id", "minimum_age")}
