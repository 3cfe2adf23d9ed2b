"""Starting a download, and fetching one video from the promise to the stored file. Every step may be done twice."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import structlog
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from downloads import classify, images, media, pacing, promises, settling, storage, ytdlp
from downloads.classify import Disposition, Failure, Trouble
from downloads.models import DownloadEntry, DownloadProfile, EntryStatus, Video, YoutubeDownload
from downloads.transfer import Progress
from operations.jobs import Cancelled, GiveUp, Interrupted, Retry, Wait
from operations.lease import Run

log = structlog.get_logger(__name__)

BUSY_SECONDS = 5
LATER_SECONDS = 6 * 3600  # how soon something must begin to be waited for


# --- starting -----------------------------------------------------------------------------------------------------------
def start(download_id: UUID) -> None:
    """Give a download's waiting entries what is stored already, and promise the fetching of the rest."""
    with transaction.atomic():
        download = YoutubeDownload.objects.select_for_update().active().filter(pk=download_id).first()
        if download is None:
            return
        waiting = download.entries.filter(status=EntryStatus.QUEUED)
        videos = Video.objects.select_for_update().filter(pk__in=waiting.values("video_id")).order_by("pk")
        missing = []
        for video in videos:
            if _is_here(video):
                waiting.filter(video=video).update(status=EntryStatus.DOWNLOADED, reason_code="", reason="")
            else:
                missing.append(video)
        places = dict(waiting.order_by("-position").values_list("video_id", "position"))
        for video in sorted(missing, key=lambda one: places[one.pk]):  # locked by key, begun in the list's order
            promises.fetch(video.video_id)
    settling.settle(download_id)


def _is_here(video: Video) -> bool:
    """Whether a video is stored; what somebody took away by hand is forgotten, so that it is fetched again."""
    if storage.is_there(video.file_path):
        return True
    if video.file_path:
        log.warning("file_gone", video_id=video.video_id, path=video.file_path)
        settling.taken_away(video)
    return False


# --- fetching -----------------------------------------------------------------------------------------------------------
def fetch(run: Run, video_id: str) -> None:
    """Fetch one video for all who wait for it. Raises the outcomes of jobs."""
    if not DownloadEntry.objects.wanting(video_id).exists():
        storage.clear(video_id)
        settling.settle_holders(video_id)  # in case an earlier try was lost just before it did
        return
    video = Video.objects.get(video_id=video_id)
    try:
        with storage.work_folder(video_id) as work:
            run.on_stop(lambda: media.kill_children_working_in(work))
            if _is_here(video):
                settling.arrived(video)
            else:
                _bring(run, video, work)
    except storage.Busy:
        raise Wait(BUSY_SECONDS, code="busy", reason=_("Another worker is ending its try.")) from None
    except (Cancelled, GiveUp):
        storage.clear(video_id)
        raise
    storage.clear(video_id)


def _bring(run: Run, video: Video, work: Path) -> None:
    """From the network, or from a place where an earlier try had put it already, to the row."""
    earlier = storage.placed(work)
    if earlier is None:
        pacing.admit()
        settling.began(video.video_id)
        with _told_why(video):
            relative, about, probe = _download(run, video, work)
    else:
        relative, about, probe = earlier
    _store(video, relative, about, probe)
    pacing.succeeded()


def _download(run: Run, video: Video, work: Path) -> tuple[str, ytdlp.Announced, media.Probe]:
    try:
        fetched = ytdlp.fetch(
            video.video_id,
            wanted=_wanted(video.video_id),
            work_dir=work,
            on_announced=lambda about: _announced(video, about, work),
            on_progress=lambda progress: _note(video, progress),
            breathe=run.breathe,
        )
    except ytdlp.Failed as error:
        run.breathe()  # a program ended because of a request to stop looks like a failure
        raise _outcome(error.failure, video) from error
    probe = _probed(fetched, work)
    run.breathe()
    if fetched.picture:
        _keep_picture(video.video_id, fetched.picture)
    return storage.place(fetched, work), fetched.about, probe


@contextlib.contextmanager
def _told_why(video: Video) -> Iterator[None]:
    """However the work inside ends without a file, the entries do not go on saying that they are being fetched."""
    try:
        yield
    except Cancelled:
        settling.stopped(video.video_id)
        raise
    except Interrupted:
        settling.stopped(video.video_id, code="interrupted", reason=_("MediaNest was restarted. It goes on soon."))
        raise
    except (Wait, Retry) as outcome:
        settling.stopped(video.video_id, code=outcome.code, reason=outcome.reason)
        raise
    except OSError as error:
        found = _outcome(classify.classify(Trouble(str(error), errno=error.errno)), video)
        settling.stopped(video.video_id, code=found.code, reason=found.reason)
        raise found from error


def _wanted(video_id: str) -> ytdlp.Wanted:
    """The best of what those who wait for the video asked for: it is stored only once."""
    downloads = YoutubeDownload.objects.active().filter(entries__in=DownloadEntry.objects.wanting(video_id))
    profiles = list(DownloadProfile.objects.filter(pk__in=downloads.values("profile")))
    languages = {one.strip() for profile in profiles for one in profile.subtitles.split(",") if one.strip()}
    height = max((profile.max_height for profile in profiles), default=ytdlp.Wanted().max_height)
    return ytdlp.Wanted(height, tuple(sorted(languages)))


def _announced(video: Video, about: ytdlp.Announced, work: Path) -> None:
    """Before the first byte: write down what is known, and refuse what does not fit on the disk."""
    here = sum(file.stat().st_size for file in work.iterdir() if file.is_file())
    total = about.total_bytes
    facts = {
        "title": about.title,
        "channel": about.channel,
        "channel_id": about.channel_id,
        "duration_seconds": about.seconds,
        "published_on": about.published_on,
        "total_bytes": total,
        "downloaded_bytes": min(here, total) if total else 0,
    }
    for name, value in facts.items():
        setattr(video, name, value)
    Video.objects.filter(pk=video.pk).update(**facts)
    # Streams and the file made of them lie side by side for a moment.
    if not pacing.has_room(max(0, 2 * (total or 0) - here)):
        raise pacing.disk_full()
    pacing.room_found()


def _note(video: Video, progress: Progress) -> None:
    Video.objects.filter(pk=video.pk).update(
        downloaded_bytes=progress.downloaded_bytes,
        total_bytes=progress.total_bytes,
        speed_bps=progress.speed_bps,
        eta_seconds=progress.eta_seconds,
    )


def _probed(fetched: ytdlp.Fetched, work: Path) -> media.Probe:
    """The finished file as it really is. A damaged or short one is thrown away and fetched anew."""
    problem = ""
    try:
        probe = media.probe(fetched.file)
        announced = fetched.about.seconds
        if announced is None or abs(probe.seconds - announced) <= max(2.0, announced * 0.02):
            return probe
        problem = f"{probe.seconds} s instead of {announced} s"
    except media.Unplayable as error:
        problem = str(error)
    log.warning("file_damaged", video_id=fetched.about.video_id, problem=problem)
    storage.empty(fetched.about.video_id)
    raise Retry(code="damaged", reason=_("The file that arrived was damaged, so it is fetched anew."))


def _keep_picture(video_id: str, picture: Path) -> None:
    """The picture for MediaNest's own pages, unless there is one."""
    if images.thumbnail(video_id) is None:
        images.write(video_id, picture.read_bytes())


def _store(video: Video, relative: str, about: ytdlp.Announced, probe: media.Probe) -> None:
    file = storage.absolute(relative)
    size = file.stat().st_size
    facts = {
        "title": about.title,
        "channel": about.channel,
        "channel_id": about.channel_id,
        "published_on": about.published_on,
        "duration_seconds": round(probe.seconds),
        "file_path": relative,
        "file_bytes": size,
        "video_codec": probe.video_codec,
        "audio_codec": probe.audio_codec,
        "height": probe.height,
        "thumbnail_path": str(Path(relative).with_suffix(".jpg")) if file.with_suffix(".jpg").is_file() else "",
        "plex_rating_key": "",
        "stored_at": timezone.now(),
        "downloaded_bytes": size,
        "total_bytes": size,
        "speed_bps": None,
        "eta_seconds": None,
    }
    for name, value in facts.items():
        setattr(video, name, value)
    settling.arrived(video)
    log.info("video_stored", video_id=video.video_id, path=relative, bytes=size)


# --- outcomes -----------------------------------------------------------------------------------------------------------
def _outcome(failure: Failure, video: Video) -> Wait | Retry | GiveUp:
    """What a failure means for the job."""
    if failure.code == "processing" and storage.free_bytes() < (video.total_bytes or 0):
        return pacing.disk_full()  # ffmpeg does not say why it failed
    match failure.disposition:
        case Disposition.DISK_FULL:
            return pacing.disk_full()
        case Disposition.PAUSE_QUEUE:
            return pacing.pause(failure.code, failure.sentence)
        case Disposition.LATER:
            if failure.seconds is not None and failure.seconds <= LATER_SECONDS:
                return Wait(failure.seconds + 60, code=failure.code, reason=failure.sentence)
            return GiveUp(code=failure.code, reason=failure.sentence)
        case Disposition.PERMANENT:
            return GiveUp(code=failure.code, reason=failure.sentence)
    return Retry(code=failure.code, reason=failure.sentence)
