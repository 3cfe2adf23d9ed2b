"""Bringing what has arrived into Plex: scan, wait until it is found, collection in the playlist's order.

Runs as often as something arrives, each time over all that is here, so every step may be repeated.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from downloads import storage
from downloads.models import DownloadEntry, EntryStatus, PlexState, Video, YoutubeDownload
from downloads.querysets import ACTIVE
from medianest.lib.http import ProviderError
from medianest.lib.locks import held_if_free
from operations.jobs import Cancelled, GiveUp, Wait
from operations.lease import Run
from operations.models import Job
from services import connections
from services.providers.base import CanHoldVideos, Section

log = structlog.get_logger(__name__)

SCAN_PAUSES = (1, 1, 2, 3, 5, 8, 13, 20, 30, 60, 120, 300)  # seconds between two looks for files in Plex
AWAY_PAUSES = (5, 10, 15, 30, 60, 120, 300)  # seconds between two tries while Plex cannot be used
SCAN_EVERY = 4  # looks
MOST_LOOKS = 40
BUSY_SECONDS = 5


def publish(run: Run, download_id: UUID) -> None:
    """Show everything of a download that is here. Raises Wait until it is done, and GiveUp."""
    download = YoutubeDownload.objects.filter(pk=download_id).first()
    if download is None:
        return
    entries = _here(download)
    if not entries:
        _tell(run, download, PlexState.NONE, "")
        return
    counted = _counted(run, entries)
    plex = connections.first(CanHoldVideos)  # type: ignore[type-abstract]  # a capability is asked for, not made
    if plex is None:
        raise _away(run, download, counted, _("No Plex is connected yet. The administrator can do that in the set-up."))
    try:
        missing = _show(run, plex, download, entries, counted["look"])
    except ProviderError as error:
        raise _away(run, download, counted, error.sentence) from error
    look = counted["look"]
    run.report(entries=len(entries), look=look + 1, away=0)
    if not missing:
        _finished(download)
    elif look >= MOST_LOOKS:
        raise GiveUp(code="not_found", reason=_not_found(missing))
    else:
        _tell(run, download, PlexState.SCANNING, "")
        raise Wait(_pause(SCAN_PAUSES, look), code="scanning", reason=_("Plex is still scanning."))


def gave_up(download_id: UUID, reason: str) -> None:
    """The job has failed for good."""
    _write(download_id, PlexState.FAILED, reason)


def _here(download: YoutubeDownload) -> list[DownloadEntry]:
    return list(download.entries.on_disk().select_related("video").order_by("position"))


def _counted(run: Run, entries: list[DownloadEntry]) -> dict[str, int]:
    """How often Plex was looked into, and how often it was away, for just these entries; more of them count anew."""
    before: dict[str, Any] = run.job.progress
    same = before.get("entries") == len(entries)
    counted = {name: int(before.get(name, 0)) if same else 0 for name in ("look", "away")}
    return {"entries": len(entries), **counted}


def _pause(pauses: tuple[int, ...], number: int) -> int:
    return pauses[min(number, len(pauses) - 1)]


# --- the steps ----------------------------------------------------------------------------------------------------------
def _show(run: Run, plex: CanHoldVideos, download: YoutubeDownload, entries: list[DownloadEntry], look: int) -> int:
    """Find, scan and gather; how many files Plex has not found yet. Raises ProviderError."""
    section = plex.video_section(Path(settings.DOWNLOAD_ROOT))
    run.breathe()
    _find(plex, section, {entry.video_id: entry.video for entry in entries}.values())
    missing = {entry.video for entry in entries if not entry.video.plex_rating_key}
    if look % SCAN_EVERY == 0:
        for folder in sorted({storage.absolute(video.file_path).parent for video in missing}):
            run.breathe()
            plex.scan(section, folder)
    found = [entry for entry in entries if entry.video.plex_rating_key]
    _advance(found, EntryStatus.SCANNED, EntryStatus.DOWNLOADED)
    run.breathe()
    if found and not download.is_single:
        _gather(run, plex, section, download)
    _advance(found, EntryStatus.IN_COLLECTION, EntryStatus.SCANNED)
    return len(missing)


def _find(plex: CanHoldVideos, section: Section, videos: Any) -> None:
    """Ask Plex for all files anew, so that a library that was rebuilt does no harm."""
    by_name = {Path(video.file_path).name: video for video in videos}
    keys = plex.find_files(section, set(by_name))
    changed = []
    for name, video in by_name.items():
        if video.plex_rating_key != keys.get(name, ""):
            video.plex_rating_key = keys.get(name, "")
            changed.append(video)
    Video.objects.bulk_update(sorted(changed, key=lambda video: video.pk), ["plex_rating_key"])


def _advance(entries: list[DownloadEntry], status: EntryStatus, before: EntryStatus) -> None:
    ids = [entry.pk for entry in entries]
    DownloadEntry.objects.filter(pk__in=ids, status=before).update(status=status, updated_at=timezone.now())


def _gather(run: Run, plex: CanHoldVideos, section: Section, download: YoutubeDownload) -> None:
    """One collection for a playlist, however many people handed it in. Raises Wait while another run is at it."""
    with held_if_free(f"downloads.collection:{download.playlist_id}") as is_ours:
        if not is_ours:
            _tell(run, download, PlexState.SCANNING, "")
            raise Wait(BUSY_SECONDS, code="busy", reason=_("Another worker is making the collection."))
        same = YoutubeDownload.objects.of_playlist(download.playlist_url)
        known = same.exclude(plex_collection_id="").order_by("created_at").values_list("plex_collection_id", flat=True)
        key = plex.put_collection(
            section,
            title=download.playlist_title,
            rating_keys=_in_order(download.playlist_url),
            collection_key=known.first() or "",
        )
        same.exclude(plex_collection_id=key).update(plex_collection_id=key)


def _in_order(playlist_url: str) -> list[str]:
    """The rating keys of all that is here of a playlist, as the latest look at it had them, each once."""
    same = YoutubeDownload.objects.of_playlist(playlist_url)
    entries = DownloadEntry.objects.on_disk().filter(download__in=same)
    shown = entries.exclude(video__plex_rating_key="").order_by("-download__inspected_at", "download", "position")
    return list(dict.fromkeys(shown.values_list("video__plex_rating_key", flat=True)))


# --- telling ------------------------------------------------------------------------------------------------------------
@transaction.atomic
def _tell(run: Run, download: YoutubeDownload, state: PlexState, note: str) -> None:
    """Raises Cancelled when the job was asked to stop: whoever asked has written how the list stands then.

    They write both in one transaction, so the job is asked about only once nobody else has the list's row.
    """
    YoutubeDownload.objects.select_for_update(of=("self",)).filter(pk=download.pk).first()
    if Job.objects.filter(pk=run.job.pk, cancel_requested_at__isnull=False).exists():
        raise Cancelled
    _write(download.pk, state, note)


def _write(download_id: UUID, state: PlexState, note: str) -> None:
    same = YoutubeDownload.objects.filter(pk=download_id)
    same.update(plex_state=state, plex_note=note[:300], updated_at=timezone.now())


def _finished(download: YoutubeDownload) -> None:
    """All that was here at the beginning is in Plex; it is done unless more has arrived or may still arrive."""
    on_the_way = DownloadEntry.objects.on_disk().filter(
        download=OuterRef("pk"), status__in=(EntryStatus.DOWNLOADED, EntryStatus.SCANNED)
    )
    YoutubeDownload.objects.filter(~Exists(on_the_way), pk=download.pk).exclude(status__in=ACTIVE).update(
        plex_state=PlexState.DONE, plex_note="", updated_at=timezone.now()
    )
    log.info("download_shown", download_id=str(download.pk))


def _away(run: Run, download: YoutubeDownload, counted: dict[str, int], sentence: str) -> Wait:
    """Plex cannot be used: the outcome of the job. What was looked for in vain before counts no longer."""
    run.report(entries=counted["entries"], look=0, away=counted["away"] + 1)
    note = _("Waiting for Plex: %(reason)s") % {"reason": sentence}
    _tell(run, download, PlexState.WAITING, note)
    return Wait(_pause(AWAY_PAUSES, counted["away"]), code="plex_away", reason=note)


def _not_found(missing: int) -> str:
    return (
        ngettext(
            "Plex does not show %d of the files, although it was asked to scan.",
            "Plex does not show %d of the files, although it was asked to scan.",
            missing,
        )
        % missing
    )
