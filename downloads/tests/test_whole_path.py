"""From a pasted link to a collection in Plex."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings

from accounts.models import User
from downloads import fetching, images, media, promises, settling, storage
from downloads.models import DownloadStatus, EntryStatus, PlexState, Video
from downloads.tests import house
from sandbox.plex import Plex
from sandbox.youtube import YouTube

IN, OUT = EntryStatus.IN_COLLECTION, EntryStatus.UNAVAILABLE


@pytest.fixture
def garden(youtube: YouTube) -> str:
    """A playlist of six: the second is private, the fourth deleted, the fifth for members."""
    videos = [
        youtube.add_video("Spring", duration=None),
        youtube.add_video("Hidden", failure="private"),
        youtube.add_video("Summer"),
        youtube.add_video("Lost", failure="deleted"),
        youtube.add_video("Paid", failure="members"),
        youtube.add_video("Autumn"),
    ]
    return youtube.add_playlist("Garden", videos).url


def test_the_preview_tells_what_the_list_holds(anna: User, youtube: YouTube, garden: str) -> None:
    download = house.submitted(anna, garden)
    assert (download.status, download.playlist_title, download.channel) == ("pending", "Garden", "Quiet Corner")
    assert house.states(download) == ["queued", OUT, "queued", OUT, "queued", "queued"]
    assert house.reasons(download) == ["", "private", "", "gone", "", ""]
    assert house.entry(download, 1).video.title == "Spring"
    assert house.entry(download, 1).video.duration_seconds


def test_pictures_of_the_list_are_fetched_for_the_preview(anna: User, youtube: YouTube, garden: str) -> None:
    download = house.submitted(anna, garden)
    picture = images.thumbnail(house.entry(download, 1).video.video_id)
    assert picture is not None
    assert picture.read_bytes().startswith(b"\xff\xd8\xff")


def test_nothing_is_fetched_before_it_is_ordered(anna: User, youtube: YouTube, garden: str) -> None:
    house.submitted(anna, garden)
    house.work()
    assert house.films() == []


def test_everything_that_can_be_had_ends_in_the_collection_in_order(
    anna: User, youtube: YouTube, plex: Plex, garden: str
) -> None:
    download = house.fetched(anna, garden)
    assert (download.status, download.plex_state) == (DownloadStatus.COMPLETED, PlexState.DONE)
    assert house.states(download) == [IN, OUT, IN, OUT, OUT, IN]
    assert house.reasons(download) == ["", "private", "", "gone", "members", ""]
    (collection,) = plex.collections()
    assert collection.title == "Garden"
    wanted = [storage.absolute(house.entry(download, n).video.file_path) for n in (1, 3, 6)]
    assert [Path(item) for item in collection.items] == wanted
    assert download.plex_collection_id == str(collection.rating_key)
    assert download.file_paths == [str(path.relative_to(settings.DOWNLOAD_ROOT)) for path in wanted]
    assert house.leftovers() == []


def test_files_are_mp4_with_h264_and_aac_of_the_right_length(
    anna: User, youtube: YouTube, plex: Plex, garden: str
) -> None:
    house.fetched(anna, garden)
    for video in Video.objects.exclude(file_path=""):
        probe = media.probe(storage.absolute(video.file_path))
        assert (probe.video_codec, probe.audio_codec, probe.height) == ("h264", "aac", 720)
        assert probe.seconds == pytest.approx(youtube.videos[video.video_id].duration, abs=0.5)
        assert (video.video_codec, video.audio_codec, video.height) == ("h264", "aac", 720)
        assert video.file_bytes == storage.absolute(video.file_path).stat().st_size


def test_files_are_named_by_channel_date_title_and_id(anna: User, youtube: YouTube, plex: Plex, garden: str) -> None:
    download = house.fetched(anna, garden)
    video = house.entry(download, 1).video
    assert video.file_path == f"Quiet Corner/2025-03-01 - Spring [{video.video_id}].mp4"
    assert storage.absolute(video.thumbnail_path).read_bytes().startswith(b"\xff\xd8\xff")


def test_a_single_video_is_shown_without_a_collection(anna: User, youtube: YouTube, plex: Plex) -> None:
    video = youtube.add_video("Alone")
    download = house.fetched(anna, video.url)
    assert (download.status, download.plex_state, download.is_single) == ("completed", "done", True)
    assert house.states(download) == [IN]
    assert plex.collections() == []
    assert len(plex.items("YouTube")) == 1


def test_every_step_may_be_repeated(anna: User, youtube: YouTube, plex: Plex, garden: str) -> None:
    download = house.fetched(anna, garden)
    before, starts = plex.collections(), len(youtube.requests)
    fetching.start(download.pk)
    settling.settle(download.pk)
    for video in Video.objects.all():
        promises.fetch(video.video_id)
    promises.publish(download.pk)
    promises.tidy()
    house.work_until(lambda: not house.waiting_jobs())
    assert house.states(download) == [IN, OUT, IN, OUT, OUT, IN]
    assert plex.collections() == before
    assert len(youtube.requests) == starts
    assert len(house.films()) == 3
