"""Each rule of the downloads' tables is broken once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import models

from accounts.models import User
from downloads.models import DownloadEntry, DownloadProfile, DownloadQueue, Video, YoutubeDownload
from medianest.tests.rules import NOW, assert_refused, rules_of

pytestmark = pytest.mark.django_db
URL = "https://www.youtube.com/playlist?list=PLgarden0001"


def profile(**said: Any) -> DownloadProfile:
    return DownloadProfile(**{"name": "Small", "slug": "small", **said})


def download(**said: Any) -> YoutubeDownload:
    return YoutubeDownload(**{"playlist_url": URL, "playlist_id": "PLgarden0001", **said})


def video(**said: Any) -> Video:
    return Video(**{"video_id": "abc_DEF-123", **said})


def entry(**said: Any) -> DownloadEntry:
    list_ = YoutubeDownload.objects.create(playlist_url=URL, playlist_id="PLgarden0001")
    film, _ = Video.objects.get_or_create(video_id="abc_DEF-123")
    return DownloadEntry(**{"download": list_, "video": film, "position": 1, **said})


def same_place() -> DownloadEntry:
    first = entry()
    first.save()
    return DownloadEntry(download=first.download, video=first.video, position=1)


def second_default() -> DownloadProfile:
    profile(is_default=True).save()
    return profile(name="Large", slug="large", is_default=True)


BROKEN: dict[str, Callable[[], models.Model]] = {
    "one_default_profile": second_default,
    "profile_height_sane": lambda: profile(max_height=100),
    "profile_subtitles_shape": lambda: profile(subtitles="en;de"),
    "downloads_status_known": lambda: download(status="asleep"),
    "downloads_plex_state_known": lambda: download(plex_state="asleep"),
    "downloads_visibility_known": lambda: download(visibility="some"),
    "downloads_declined_with_reason": lambda: download(status="declined"),
    "downloads_end_after_start": lambda: download(ordered_at=NOW, completed_at=NOW - timedelta(seconds=1)),
    "downloads_sync_not_too_often": lambda: download(sync_interval=timedelta(minutes=59)),
    "videos_stored_has_file": lambda: video(file_path="a/b.mp4"),
    "videos_id_shape": lambda: video(video_id="../abc_DEF-"),
    "videos_bytes_not_negative": lambda: video(total_bytes=-1),
    "entries_position_unique": same_place,
    "entries_status_known": lambda: entry(status="asleep"),
    "download_queue_one_row": lambda: DownloadQueue(id=False),
    "download_queue_tokens": lambda: DownloadQueue(tokens=-0.5),
}


def test_no_rule_is_forgotten_here() -> None:
    assert set(BROKEN) == rules_of("downloads")


@pytest.mark.parametrize("rule", BROKEN)
def test_a_broken_rule_is_refused_with_its_sentence(rule: str) -> None:
    assert_refused(BROKEN[rule](), rule)


@pytest.mark.parametrize("number", ["file_bytes", "downloaded_bytes", "total_bytes", "speed_bps"])
def test_no_number_of_bytes_is_negative(number: str) -> None:
    stored = {"file_path": "a/b.mp4", "stored_at": NOW}
    assert_refused(video(**stored, **{number: -1}), "videos_bytes_not_negative")


@pytest.mark.parametrize("paths", [["/etc/passwd"], ["a/../../b.mp4"], [""], ["a.mp4", "a.mp4"], {"a": 1}, [7]])
def test_files_are_named_below_the_download_folder_only(paths: object) -> None:
    with pytest.raises(ValidationError) as said:
        download(file_paths=paths).save()
    assert list(said.value.message_dict) == ["file_paths"]
    with pytest.raises(ValidationError) as said:
        download(file_paths=paths).clean_fields(exclude=["user"])
    assert "file_paths" in said.value.message_dict


def test_whole_rows_are_taken(anna: User) -> None:
    profile(subtitles="en, pt-BR").save()
    download(status="declined", decline_reason="Too long.").save()
    paths = ["Garden/One… [abc_DEF-123].mp4", "Garden/..hidden.mp4"]
    download(user=anna, ordered_at=NOW, completed_at=NOW, file_paths=paths, sync_interval=timedelta(days=1)).save()
    video(file_path="a/b.mp4", stored_at=NOW, file_bytes=0, total_bytes=5, speed_bps=0).save()
    entry().save()
    assert YoutubeDownload.objects.get(user=anna).file_paths == paths
