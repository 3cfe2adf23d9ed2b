"""What tests of leaving do again and again."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from accounts.models import User
from catalog.models import MediaItem
from downloads.models import YoutubeDownload
from maintenance.models import PersonalExport
from notifications.models import Notification, NotificationChannel
from operations import runner
from requests_app.models import MediaRequest
from watchlists.models import Viewing, WatchlistEntry

SECRET = "https://hooks.example/t0p-s3cret"


def belongings_of(person: User, film: MediaItem) -> None:
    MediaRequest.objects.create(
        user=person,
        created_by=person,
        media_item=film,
        title=film.title,
        media_type="movie",
        tmdb_id=film.tmdb_id,
        note="=2+2 please",
    )
    WatchlistEntry.objects.create(user=person, media_item=film, notes="Private thoughts.")
    Viewing.objects.create(user=person, media_item=film)
    YoutubeDownload.objects.create(
        user=person, playlist_url="https://www.youtube.com/playlist?list=PLx", playlist_id="PLx"
    )
    Notification.objects.create(user=person, event="request.available", title="It is there.")
    NotificationChannel.objects.create(user=person, kind="webhook", name="Mine", address=SECRET)


def worked() -> int:
    """Do what was promised, in this process; how many jobs that were."""
    return runner.work("default")


def archive_of(export: PersonalExport) -> zipfile.ZipFile:
    return zipfile.ZipFile(Path(settings.DATA_DIR) / "exports" / export.path)


def part(archive: zipfile.ZipFile, name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(archive.read(f"{name}.json"))
    return found


def table(archive: zipfile.ZipFile, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(archive.read(f"{name}.csv").decode())))


def now_is_past(export: PersonalExport) -> None:
    PersonalExport.objects.filter(pk=export.pk).update(expires_at=timezone.now())
