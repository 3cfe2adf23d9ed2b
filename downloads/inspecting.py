"""Looking at what a list holds, before anything is ordered."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from downloads import images, pacing, promises, ytdlp
from downloads.classify import Disposition, Failure, sentence
from downloads.deadline import Late, within
from downloads.links import Link
from downloads.models import DownloadEntry, DownloadStatus, EntryStatus, Video, YoutubeDownload
from downloads.ytdlp import Listed, Listing
from operations.jobs import GiveUp, Retry, Wait
from operations.lease import Run

PAUSED_SECONDS = 300  # between two looks while YouTube asks for a pause
LOOK_SECONDS = 120  # for a whole look, however slowly YouTube answers


def inspect(run: Run, download_id: UUID) -> None:
    """Fill in a pending download: title, channel, entries. Raises the outcomes of jobs."""
    download = _pending(download_id)
    if download is None or download.inspected_at:
        return
    link = Link("video" if download.is_single else "playlist", download.playlist_id, download.playlist_url)
    try:
        pacing.admit_look()
    except Wait as wait:
        _tell(download.pk, wait.code, wait.reason)
        raise
    try:
        listing = within(LOOK_SECONDS, lambda check: ytdlp.inspect(link, before_asking=check), breathe=run.breathe)
    except Late as error:
        raise _outcome(download, _too_slow()) from error
    except ytdlp.Failed as error:
        raise _outcome(download, error.failure) from error
    run.breathe()
    _fill(download_id, listing)


def _pending(download_id: UUID) -> YoutubeDownload | None:
    return YoutubeDownload.objects.filter(pk=download_id, status=DownloadStatus.PENDING).first()


def _too_slow() -> Failure:
    return Failure("too_slow", _("YouTube answers too slowly at the moment."), Disposition.RETRY)


def _outcome(download: YoutubeDownload, failure: Failure) -> Wait | Retry | GiveUp:
    outcome: Wait | Retry | GiveUp
    match failure.disposition:
        case Disposition.PAUSE_QUEUE:
            pacing.pause(failure.code, failure.sentence)
            outcome = Wait(PAUSED_SECONDS, code=failure.code, reason=failure.sentence)
        case Disposition.PERMANENT | Disposition.LATER:
            outcome = GiveUp(code=failure.code, reason=failure.sentence)
        case _:
            outcome = Retry(code=failure.code, reason=failure.sentence)
    if not isinstance(outcome, GiveUp):
        _tell(download.pk, failure.code, failure.sentence)
    return outcome


def _tell(download_id: UUID, code: str, reason: str, **more: str) -> None:
    pending = YoutubeDownload.objects.filter(pk=download_id, status=DownloadStatus.PENDING)
    pending.update(failure_code=code[:40], failure_reason=reason[:500], updated_at=timezone.now(), **more)


def gave_up(download_id: UUID, code: str, reason: str) -> None:
    """The look has failed for good."""
    _tell(download_id, code, reason, status=DownloadStatus.FAILED)


# --- writing it down ----------------------------------------------------------------------------------------------------
@transaction.atomic
def _fill(download_id: UUID, listing: Listing) -> None:
    """Write what was found, in place of whatever an earlier look wrote."""
    download = YoutubeDownload.objects.select_for_update().filter(pk=download_id, status=DownloadStatus.PENDING).first()
    if download is None:
        return
    videos = _known(listing.entries)
    download.entries.all().delete()
    DownloadEntry.objects.bulk_create(
        _entry(download, position, listed, videos[listed.video_id])
        for position, listed in enumerate(listing.entries, start=1)
    )
    download.playlist_title = listing.title or download.playlist_id
    download.channel = listing.channel
    download.is_cut_off = listing.is_cut_off
    download.failure_code = download.failure_reason = ""
    download.inspected_at = timezone.now()
    download.save()
    promises.thumbnails(download.pk)


def _entry(download: YoutubeDownload, position: int, listed: Listed, video: Video) -> DownloadEntry:
    entry = DownloadEntry(download=download, video=video, position=position)
    if listed.gone and not video.is_stored:
        entry.status, entry.reason_code, entry.reason = EntryStatus.UNAVAILABLE, listed.gone, sentence(listed.gone)
    return entry


def _known(entries: list[Listed]) -> dict[str, Video]:
    """A row for every video, by YouTube id; what was not known of it before is filled in."""
    listed = {one.video_id: one for one in entries}
    # In one order, so that two looks at once cannot wait for each other.
    Video.objects.bulk_create((_video(listed[key]) for key in sorted(listed)), ignore_conflicts=True)
    videos = {video.video_id: video for video in Video.objects.filter(video_id__in=listed)}
    better = [video for video in videos.values() if _improve(video, listed[video.video_id])]
    better.sort(key=lambda video: video.pk)
    Video.objects.bulk_update(better, ["title", "channel", "channel_id", "duration_seconds"])
    return videos


def _video(listed: Listed) -> Video:
    return Video(
        video_id=listed.video_id,
        title=listed.title,
        channel=listed.channel,
        channel_id=listed.channel_id,
        duration_seconds=listed.seconds,
    )


def _improve(video: Video, listed: Listed) -> bool:
    """Take over what the list knows better; False when that is nothing."""
    if listed.gone or video.is_stored:
        return False
    fresh = _video(listed)
    names = [name for name in ("title", "channel", "channel_id", "duration_seconds") if getattr(fresh, name)]
    changed = [name for name in names if getattr(fresh, name) != getattr(video, name)]
    for name in changed:
        setattr(video, name, getattr(fresh, name))
    return bool(changed)


# --- pictures -----------------------------------------------------------------------------------------------------------
def thumbnails(run: Run, download_id: UUID) -> None:
    """Fetch the small pictures of a list's videos that are missing. Those that cannot be had stay missing."""
    entries = DownloadEntry.objects.filter(download=download_id).order_by("position")
    ids = dict.fromkeys(entries.values_list("video__video_id", flat=True))
    missing = [video_id for video_id in ids if images.thumbnail(video_id) is None]
    try:
        for video_id, jpeg in ytdlp.pictures(missing, breathe=run.breathe):
            images.write(video_id, jpeg)
    except ytdlp.Failed as error:
        raise GiveUp(code=error.failure.code, reason=error.failure.sentence) from error
