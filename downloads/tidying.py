"""Clearing away what lost work left behind, and promising again what a lost promise left undone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import structlog
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from downloads import promises, settling, storage
from downloads.links import is_video_id
from downloads.models import DownloadEntry, DownloadStatus, EntryStatus, Video, YoutubeDownload
from operations.lease import Run
from operations.models import Job, JobState

log = structlog.get_logger(__name__)

KEPT = timedelta(days=1)  # partial files of what failed, for whoever tries again


def tidy(run: Run) -> None:
    """Harmless at any time and as often as one likes."""
    _clear_work_folders(run)
    mend()
    _forget_videos()


def _clear_work_folders(run: Run) -> None:
    """Remove the work folders of what was cancelled or is done at once, and others without live work after a day."""
    ages = {name: age for name, age in storage.work_folders().items() if is_video_id(name)}
    keys = {promises.fetch_key(video_id): video_id for video_id in ages}
    jobs = Job.objects.filter(idempotency_key__in=keys)
    states = {keys[key]: state for key, state in jobs.values_list("idempotency_key", "state")}
    for video_id, age in ages.items():
        run.breathe()
        state = states.get(video_id)
        is_over = state in (JobState.CANCELLED, JobState.DONE)
        is_old = state not in (JobState.QUEUED, JobState.RUNNING) and age > KEPT.total_seconds()
        if is_over or is_old:
            log.info("work_folder_cleared", video_id=video_id, state=state)
            storage.clear(video_id)


def _forget_videos() -> None:
    """Videos of lists that were discarded before anything of them was fetched."""
    entries = DownloadEntry.objects.filter(video=OuterRef("pk"))
    old = Video.objects.not_stored_since(timezone.now() - KEPT)
    old.filter(~Exists(entries)).delete()


# --- mending ------------------------------------------------------------------------------------------------------------
def mend() -> None:
    """Find downloads that wait for a promise that is not there, and promise it again."""
    for download in YoutubeDownload.objects.active():
        _mend_active(download)
    looking = YoutubeDownload.objects.filter(status=DownloadStatus.PENDING, inspected_at=None)
    for download_id in _without_job(looking, promises.inspect_key):
        promises.inspect(download_id)
    unshown = YoutubeDownload.objects.on_the_way_to_plex()
    for download_id in _without_job(unshown, promises.publish_key):
        promises.publish(download_id)


def _mend_active(download: YoutubeDownload) -> None:
    unsettled = set(download.entries.unsettled().values_list("video__video_id", flat=True))
    if not unsettled:
        settling.settle(download.pk)
        return
    keys = [promises.fetch_key(video_id) for video_id in unsettled]
    live = Job.objects.live().filter(idempotency_key__in=keys).count()
    starting = Job.objects.live().filter(idempotency_key=promises.start_key(download.pk)).exists()
    if live < len(keys) and not starting:
        log.warning("promise_missing", download_id=str(download.pk), missing=len(keys) - live)
        download.entries.filter(status=EntryStatus.DOWNLOADING).update(status=EntryStatus.QUEUED)
        promises.start(download.pk)


def _without_job(downloads: QuerySet[YoutubeDownload], key: Callable[[UUID], str]) -> list[UUID]:
    keys = {key(download_id): download_id for download_id in downloads.values_list("pk", flat=True)}
    live = set(Job.objects.live().filter(idempotency_key__in=keys).values_list("idempotency_key", flat=True))
    return [download_id for name, download_id in keys.items() if name not in live]
