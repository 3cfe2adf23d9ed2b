"""A playlist that was fetched whole and is in Plex. Its files are not there: nobody needs them to see the page."""

from __future__ import annotations

import datetime as dt

from downloads.models import (
    DownloadEntry,
    DownloadProfile,
    DownloadStatus,
    EntryStatus,
    PlexState,
    Video,
    YoutubeDownload,
)
from maintenance.household.people import Household

LIST_ID = "PLdemoOfTheHarbourAtDusk00001"
_CHANNEL = "Small Boats Weekly"
_VIDEOS = (
    ("demoDusk001", "Harbour at dusk", 312),
    ("demoDusk002", "How to tie up in a crosswind", 488),
    ("demoDusk003", "The lighthouse, inside", 641),
)


def make(household: Household) -> str:
    ordered = household.ago(days=2)
    download = YoutubeDownload.objects.create(
        user=household.moderator,
        playlist_url=f"https://www.youtube.com/playlist?list={LIST_ID}",
        playlist_id=LIST_ID,
        playlist_title="Harbour evenings",
        channel=_CHANNEL,
        status=DownloadStatus.COMPLETED,
        profile=DownloadProfile.objects.filter(is_default=True).first(),
        file_paths=[_path(name) for _id, name, _seconds in _VIDEOS],
        plex_state=PlexState.DONE,
        inspected_at=ordered,
        ordered_at=ordered,
        completed_at=ordered + dt.timedelta(minutes=6),
    )
    for position, (video_id, name, seconds) in enumerate(_VIDEOS, start=1):
        video, _new = Video.objects.get_or_create(
            video_id=video_id,
            defaults={
                "title": name,
                "channel": _CHANNEL,
                "duration_seconds": seconds,
                "published_on": (household.now - dt.timedelta(days=30 * position)).date(),
                "file_path": _path(name),
                "file_bytes": seconds * 400_000,
                "downloaded_bytes": seconds * 400_000,
                "total_bytes": seconds * 400_000,
                "video_codec": "h264",
                "audio_codec": "aac",
                "height": 1080,
                "stored_at": ordered + dt.timedelta(minutes=2 * position),
            },
        )
        DownloadEntry.objects.create(
            download=download, video=video, position=position, status=EntryStatus.IN_COLLECTION
        )
    return f"{download.playlist_title} with {len(_VIDEOS)} videos"


def _path(name: str) -> str:
    return f"{_CHANNEL}/{name}.mp4"
