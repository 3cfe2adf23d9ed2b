"""Downloads in every state, made directly: what pages show does not depend on how a state came about."""

from __future__ import annotations

import itertools
from typing import Any

from django.utils import timezone

from accounts.models import User
from downloads.actions import PROFILES
from downloads.models import DownloadEntry, DownloadProfile, EntryStatus, Video, YoutubeDownload

_number = itertools.count(1)


def video(**fields: Any) -> Video:
    number = next(_number)
    values: dict[str, Any] = {"title": f"Video {number}", "duration_seconds": 600, **fields}
    if values.pop("stored", False):
        values |= {"file_path": f"a/{number}.mp4", "file_bytes": 1_000_000, "stored_at": timezone.now()}
    return Video.objects.create(video_id=f"v{number:010}", **values)


def download(user: User, *, title: str = "Garden year", **fields: Any) -> YoutubeDownload:
    """A playlist somebody pasted; being looked at unless `fields` say otherwise."""
    number = next(_number)
    values = {"playlist_id": f"PL{number:012}", "playlist_url": f"https://www.youtube.com/playlist?list={number}"}
    return YoutubeDownload.objects.create(user=user, playlist_title=title, **values, **fields)


def fill(owner: YoutubeDownload, *states: str, **video_fields: Any) -> list[DownloadEntry]:
    """One entry for each state, in order."""
    on_disk = (EntryStatus.DOWNLOADED, EntryStatus.SCANNED, EntryStatus.IN_COLLECTION)
    return [
        DownloadEntry.objects.create(
            download=owner, position=n, status=state, video=video(stored=state in on_disk, **video_fields)
        )
        for n, state in enumerate(states, start=1)
    ]


def preview(user: User, *states: str, **fields: Any) -> YoutubeDownload:
    made = download(user, inspected_at=timezone.now(), **fields)
    fill(made, *(states or ("queued", "queued")))
    return made


def ordered(user: User, *states: str, status: str = "downloading", **fields: Any) -> YoutubeDownload:
    now = fields.get("completed_at") or timezone.now()
    made = download(user, status=status, inspected_at=now, ordered_at=now, **fields)
    fill(made, *(states or ("in_collection", "downloading", "queued")))
    return made


def profiles() -> None:
    """The profiles that every installation starts with."""
    DownloadProfile.objects.bulk_create(DownloadProfile(**values) for values in PROFILES)
