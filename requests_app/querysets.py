"""Which requests, seasons and problems."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.rights import Right, may
from medianest.lib.any_of import any_of

if TYPE_CHECKING:
    from accounts.models import User
    from requests_app.models import (  # noqa: F401  (named in quotes below)
        MediaRequest,
        ProblemReport,
        RequestAllowance,
        RequestedSeason,
    )

KEEP_DELETED_FOR = dt.timedelta(days=30)
LISTEN_FOR = dt.timedelta(days=14)


class RequestQuerySet(models.QuerySet["MediaRequest"]):
    def of(self, user: User) -> RequestQuerySet:
        """Those made for this person."""
        return self.filter(user=user)

    def kept(self) -> RequestQuerySet:
        """Not deleted."""
        return self.filter(deleted_at__isnull=True)

    def visible_to(self, user: User) -> RequestQuerySet:
        """One's own and those one follows; moderators see all."""
        return self if may(user, Right.SEE_EVERYBODYS) else self.concerning(user)

    def concerning(self, user: User) -> RequestQuerySet:
        """One's own and those one follows, moderator or not."""
        return self.filter(Q(user=user) | any_of("pk", "mn_followed_by", user.pk))

    def open(self) -> RequestQuerySet:
        """Still being worked for."""
        return self.filter(is_open=True)

    def pending(self) -> RequestQuerySet:
        """Waiting for a moderator."""
        return self.filter(status="pending", deleted_at__isnull=True)

    def for_title(self, tmdb_id: int, media_type: str) -> RequestQuerySet:
        return self.filter(tmdb_id=tmdb_id, media_type=media_type)

    def titled_like(self, text: str) -> RequestQuerySet:
        """Those whose title holds every word of `text`."""
        found = self
        for word in text.split()[:12]:
            found = found.filter(title__icontains=word)
        return found

    def waiting_to_be_handed_over(self) -> RequestQuerySet:
        """Films and series that are to be fetched and that Overseerr has not heard of, or no longer has."""
        return self.filter(
            status__in=["approved", "processing", "partially_available"],
            deleted_at__isnull=True,
            overseerr_id__isnull=True,
            media_type__in=["movie", "tv"],
        ).order_by("created_at")

    def newest_first(self) -> RequestQuerySet:
        return self.order_by("-created_at", "-pk")

    def deleted(self) -> RequestQuerySet:
        """Put away, not purged. To be asked of `MediaRequest.everything`."""
        return self.filter(deleted_at__isnull=False)

    def due_for_purging(self, now: dt.datetime) -> RequestQuerySet:
        """Put away so long ago that nobody will want them back. To be asked of `MediaRequest.everything`."""
        return self.filter(deleted_at__lt=now - KEEP_DELETED_FOR)

    def put_away(self, now: dt.datetime) -> int:
        """Delete softly: history stays, the titles are free again. How many that were."""
        return self.filter(deleted_at__isnull=True).update(deleted_at=now, updated_at=now)


class KeptRequests(models.Manager["MediaRequest"]):
    """All but the deleted ones."""

    def get_queryset(self) -> models.QuerySet[MediaRequest]:
        return super().get_queryset().filter(deleted_at__isnull=True)


class SeasonQuerySet(models.QuerySet["RequestedSeason"]):
    def taken(self, tmdb_id: int, *, is_4k: bool = False) -> SeasonQuerySet:
        """Seasons of this series that somebody is waiting for already."""
        return self.filter(
            tmdb_id=tmdb_id,
            is_4k=is_4k,
            request_is_open=True,
            status__in=["wanted", "processing", "partially_available"],
        )

    def numbered(self, numbers: Iterable[int]) -> SeasonQuerySet:
        return self.filter(season_number__in=list(numbers))


class ProblemQuerySet(models.QuerySet["ProblemReport"]):
    def followed_there(self) -> ProblemQuerySet:
        """Those that Overseerr has and about which something may still be said: open, or resolved lately."""
        lately = timezone.now() - LISTEN_FOR
        return self.filter(Q(status="open") | Q(resolved_at__gt=lately), overseerr_id__isnull=False)

    def visible_to(self, user: User) -> ProblemQuerySet:
        """One's own; moderators see all."""
        return self if may(user, Right.SEE_EVERYBODYS) else self.filter(user=user)

    def open(self) -> ProblemQuerySet:
        return self.filter(status="open")

    def newest_first(self) -> ProblemQuerySet:
        return self.order_by("-created_at", "-pk")


class AllowanceQuerySet(models.QuerySet["RequestAllowance"]):
    def for_person(self, user: User) -> AllowanceQuerySet:
        """Their own and their role's."""
        return self.filter(Q(user=user) | Q(role=user.role))
