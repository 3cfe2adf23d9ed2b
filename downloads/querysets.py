"""Which downloads and entries."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from accounts.rights import Right, may

if TYPE_CHECKING:
    from accounts.models import User
    from downloads.models import DownloadEntry, Video, YoutubeDownload  # noqa: F401  (named in quotes below)

ACTIVE = ("queued", "downloading")
OPEN = ("pending", *ACTIVE)
UNSETTLED = ("queued", "downloading")
ON_DISK = ("downloaded", "scanned", "in_collection")


class DownloadQuerySet(models.QuerySet["YoutubeDownload"]):
    def visible_to(self, user: User) -> DownloadQuerySet:
        """One's own and what others share; moderators see all."""
        if may(user, Right.SEE_EVERYBODYS):
            return self
        return self.filter(Q(user=user) | Q(visibility="shared", ordered_at__isnull=False))

    def changeable_by(self, user: User) -> DownloadQuerySet:
        """One's own; moderators may change all."""
        return self if may(user, Right.DECIDE) else self.filter(user=user)

    def active(self) -> DownloadQuerySet:
        """Ordered and not at an end."""
        return self.filter(status__in=ACTIVE)

    def open(self) -> DownloadQuerySet:
        """Not at an end, ordered or not."""
        return self.filter(status__in=OPEN)

    def of_playlist(self, playlist_url: str) -> DownloadQuerySet:
        """The same playlist, whoever handed it in."""
        return self.filter(playlist_url=playlist_url, is_single=False)

    def on_the_way_to_plex(self) -> DownloadQuerySet:
        """Completed, but not shown in Plex yet."""
        return self.filter(status="completed", plex_state__in=("waiting", "scanning"))


class VideoQuerySet(models.QuerySet["Video"]):
    def not_stored_since(self, moment: dt.datetime) -> VideoQuerySet:
        """Known since before `moment`, and still without a file."""
        return self.filter(file_path="", created_at__lt=moment)


class EntryQuerySet(models.QuerySet["DownloadEntry"]):
    def unsettled(self) -> EntryQuerySet:
        """Of which it is not yet known what becomes of them."""
        return self.filter(status__in=UNSETTLED)

    def wanting(self, video_id: str) -> EntryQuerySet:
        """Those of active downloads that wait for the video with this YouTube id."""
        return self.unsettled().filter(video__video_id=video_id, download__status__in=ACTIVE)

    def on_disk(self) -> EntryQuerySet:
        """Those whose file is stored, as far as is known."""
        return self.filter(status__in=ON_DISK).exclude(video__file_path="")

    def in_order(self) -> EntryQuerySet:
        return self.order_by("position")
