"""Which watchlist entries and viewings."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Avg, Q

if TYPE_CHECKING:
    from accounts.models import User
    from watchlists.models import Viewing, WatchlistEntry  # noqa: F401  (named in quotes below)

SHARED = ("family", "everyone")


class WatchlistQuerySet(models.QuerySet["WatchlistEntry"]):
    def of(self, user: User) -> WatchlistQuerySet:
        return self.filter(user=user)

    def visible_to(self, user: User, household: Collection[uuid.UUID] = ()) -> WatchlistQuerySet:
        """One's own, what people show to everyone, and what those of one's household (their ids) show to families."""
        family = Q(user__in=list(household), visibility="family")
        return self.filter(Q(user=user) | Q(visibility="everyone") | family)

    def to_watch(self) -> WatchlistQuerySet:
        return self.filter(status="not_watched")

    def watching(self) -> WatchlistQuerySet:
        return self.filter(status="watching")

    def watched(self) -> WatchlistQuerySet:
        return self.filter(status="completed")

    def for_title(self, tmdb_id: int, media_type: str) -> WatchlistQuerySet:
        return self.filter(media_item__tmdb_id=tmdb_id, media_item__media_type=media_type)

    def latest_first(self) -> WatchlistQuerySet:
        """What was touched most recently first."""
        return self.order_by("-updated_at", "-pk")

    def opinion(self) -> float | None:
        """The average rating, 1 to 10; None when nobody rated."""
        average: float | None = self.aggregate(average=Avg("rating"))["average"]
        return average


class ViewingQuerySet(models.QuerySet["Viewing"]):
    def of(self, user: User) -> ViewingQuerySet:
        return self.filter(user=user)

    def of_episodes(self) -> ViewingQuerySet:
        """Episodes that count for progress: no specials."""
        return self.filter(season__gt=0)

    def latest_first(self) -> ViewingQuerySet:
        return self.order_by("-watched_at", "-pk")
