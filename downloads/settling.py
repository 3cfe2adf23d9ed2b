"""What becomes of entries when their video's fate is known, and of downloads when all their entries' is.

Locks are taken in one order: download, video, entries. Here never more than one of the first two at a time.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

import structlog
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from downloads import promises
from downloads.classify import LEFT_OUT
from downloads.models import DownloadEntry, DownloadStatus, EntryStatus, PlexState, Video, YoutubeDownload
from downloads.querysets import ACTIVE, ON_DISK, UNSETTLED

log = structlog.get_logger(__name__)


def locked_video(video_id: str) -> Video | None:
    """The video's row, kept from others until the transaction ends: whoever decides about it holds it."""
    return Video.objects.select_for_update().filter(video_id=video_id).first()


@transaction.atomic
def began(video_id: str) -> list[UUID]:
    """The video is being fetched: its entries and their downloads say so. The ids of the downloads."""
    video = locked_video(video_id)
    if video is None:
        return []
    waiting = DownloadEntry.objects.wanting(video_id)
    downloads = sorted(set(waiting.order_by().values_list("download_id", flat=True)))
    _mark(waiting, EntryStatus.DOWNLOADING)
    if not downloads:
        return []
    Video.objects.filter(pk=video.pk).update(speed_bps=None, eta_seconds=None)
    transaction.on_commit(lambda: _move_on(downloads))
    return downloads


def _move_on(downloads: list[UUID]) -> None:
    queued = YoutubeDownload.objects.filter(pk__in=downloads, status=DownloadStatus.QUEUED)
    queued.update(status=DownloadStatus.DOWNLOADING, updated_at=timezone.now())


@transaction.atomic
def stopped(video_id: str, *, code: str = "", reason: str = "") -> None:
    """The fetching stopped for now: the entries wait again and say why."""
    if locked_video(video_id) is not None:
        Video.objects.filter(video_id=video_id).update(speed_bps=None, eta_seconds=None)
        _mark(DownloadEntry.objects.wanting(video_id), EntryStatus.QUEUED, code, reason)


@transaction.atomic
def arrived(video: Video) -> None:
    """The video is stored: write it down, and its entries have it. Settles their downloads on commit."""
    locked_video(video.video_id)
    video.save()
    _end(video.video_id, EntryStatus.DOWNLOADED)


@transaction.atomic
def lost(video_id: str, *, code: str, reason: str) -> None:
    """The video cannot be had: its entries are left out or have failed. Settles their downloads on commit."""
    if locked_video(video_id) is not None:
        Video.objects.filter(video_id=video_id).update(speed_bps=None, eta_seconds=None)
        _end(video_id, EntryStatus.UNAVAILABLE if code in LEFT_OUT else EntryStatus.FAILED, code, reason)


@transaction.atomic
def taken_away(video: Video) -> None:
    """The stored file is no longer there: forget it, so that it can be fetched again. The entries that had it say so."""
    locked_video(video.video_id)
    gone = {"file_path": "", "stored_at": None, "file_bytes": None, "plex_rating_key": "", "downloaded_bytes": 0}
    Video.objects.filter(pk=video.pk).update(**gone)
    for name, value in gone.items():
        setattr(video, name, value)
    had = DownloadEntry.objects.filter(video=video, status__in=ON_DISK)
    had.filter(download__status__in=ACTIVE).update(status=EntryStatus.QUEUED, updated_at=timezone.now())
    had.exclude(download__status__in=ACTIVE).update(
        status=EntryStatus.FAILED,
        reason_code="taken_away",
        reason=_("The file was taken away."),
        updated_at=timezone.now(),
    )


def _end(video_id: str, status: EntryStatus, code: str = "", reason: str = "") -> None:
    waiting = DownloadEntry.objects.wanting(video_id)
    downloads = sorted(set(waiting.order_by().values_list("download_id", flat=True)))
    _mark(waiting, status, code, reason)
    transaction.on_commit(lambda: settle_all(downloads))


def _mark(entries: Iterable[DownloadEntry], status: EntryStatus, code: str = "", reason: str = "") -> None:
    ids = [entry.pk for entry in entries]
    DownloadEntry.objects.filter(pk__in=ids, status__in=UNSETTLED).update(
        status=status, reason_code=code[:40], reason=reason[:500], updated_at=timezone.now()
    )


# --- downloads ----------------------------------------------------------------------------------------------------------
def settle_all(downloads: Iterable[UUID]) -> None:
    for download_id in downloads:
        settle(download_id)


def settle_holders(video_id: str) -> None:
    """Settle the active downloads that hold the video."""
    active = YoutubeDownload.objects.active().filter(entries__video__video_id=video_id)
    settle_all(set(active.values_list("pk", flat=True)))


@transaction.atomic
def settle(download_id: UUID) -> None:
    """End an active download whose entries are all settled, and have what arrived shown in Plex."""
    download = YoutubeDownload.objects.select_for_update().active().filter(pk=download_id).first()
    if download is None:
        return
    entries = list(download.entries.select_related("video").order_by("position"))
    here = [entry for entry in entries if entry.status in ON_DISK and entry.video.is_stored]
    if not any(entry.status in UNSETTLED for entry in entries):
        _end_download(download, entries, here)
    if here and download.plex_state in (PlexState.NONE, PlexState.DONE):
        download.plex_state, download.plex_note = PlexState.SCANNING, ""
    download.save()
    if here:
        promises.publish(download.pk)


def _end_download(download: YoutubeDownload, entries: list[DownloadEntry], here: list[DownloadEntry]) -> None:
    download.file_paths = list(dict.fromkeys(entry.video.file_path for entry in here))
    now = timezone.now()
    download.completed_at = max(now, download.ordered_at or now)  # the clock may have been set back meanwhile
    download.failure_code = download.failure_reason = ""
    download.status = DownloadStatus.COMPLETED
    if not here:
        download.status = DownloadStatus.FAILED
        download.failure_code, download.failure_reason = _common_reason(entries)
    log.info("download_ended", download_id=str(download.pk), status=download.status, files=len(download.file_paths))


def _common_reason(entries: list[DownloadEntry]) -> tuple[str, str]:
    """Why nothing at all could be had: the one reason of all entries, or that there are several."""
    reasons = {(entry.reason_code, entry.reason) for entry in entries if entry.reason}
    if len(reasons) == 1:
        return reasons.pop()
    return "nothing", _("None of the videos could be fetched. Each says why.")
