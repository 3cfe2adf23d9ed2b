"""What people do with downloads: hand in, order, cancel, try again, discard.

Whoever decides about fetching a video locks rows in one order: download, videos, entries, job.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from downloads import promises
from downloads.links import Link
from downloads.models import (
    TRANSITIONS,
    DownloadEntry,
    DownloadProfile,
    DownloadStatus,
    EntryStatus,
    PlexState,
    Video,
    YoutubeDownload,
)
from downloads.querysets import ACTIVE
from medianest.lib.errors import Cannot
from medianest.lib.locks import hold_until_commit
from operations import limits
from operations.jobs import request_cancel
from operations.row_security import for_others

if TYPE_CHECKING:
    from accounts.models import User

PROFILES = (
    {"slug": "1080p", "name": "Full HD (1080p)", "max_height": 1080, "is_default": True},
    {"slug": "2160p", "name": "Up to 4K, much larger files", "max_height": 2160, "is_default": False},
    {"slug": "720p", "name": "HD (720p), smaller files", "max_height": 720, "is_default": False},
)
_AGAIN = (EntryStatus.FAILED, EntryStatus.CANCELLED)


class CannotOrder(Cannot):
    pass


class CannotCancel(Cannot):
    pass


class CannotRetry(Cannot):
    pass


class CannotPublish(Cannot):
    pass


class CannotDiscard(Cannot):
    pass


# --- handing in and ordering ------------------------------------------------------------------------------------------------
@transaction.atomic
def submit(*, user: User, link: Link) -> YoutubeDownload:
    """Take in a link and promise to look at what it holds. One that `user` has open already is given back instead.

    Raises TooOften.
    """
    hold_until_commit(f"downloads.submit:{user.pk}:{link.id}")
    same = YoutubeDownload.objects.open().filter(user=user, playlist_url=link.url).order_by("-created_at").first()
    if same is not None:
        return same
    limits.count(user, limits.PLAYLISTS)
    download = YoutubeDownload.objects.create(
        user=user, playlist_url=link.url, playlist_id=link.id, is_single=link.kind == "video"
    )
    promises.inspect(download.pk, by=user)
    return download


@transaction.atomic
def order(*, user: User, download: YoutubeDownload, profile: DownloadProfile | None = None) -> YoutubeDownload:
    """Have everything in an inspected list fetched, in `profile` or else the default one. Raises CannotOrder."""
    download = _locked(download, CannotOrder)
    if download.status != DownloadStatus.PENDING:
        raise CannotOrder(_("This list has been ordered or ended already."))
    if download.inspected_at is None:
        raise CannotOrder(_("MediaNest is still looking at what the list holds. Wait a moment."))
    if not download.entries.filter(status=EntryStatus.QUEUED).exists():
        raise CannotOrder(_("There is nothing in this list that YouTube would give."))
    download.profile = profile or download.profile or DownloadProfile.objects.filter(is_default=True).first()
    _change(download, DownloadStatus.QUEUED, ordered_at=timezone.now(), profile=download.profile)
    promises.start(download.pk, by=user)
    return download


# --- stopping ---------------------------------------------------------------------------------------------------------------
@transaction.atomic
def cancel(*, user: User, download: YoutubeDownload) -> YoutubeDownload:
    """Stop a download; what others want as well goes on. Raises CannotCancel when it is at an end already."""
    download = _locked(download, CannotCancel)
    if DownloadStatus.CANCELLED not in TRANSITIONS[download.status]:
        raise CannotCancel(_("There is nothing to cancel: this download is at an end already."))
    request_cancel(key=promises.inspect_key(download.pk))
    request_cancel(key=promises.start_key(download.pk))
    videos = _lock_videos(download.entries.unsettled().values_list("video_id", flat=True))
    _change(download, DownloadStatus.CANCELLED)
    download.entries.unsettled().update(status=EntryStatus.CANCELLED, reason_code="", reason="")
    for video_id in _unwanted(videos):
        request_cancel(key=promises.fetch_key(video_id))
    promises.tidy()
    return download


@transaction.atomic
def discard(*, user: User, download: YoutubeDownload) -> None:
    """Remove a download that is not under way from MediaNest; stored files stay. Raises CannotDiscard."""
    download = _locked(download, CannotDiscard)
    if download.status in ACTIVE:
        raise CannotDiscard(_("This download is under way. Cancel it first."))
    for key in (promises.inspect_key(download.pk), promises.start_key(download.pk), promises.publish_key(download.pk)):
        request_cancel(key=key)
    download.delete()


# --- trying again -----------------------------------------------------------------------------------------------------------
@transaction.atomic
def retry(*, user: User, download: YoutubeDownload) -> YoutubeDownload:
    """Try again what failed or was cancelled: the look at the list, or its entries. Raises CannotRetry."""
    download = _locked(download, CannotRetry)
    if download.inspected_at is None or download.ordered_at is None:
        return _retry_look(download, user)
    again = download.entries.filter(status__in=_AGAIN)
    if not again.exists() and download.status == DownloadStatus.FAILED:
        again = download.entries.filter(status=EntryStatus.UNAVAILABLE)
    return _fetch_again(download, user, [entry.pk for entry in again])


@transaction.atomic
def retry_entry(*, user: User, entry: DownloadEntry) -> DownloadEntry:
    """Try one entry again, also one that was left out. Raises CannotRetry."""
    download = _locked(entry.download, CannotRetry)
    if download.ordered_at is None:
        raise CannotRetry(_("This list has not been ordered yet."))
    _fetch_again(download, user, [entry.pk])
    entry.refresh_from_db()
    return entry


@transaction.atomic
def publish_again(*, user: User, download: YoutubeDownload) -> YoutubeDownload:
    """Do the part in Plex again: scan, collection, order. Raises CannotPublish when there is nothing to show."""
    download = _locked(download, CannotPublish)
    if not download.entries.on_disk().exists():
        raise CannotPublish(_("Nothing of this list is here yet, so there is nothing to show in Plex."))
    download.plex_state, download.plex_note = PlexState.SCANNING, ""
    download.save(update_fields=["plex_state", "plex_note", "updated_at"])
    promises.publish(download.pk, by=user)
    return download


# --- inside -----------------------------------------------------------------------------------------------------------------
def _locked(download: YoutubeDownload, refusal: type[Cannot]) -> YoutubeDownload:
    """The row as it is now, kept from others until the transaction ends. Raises `refusal` when it was discarded."""
    found = YoutubeDownload.objects.select_for_update(of=("self",)).filter(pk=download.pk).first()
    if found is None:
        raise refusal(_("It was removed meanwhile."))
    return found


def _lock_videos(ids: Iterable[UUID]) -> list[Video]:
    return list(Video.objects.select_for_update().filter(pk__in=set(ids)).order_by("pk"))


def _unwanted(videos: list[Video]) -> list[str]:
    """Of these, the YouTube ids of those that no active download waits for."""
    waiting = DownloadEntry.objects.unsettled().filter(video__in=videos, download__status__in=ACTIVE)
    with for_others():
        wanted = set(waiting.values_list("video_id", flat=True))
    return [video.video_id for video in videos if video.pk not in wanted]


def _change(download: YoutubeDownload, status: DownloadStatus, **fields: Any) -> None:
    """Write a new status and `fields` on a locked row. Raises ValueError for a change there is not."""
    if status not in TRANSITIONS[download.status]:
        raise ValueError(f"{download.status} does not lead to {status}")
    for name, value in {"status": status, **fields}.items():
        setattr(download, name, value)
    download.save(update_fields=["status", *fields, "updated_at"])


def _retry_look(download: YoutubeDownload, user: User) -> YoutubeDownload:
    if DownloadStatus.PENDING not in TRANSITIONS[download.status]:
        raise CannotRetry(_("There is nothing to try again."))
    _change(download, DownloadStatus.PENDING, failure_code="", failure_reason="")
    if download.inspected_at is None:
        promises.inspect(download.pk, by=user)
    else:
        download.entries.filter(status=EntryStatus.CANCELLED).update(status=EntryStatus.QUEUED)
    return download


def _fetch_again(download: YoutubeDownload, user: User, entry_ids: list[UUID]) -> YoutubeDownload:
    states = (*_AGAIN, EntryStatus.UNAVAILABLE)
    again = download.entries.filter(pk__in=entry_ids, status__in=states)
    if not again.update(status=EntryStatus.QUEUED, reason_code="", reason=""):
        raise CannotRetry(_("There is nothing to try again: nothing here has failed."))
    if DownloadStatus.QUEUED in TRANSITIONS[download.status]:
        _change(download, DownloadStatus.QUEUED, completed_at=None, failure_code="", failure_reason="")
    promises.start(download.pk, by=user)
    return download
