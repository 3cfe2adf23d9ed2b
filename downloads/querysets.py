"""Which downloads and entries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from accounts.models import User
    from downloads.models import DownloadEntry, YoutubeDownload  # noqa: F401  (named in quotes below)

ACTIVE = ("queued", "downloading")
UNSETTLED = ("queued", "downloading")
ON_DISK = ("downloaded", "scanned", "in_collection")


class DownloadQuerySet(models.QuerySet["YoutubeDownload"]):
    def visible_to(self, user: User) -> DownloadQuerySet:
        """One's own and what others share; moderators see all."""
        if user.is_moderator:
            return self
        return self.filter(Q(user=user) | Q(visibility="shared", ordered_at__isnull=False))

    def active(self) -> DownloadQuerySet:
        return self.filter(status__in=ACTIVE)

    def wanting(self, video_id: str) -> DownloadQuerySet:
        """Active downloads that hold the video with this YouTube id."""
        return self.active().filter(entries__video__video_id=video_id).distinct()


class EntryQuerySet(models.QuerySet["DownloadEntry"]):
    def unsettled(self) -> EntryQuerySet:
        """Of which it is not yet known what becomes of them."""
        return self.filter(status__in=UNSETTLED)

    def on_disk(self) -> EntryQuerySet:
        return self.filter(status__in=ON_DISK)

    def in_order(self) -> EntryQuerySet:
        return self.order_by("position")

    def counted(self) -> dict[str, Any]:
        """How many entries there are in each status."""
        return dict(self.order_by().values_list("status").annotate(n=models.Count("id")))
