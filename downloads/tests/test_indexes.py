"""Over a hundred thousand downloads, entries and videos, each list, count and look-up goes through its index."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.models import User
from downloads.models import DownloadEntry, Video, YoutubeDownload
from medianest.tests.plans import add_people, assert_uses, indexes_on, run
from medianest.tests.rules import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
LIST = "https://www.youtube.com/playlist?list=PL7"
MOST = 100_000


@pytest.fixture
def lists() -> None:
    """A hundred thousand lists of a thousand people, nearly all completed and in Plex, each with one video of its own."""
    add_people()
    run(
        "INSERT INTO youtube_downloads (id, user_id, playlist_url, playlist_id, is_single, playlist_title, channel, status,"
        " visibility, file_paths, plex_state, plex_note, plex_collection_id, is_cut_off, decline_reason, failure_code,"
        " failure_reason, inspected_at, ordered_at, created_at, updated_at)"
        " SELECT md5('list' || n)::uuid, md5('person' || (n % 1000 + 1))::uuid,"
        " 'https://www.youtube.com/playlist?list=PL' || n, 'PL' || n, false, '', '',"
        " CASE n / 1000 WHEN 1 THEN 'downloading' WHEN 2 THEN 'pending' ELSE 'completed' END,"
        " 'shared', '[]', CASE WHEN n % 5000 = 3 THEN 'waiting' ELSE 'done' END, '', '', false, '', '', '',"
        " now(), now(), now() - n * interval '1 minute', now()"
        f" FROM generate_series(1, {MOST}) n"
    )
    run(
        "INSERT INTO videos (id, video_id, title, channel, channel_id, file_path, video_codec, audio_codec, thumbnail_path,"
        " plex_rating_key, stored_at, downloaded_bytes, created_at, updated_at)"
        " SELECT md5('video' || n)::uuid, 'v' || lpad(n::text, 10, '0'), '', '', '',"
        " CASE WHEN n % 1000 = 1 THEN '' ELSE n || '.mp4' END, '', '', '', '',"
        " CASE WHEN n % 1000 = 1 THEN NULL ELSE now() END, 0, now() - n * interval '1 minute', now()"
        f" FROM generate_series(1, {MOST}) n"
    )
    run(
        "INSERT INTO download_entries (id, download_id, video_id, position, status, reason_code, reason, created_at,"
        " updated_at) SELECT gen_random_uuid(), md5('list' || n)::uuid, md5('video' || n)::uuid, 1,"
        " CASE WHEN n % 1000 = 1 THEN 'queued' ELSE 'in_collection' END, '', '', now(), now()"
        f" FROM generate_series(1, {MOST}) n"
    )
    run("ANALYZE users, youtube_downloads, videos, download_entries")


@pytest.mark.usefixtures("lists")
def test_lists_of_downloads_use_their_indexes() -> None:
    person = User.objects.get(username="person7")
    moderator = User(role="MODERATOR")
    downloads = YoutubeDownload.objects
    assert_uses(downloads.filter(user=person).order_by("-created_at", "-id")[:21], "downloads_user_created")
    assert_uses(downloads.visible_to(person).order_by("-created_at", "-id")[:21], "downloads_created")
    assert_uses(downloads.visible_to(moderator).order_by("-created_at", "-id")[:21], "downloads_created")
    assert_uses(downloads.filter(user=person).active(), "downloads_user_status")
    assert_uses(downloads.filter(user=person, status="pending"), "downloads_user_status")
    assert_uses(downloads.active(), "downloads_status_created")
    assert_uses(downloads.filter(status="declined").order_by("-created_at")[:50], "downloads_status_created")
    assert_uses(downloads.filter(status="pending", inspected_at=None), "downloads_status_created")
    assert_uses(downloads.open().filter(user=person, playlist_url=LIST), "downloads_url_hash")
    assert_uses(downloads.of_playlist(LIST), "downloads_url_hash")
    assert_uses(downloads.on_the_way_to_plex(), "downloads_to_show")


@pytest.mark.usefixtures("lists")
def test_entries_and_videos_are_found_by_their_indexes() -> None:
    one = YoutubeDownload.objects.get(playlist_id="PL1007")
    assert_uses(one.entries.in_order()[:51], "entries_position_unique")
    assert_uses(one.entries.unsettled(), *indexes_on("download_entries", "download_id"))
    assert_uses(
        DownloadEntry.objects.on_disk().filter(download__in=YoutubeDownload.objects.of_playlist(LIST)),
        *indexes_on("download_entries", "download_id"),
    )
    assert_uses(
        DownloadEntry.objects.filter(video__video_id="v0000001001").unsettled(),
        *indexes_on("download_entries", "video_id"),
    )
    assert_uses(DownloadEntry.objects.order_by("download_id", "position")[:50], "entries_position_unique")
    assert_uses(
        YoutubeDownload.objects.active().filter(entries__video__video_id="v0000001001"),
        *indexes_on("youtube_downloads", "id"),
        "downloads_status_created",
    )
    assert_uses(Video.objects.not_stored_since(NOW - timedelta(days=1)), "videos_not_stored")
    assert_uses(Video.objects.order_by("-stored_at")[:50], "videos_stored")
    assert_uses(Video.objects.filter(video_id="v0000001001"), *indexes_on("videos", "video_id"))
