"""What was written before there were rules is mended by the migration that adds them."""

from __future__ import annotations

import importlib
from datetime import timedelta

import pytest
from django.apps import apps
from django.db import connection

from downloads.models import DownloadProfile, DownloadQueue, Video, YoutubeDownload
from medianest.tests.rules import NOW

pytestmark = pytest.mark.django_db
RULES = {
    "youtube_downloads": [
        "downloads_declined_with_reason",
        "downloads_end_after_start",
        "downloads_sync_not_too_often",
    ],
    "videos": ["videos_bytes_not_negative"],
    "download_profiles": ["profile_subtitles_shape"],
    "download_queue": ["download_queue_tokens"],
}


@pytest.fixture
def _before_the_rules() -> None:
    with connection.cursor() as cursor:
        for table, rules in RULES.items():
            for rule in rules:
                cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {rule}")


@pytest.mark.usefixtures("_before_the_rules")
def test_rows_from_before_the_rules_keep_them_afterwards() -> None:
    list_ = YoutubeDownload(
        playlist_url="https://www.youtube.com/playlist?list=PLgarden0001",
        playlist_id="PLgarden0001",
        status="declined",
        ordered_at=NOW,
        completed_at=NOW - timedelta(days=1),
        sync_interval=timedelta(minutes=5),
    )
    video = Video(video_id="abc_DEF-123", downloaded_bytes=-7, total_bytes=5)
    profile = DownloadProfile(name="Small", slug="small", subtitles="en;pt-BR, de")
    queue, _ = DownloadQueue.objects.get_or_create(pk=True)
    queue.tokens = -0.5
    for row in (list_, video, profile, queue):
        row.save()
    importlib.import_module("downloads.migrations.0007_rules").mend(apps, None)
    for row in (list_, video, profile, queue):
        row.refresh_from_db()
        row.validate_constraints()
    assert (list_.decline_reason, list_.completed_at) == ("No reason was given.", NOW)
    assert (video.downloaded_bytes, video.total_bytes, video.file_bytes) == (0, 5, None)
    assert profile.subtitles == "en,pt-BR, de"
