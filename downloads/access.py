"""Who may see and change a download: the row, or 404."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.shortcuts import get_object_or_404

from downloads.models import DownloadEntry, YoutubeDownload
from downloads.querysets import EntryQuerySet

if TYPE_CHECKING:
    from accounts.models import User


def visible(user: User, id: uuid.UUID | str) -> YoutubeDownload:
    """A download that `user` may look at. Raises Http404."""
    downloads = YoutubeDownload.objects.visible_to(user).select_related("user", "profile")
    return get_object_or_404(downloads, pk=id)


def changeable(user: User, id: uuid.UUID | str) -> YoutubeDownload:
    """A download that is `user`'s own; a moderator may change everyone's. Raises Http404."""
    downloads = YoutubeDownload.objects.changeable_by(user).select_related("user", "profile")
    return get_object_or_404(downloads, pk=id)


def visible_entry(user: User, id: uuid.UUID | str) -> DownloadEntry:
    """An entry of a download that `user` may look at. Raises Http404."""
    allowed = YoutubeDownload.objects.visible_to(user)
    return get_object_or_404(_entries().filter(download__in=allowed), pk=id)


def changeable_entry(user: User, id: uuid.UUID | str) -> DownloadEntry:
    """An entry of a download that `user` may change. Raises Http404."""
    allowed = YoutubeDownload.objects.changeable_by(user)
    return get_object_or_404(_entries().filter(download__in=allowed), pk=id)


def may_see_thumbnail(user: User, video_id: str) -> bool:
    """Whether a video stands in a list that `user` may look at."""
    allowed = YoutubeDownload.objects.visible_to(user)
    return DownloadEntry.objects.filter(video__video_id=video_id, download__in=allowed).exists()


def _entries() -> EntryQuerySet:
    return DownloadEntry.objects.select_related("download", "video")
