"""How far downloads are, in numbers and in words. The same words stand on every page."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import BigIntegerField, Case, Count, F, FloatField, Q, Sum, Value, When
from django.db.models.functions import Cast, Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from downloads.models import DownloadEntry, DownloadStatus, EntryStatus, PlexState, YoutubeDownload
from downloads.querysets import ACTIVE, ON_DISK, UNSETTLED


@dataclasses.dataclass(frozen=True)
class Summary:
    """A download in numbers. Bytes count finished and running videos; `total_bytes` is None until all sizes are known.

    `stored_already` are entries whose video was here before the download was ordered. `total_seconds`
    is the playing time of all entries.
    """

    total: int
    done: int
    left_out: int
    failed: int
    stored_already: int
    downloaded_bytes: int
    total_bytes: int | None
    speed_bps: int | None
    eta_seconds: int | None
    percent: int
    total_seconds: int
    pill: str
    word: str
    sentence: str


@dataclasses.dataclass(frozen=True)
class EntryView:
    """An entry in words; `percent` while it is being fetched."""

    word: str
    pill: str
    sentence: str
    percent: int | None = None


# --- numbers --------------------------------------------------------------------------------------------------------------
def summarise(downloads: Sequence[YoutubeDownload]) -> dict[UUID, Summary]:
    """The summary of each download, by its id. One query, however many there are."""
    rows = {row["download_id"]: row for row in _figures([download.pk for download in downloads])} if downloads else {}
    return {download.pk: _summary(download, rows.get(download.pk, {})) for download in downloads}


def _count(condition: Q) -> Count:
    return Count("id", filter=condition)


def _figures(ids: Sequence[UUID]) -> Any:
    running, stored = Q(status=EntryStatus.DOWNLOADING), Q(status__in=ON_DISK)
    part = Case(
        When(
            video__total_bytes__gt=0,
            then=Cast(F("video__downloaded_bytes"), FloatField()) / F("video__total_bytes"),
        ),
        default=Value(0.0),
    )
    return (
        DownloadEntry.objects.filter(download__in=ids)
        .order_by()
        .values("download_id")
        .annotate(
            total=Count("id"),
            done=_count(stored),
            left_out=_count(Q(status=EntryStatus.UNAVAILABLE)),
            failed=_count(Q(status=EntryStatus.FAILED)),
            cancelled=_count(Q(status=EntryStatus.CANCELLED)),
            known_sizes=_count(stored | (running & Q(video__total_bytes__gt=0))),
            stored_already=_count(
                Q(video__stored_at__isnull=False)
                & (Q(download__ordered_at__isnull=True) | Q(video__stored_at__lt=F("download__ordered_at")))
            ),
            stored_bytes=Coalesce(Sum("video__file_bytes", filter=stored), 0, output_field=BigIntegerField()),
            running_bytes=Coalesce(Sum("video__downloaded_bytes", filter=running), 0, output_field=BigIntegerField()),
            running_total=Coalesce(Sum("video__total_bytes", filter=running), 0, output_field=BigIntegerField()),
            running_parts=Coalesce(Sum(part, filter=running), 0.0),
            speed=Sum("video__speed_bps", filter=running),
            seconds=Coalesce(Sum("video__duration_seconds"), 0),
            known_seconds=Coalesce(
                Sum("video__duration_seconds", filter=stored | (running & Q(video__total_bytes__gt=0))), 0
            ),
            wanted_seconds=Coalesce(Sum("video__duration_seconds", filter=stored | Q(status__in=UNSETTLED)), 0),
        )
    )


_NOTHING: dict[str, Any] = dict.fromkeys(
    (
        "total", "done", "left_out", "failed", "cancelled", "known_sizes", "stored_already", "stored_bytes",
        "running_bytes", "running_total", "running_parts", "speed", "seconds", "known_seconds", "wanted_seconds",
    ),
    0,
)  # fmt: skip


def _summary(download: YoutubeDownload, row: dict[str, Any]) -> Summary:
    n = _NOTHING | row
    wanted = n["total"] - n["left_out"] - n["failed"] - n["cancelled"]
    known = n["stored_bytes"] + n["running_total"]
    is_active = download.status in ACTIVE
    speed = int(n["speed"]) if is_active and n["speed"] else None
    word, pill, sentence = _told(download, n)
    return Summary(
        total=n["total"],
        done=n["done"],
        left_out=n["left_out"],
        failed=n["failed"],
        stored_already=n["stored_already"],
        downloaded_bytes=n["stored_bytes"] + n["running_bytes"],
        total_bytes=known if wanted and n["known_sizes"] == wanted else None,
        speed_bps=speed,
        eta_seconds=_eta(n, known, speed),
        percent=_percent(n["done"] + n["running_parts"], wanted, is_finished=bool(n["total"]) and n["done"] == wanted),
        total_seconds=n["seconds"],
        pill=pill,
        word=word,
        sentence=sentence,
    )


def _percent(part: float, wanted: int, *, is_finished: bool) -> int:
    """Of what is wanted, so that what was left out counts for nothing; 100 only when all of it is here."""
    if is_finished:
        return 100
    return min(99, int(100 * part / wanted)) if wanted else 0


def _eta(n: dict[str, Any], known_bytes: int, speed: int | None) -> int | None:
    """Seconds until the last video is here, judged by the sizes known so far; None while nothing can be said."""
    if not speed or not n["known_seconds"]:
        return None
    expected = known_bytes * n["wanted_seconds"] / n["known_seconds"]
    missing = max(0, round(float(expected - n["stored_bytes"] - n["running_bytes"]) / speed))
    return max(missing, round(_beyond_the_burst(n) * _start_seconds()))


def _beyond_the_burst(n: dict[str, Any]) -> int:
    """How many videos have still to wait for the long-run pace."""
    waiting = n["total"] - n["left_out"] - n["failed"] - n["cancelled"] - n["done"]
    return max(0, int(waiting) - settings.DOWNLOAD_BURST)


def _start_seconds() -> float:
    """Seconds between two videos' starts in the long run."""
    return 3600 / float(settings.DOWNLOAD_STARTS_PER_HOUR)


# --- words ------------------------------------------------------------------------------------------------------------------
Told = tuple[str, str, str]  # word, pill, sentence


def _told(download: YoutubeDownload, n: dict[str, Any]) -> Told:
    match download.status:
        case DownloadStatus.PENDING:
            return _told_pending(download, n)
        case DownloadStatus.QUEUED:
            return _("queued"), "info", _("It starts as soon as its turn comes. You can leave this page.")
        case DownloadStatus.DOWNLOADING:
            return _("downloading"), "hot", _progress_sentence(n)
        case DownloadStatus.COMPLETED:
            return _told_completed(download, n)
        case DownloadStatus.DECLINED:
            return _("declined"), "bad", download.decline_reason
        case DownloadStatus.CANCELLED:
            return _("cancelled"), "", _("It was stopped. What had arrived is kept; try again to go on.")
    reason = download.failure_reason or _("Nothing of it could be fetched.")
    return _("failed"), "bad", _("%(reason)s Try again when you like.") % {"reason": reason}


def _told_pending(download: YoutubeDownload, n: dict[str, Any]) -> Told:
    if not download.inspected_at:
        told = _("MediaNest looks at what the list holds. Nothing is downloaded yet.")
        return _("reading the list"), "info", download.failure_reason or told
    if not n["total"]:
        return _("empty"), "warn", _("The list holds no videos.")
    wanted = n["total"] - n["left_out"]
    sentences = [ngettext("%d video can be fetched.", "%d videos can be fetched.", wanted) % wanted]
    if n["stored_already"]:
        already = n["stored_already"]
        sentences.append(ngettext("%d is already here.", "%d are already here.", already) % already)
    return _("not ordered yet"), "info", " ".join([*sentences, *_losses(n)])


def _progress_sentence(n: dict[str, Any]) -> str:
    wanted = n["total"] - n["left_out"]
    arrived = ngettext("%(done)d of %(total)d video is here.", "%(done)d of %(total)d videos are here.", wanted)
    told = [arrived % {"done": n["done"], "total": wanted}, *_losses(n)]
    if _beyond_the_burst(n):
        told.append(
            _("A long list starts one video every %d seconds, so that YouTube stays content.") % _start_seconds()
        )
    return " ".join(told)


def _losses(n: dict[str, Any]) -> list[str]:
    told = []
    if n["left_out"]:
        told.append(
            ngettext("%d is left out because YouTube does not give it.", "%d are left out because YouTube does not give them.", n["left_out"])
            % n["left_out"]
        )  # fmt: skip
    if n["failed"]:
        told.append(ngettext("%d failed and can be tried again.", "%d failed and can be tried again.", n["failed"]) % n["failed"])  # fmt: skip
    return told


def _told_completed(download: YoutubeDownload, n: dict[str, Any]) -> Told:
    here = _progress_sentence(n)
    match download.plex_state:
        case PlexState.DONE:
            place = _("It is in Plex.") if download.is_single else _("The collection in Plex is ready.")
            return _("in Plex"), "ok", f"{place} {here}"
        case PlexState.SCANNING:
            return _("Plex is scanning"), "hot", _("Plex is taking in the files. %s") % here
        case PlexState.WAITING:
            note = download.plex_note or _("Plex has not answered yet.")
            return _("waiting for Plex"), "warn", f"{note} {here}"
        case PlexState.FAILED:
            return _("not in Plex"), "bad", f"{download.plex_note} {here}"
    return _("completed"), "ok", here


def entry_view(entry: DownloadEntry) -> EntryView:
    """An entry with its `video` (select it along) in words."""
    match entry.status:
        case EntryStatus.QUEUED:
            return EntryView(_("queued"), "", entry.reason or _("Waits for its turn."))
        case EntryStatus.DOWNLOADING:
            return _running(entry)
        case EntryStatus.DOWNLOADED:
            return EntryView(_("downloaded"), "info", entry.reason or _("The file is here. Plex comes next."))
        case EntryStatus.SCANNED:
            return EntryView(
                _("seen by Plex"), "info", _("Plex knows the file. Its place in the collection comes next.")
            )
        case EntryStatus.IN_COLLECTION:
            return EntryView(_("in Plex"), "ok", _("Ready to be watched."))
        case EntryStatus.UNAVAILABLE:
            return EntryView(_("left out"), "warn", entry.reason)
        case EntryStatus.FAILED:
            return EntryView(_("failed"), "bad", entry.reason)
    return EntryView(_("cancelled"), "", entry.reason or _("It was stopped before it was here."))


def _running(entry: DownloadEntry) -> EntryView:
    video = entry.video
    if not video.total_bytes:
        return EntryView(_("downloading"), "hot", _("Asks YouTube for the video."), 0)
    percent = min(99, int(100 * video.downloaded_bytes / video.total_bytes))
    if video.downloaded_bytes >= video.total_bytes:
        return EntryView(_("downloading"), "hot", _("Puts picture and sound together."), percent)
    return EntryView(_("downloading"), "hot", _("Arriving now."), percent)
