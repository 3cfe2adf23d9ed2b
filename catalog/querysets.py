"""Which titles, sections and items."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING

from django.contrib.postgres.search import SearchQuery, SearchRank
from django.db import models
from django.db.models import F, Q

from accounts.rights import Right, may

if TYPE_CHECKING:
    from accounts.models import User
    from catalog.ages import Limit
    from catalog.models import (  # noqa: F401  (named in quotes below)
        LibraryItem,
        LibrarySection,
        MediaItem,
        StreamingProvider,
    )

KEEP_FOR = dt.timedelta(days=170)
"""TMDB allows six months; what is older is fetched anew before that."""
NO_LONGER_THAN = dt.timedelta(days=180)
"""What could not be fetched anew for so long is let go of."""
SERIES_ARE_FRESH_FOR = dt.timedelta(days=7)
"""A series that the library holds may get episodes any week, and how many it has decides what is still missing."""
ITEM_TYPES = {"movie": "movie", "tv": "show"}
_WORD = re.compile(r"\w+")


def words_query(text: str) -> SearchQuery | None:
    """A full-text query for rows that hold each word of `text`, the last words perhaps unfinished; None without any."""
    words = _WORD.findall(text)[:12]
    if not words:
        return None
    return SearchQuery(" & ".join(f"'{word}':*" for word in words), search_type="raw", config="simple")


class MediaItemQuerySet(models.QuerySet["MediaItem"]):
    def titled(self, tmdb_id: int, media_type: str) -> MediaItemQuerySet:
        """The one title with this id among films or among series."""
        return self.filter(tmdb_id=tmdb_id, media_type=media_type)

    def matching(self, text: str) -> MediaItemQuerySet:
        """Those that hold every word of `text`, or a word that begins so, best first; none for no words."""
        query = words_query(text)
        if query is None:
            return self.none()
        return self.filter(search=query).annotate(rank=SearchRank(F("search"), query)).order_by("-rank", "title", "pk")

    def still_there(self) -> MediaItemQuerySet:
        """Not dropped by TMDB."""
        return self.filter(gone_at__isnull=True)

    def due_for_a_fresh_look(self, now: dt.datetime) -> MediaItemQuerySet:
        """Never described, or so long ago that it may not be kept; the longest waiting first."""
        due = self.still_there().filter(Q(fetched_at__isnull=True) | Q(fetched_at__lt=now - KEEP_FOR))
        return due.order_by(F("fetched_at").asc(nulls_first=True))

    def growing(self, now: dt.datetime) -> MediaItemQuerySet:
        """Series of the library that may have got episodes since they were described."""
        held = self.still_there().filter(media_type="tv", fetched_at__lt=now - SERIES_ARE_FRESH_FOR)
        return held.filter(library_items__isnull=False).distinct().order_by("fetched_at")

    def kept_too_long(self, now: dt.datetime) -> MediaItemQuerySet:
        """Described longer ago than TMDB allows to keep it, gone or not."""
        return self.filter(fetched_at__lt=now - NO_LONGER_THAN).order_by("fetched_at")


class MediaItemManager(models.Manager["MediaItem"]):
    """Leaves the search vector where it is: nothing reads it but the index."""

    def get_queryset(self) -> models.QuerySet[MediaItem]:
        return super().get_queryset().defer("search")


class StreamingQuerySet(models.QuerySet["StreamingProvider"]):
    def in_region(self, region: str) -> StreamingQuerySet:
        """Those that offer the title in this country (two letters)."""
        return self.filter(regions__contains=[region.upper()])


class LibrarySectionQuerySet(models.QuerySet["LibrarySection"]):
    def visible_to(self, user: User) -> LibrarySectionQuerySet:
        """Those shared with this person; administrators see all."""
        shown = self.filter(is_shown=True)
        return shown if may(user, Right.SEE_WHOLE_LIBRARY) else shown.filter(shares__user=user)


class LibraryItemManager(models.Manager["LibraryItem"]):
    """Leaves the search vector where it is: nothing reads it but the index."""

    def get_queryset(self) -> models.QuerySet[LibraryItem]:
        return super().get_queryset().defer("search")


class LibraryItemQuerySet(models.QuerySet["LibraryItem"]):
    def visible_to(self, user: User) -> LibraryItemQuerySet:
        """What stands in sections shared with this person; administrators see all that is shown."""
        shown = self.filter(section__is_shown=True)
        return shown if may(user, Right.SEE_WHOLE_LIBRARY) else shown.filter(section__shares__user=user)

    def open_to(self, limit: Limit, title: str = "") -> LibraryItemQuerySet:
        """Those that are open under an age limit; `title` leads from an item to the film or series that is rated.

        TMDB's rating counts; without one, Plex's.
        """
        if limit.years is None:
            return self
        tmdbs, plexes = f"{title}media_item__minimum_age", f"{title}minimum_age"
        young = Q(**{f"{tmdbs}__lte": limit.years})
        young |= Q(**{f"{tmdbs}__isnull": True, f"{plexes}__lte": limit.years})
        if limit.sees_unrated:
            young |= Q(**{f"{tmdbs}__isnull": True, f"{plexes}__isnull": True})
        return self.filter(young)

    def of_title(self, tmdb_id: int, media_type: str) -> LibraryItemQuerySet:
        """The film or series with this TMDB id, in whatever sections."""
        return self.filter(tmdb_id=tmdb_id, type=ITEM_TYPES[media_type])

    def unknown_titles(self) -> LibraryItemQuerySet:
        """Films and series with an id of TMDB's that the catalogue has no row for; what came last first."""
        loose = self.filter(type__in=ITEM_TYPES.values(), tmdb_id__isnull=False, media_item__isnull=True)
        return loose.order_by(F("added_at").desc(nulls_last=True), "pk")

    def matching(self, text: str) -> LibraryItemQuerySet:
        """Those whose title holds every word of `text`, or a word that begins so; none for no words."""
        query = words_query(text)
        return self.none() if query is None else self.filter(search=query)

    def recently_added(self) -> LibraryItemQuerySet:
        """What Plex dated, newest first."""
        return self.filter(added_at__isnull=False).order_by("-added_at", "-pk")

    def by_title(self) -> LibraryItemQuerySet:
        return self.order_by("sort_title", "pk")

    def not_seen_since(self, moment: dt.datetime) -> LibraryItemQuerySet:
        """What a reading that began at `moment` did not find."""
        return self.filter(seen_at__lt=moment)
