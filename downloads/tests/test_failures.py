"""What goes wrong at YouTube, as the simulated one does it, and what becomes of it."""

from __future__ import annotations

import sys

import pytest

from accounts.models import User
from downloads import media, storage
from downloads.models import DownloadQueue, DownloadStatus
from downloads.queue_state import notice
from downloads.summary import entry_view, summarise
from downloads.tests import house
from operations.models import Job, JobState
from sandbox.plex import Plex
from sandbox.youtube import YouTube


@pytest.mark.parametrize(
    ("failure", "code"), [("members", "members"), ("age", "age"), ("geo", "region"), ("live_upcoming", "upcoming")]
)
def test_what_youtube_does_not_give_is_left_out_and_hinders_nothing(
    failure: str, code: str, anna: User, youtube: YouTube
) -> None:
    videos = [youtube.add_video("Bad", failure=failure), youtube.add_video("Good")]
    download = house.ordered(anna, youtube.add_playlist("Mixed", videos).url)
    house.work()
    download.refresh_from_db()
    assert house.states(download) == ["unavailable", "downloaded"]
    assert house.reasons(download)[0] == code
    assert download.status == DownloadStatus.COMPLETED
    assert entry_view(house.entry(download, 1)).word == "left out"
    assert summarise([download])[download.pk].left_out == 1


def test_a_list_of_which_nothing_can_be_had_has_failed_and_says_why(anna: User, youtube: YouTube) -> None:
    videos = [youtube.add_video(f"Paid {n}", failure="members") for n in range(2)]
    download = house.ordered(anna, youtube.add_playlist("Paid", videos).url)
    house.work()
    download.refresh_from_db()
    assert (download.status, download.failure_code) == (DownloadStatus.FAILED, "members")
    assert "members" in download.failure_reason


@pytest.mark.parametrize(("failure", "code"), [("forbidden_media", "forbidden"), ("truncated", "unreachable")])
def test_what_may_pass_is_tried_again_and_then_fails_with_a_reason(
    failure: str, code: str, anna: User, youtube: YouTube
) -> None:
    video = youtube.add_video("Shaky", failure=failure)
    download = house.ordered(anna, video.url)
    house.work()
    assert house.states(download) == ["queued"]
    assert house.entry(download, 1).reason_code == code
    house.work_until(lambda: house.is_settled(download))
    assert house.states(download) == ["failed"]
    assert download.status == DownloadStatus.FAILED
    job = Job.objects.get(kind="downloads.fetch")
    assert (job.state, job.failures + 1) == (JobState.FAILED, job.max_attempts)


@pytest.mark.parametrize("failure", ["dropping", "server_error"])
def test_what_passes_ends_well(failure: str, anna: User, youtube: YouTube) -> None:
    video = youtube.add_video("Shaky")
    download = house.ordered(anna, video.url)
    youtube.fail(video.id, failure, times=2)
    house.work_until(lambda: house.is_settled(download))
    assert house.states(download) == ["downloaded"]
    assert media.probe(storage.absolute(house.entry(download, 1).video.file_path)).audio_codec == "aac"


def test_a_server_that_falls_silent_is_left_and_the_rest_is_fetched_later(anna: User, youtube: YouTube) -> None:
    video = youtube.add_video("Silent")
    download = house.ordered(anna, video.url)
    youtube.fail(video.id, "stalled", after=100_000)
    house.work()
    assert house.reasons(download) == ["unreachable"]
    youtube.fail(video.id, None)
    youtube.forget()
    house.work_until(lambda: house.is_settled(download))
    assert house.states(download) == ["downloaded"]
    assert house.first_byte(youtube.media_starts(video.id)[0]) > 50_000


@pytest.mark.parametrize(
    ("failure", "code"), [("bot_check", "bot_check"), ("rate_limited", "rate_limited"), ("http_429", "rate_limited")]
)
def test_when_youtube_asks_for_a_pause_everything_waits_and_goes_on_later(
    failure: str, code: str, anna: User, youtube: YouTube
) -> None:
    download = house.ordered(anna, youtube.add_playlist("Many", 3).url)
    youtube.global_failure = failure
    house.work()
    queue = DownloadQueue.objects.get()
    assert queue.pause_code == code
    assert house.states(download) == ["queued"] * 3
    assert "YouTube asks for a pause" in notice()
    asked = len(youtube.requests)
    house.bring_forward()
    house.work()
    assert len(youtube.requests) == asked, "while it waits nothing is asked"
    youtube.global_failure = None
    DownloadQueue.objects.update(paused_until=queue.updated_at)
    house.work_until(lambda: house.is_settled(download))
    assert house.states(download) == ["downloaded"] * 3
    assert notice() == ""
    assert DownloadQueue.objects.get().pause_count == 0


def test_pauses_in_a_row_double(anna: User, youtube: YouTube) -> None:
    house.ordered(anna, youtube.add_video("One").url)
    youtube.global_failure = "bot_check"
    lengths = []
    for _ in range(2):
        house.bring_forward()
        house.work()
        queue = DownloadQueue.objects.get()
        assert queue.paused_until is not None
        lengths.append((queue.paused_until - queue.updated_at).total_seconds())
        DownloadQueue.objects.update(paused_until=queue.updated_at)
    assert lengths[1] == pytest.approx(2 * lengths[0], abs=2)


def test_a_list_that_does_not_exist_fails_with_its_reason(anna: User, youtube: YouTube) -> None:
    download = house.submitted(anna, "https://www.youtube.com/playlist?list=PLdoesnotexist0000")
    assert download.status == DownloadStatus.FAILED
    assert download.failure_code in ("list_gone", "gone")
    assert summarise([download])[download.pk].word == "failed"


def test_a_private_single_video_fails_with_its_reason(anna: User, youtube: YouTube) -> None:
    download = house.submitted(anna, youtube.add_video("Mine", failure="private").url)
    assert (download.status, download.failure_code) == (DownloadStatus.FAILED, "private")


def test_while_youtube_is_away_the_look_waits_and_says_so(anna: User, youtube: YouTube) -> None:
    playlist = youtube.add_playlist("Later", 2)
    youtube.turn("down")
    download = house.submitted(anna, playlist.url)
    assert (download.status, download.failure_code) == (DownloadStatus.PENDING, "unreachable")
    youtube.turn("up")
    house.work_until(lambda: bool(type(download).objects.get(pk=download.pk).inspected_at))
    download.refresh_from_db()
    assert download.failure_reason == ""
    assert house.states(download) == ["queued", "queued"]


def test_garbage_from_youtube_is_no_crash(anna: User, youtube: YouTube) -> None:
    playlist = youtube.add_playlist("Garbled", 1)
    youtube.turn("garbage")
    download = house.submitted(anna, playlist.url)
    assert download.status in (DownloadStatus.PENDING, DownloadStatus.FAILED)
    assert Job.objects.get(kind="downloads.inspect").error_code != "internal"


def test_a_damaged_file_is_fetched_anew(
    anna: User, youtube: YouTube, plex: Plex, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[int] = []
    real = media.probe

    def probe(file: object) -> media.Probe:
        tries.append(1)
        if len(tries) == 1:
            raise media.Unplayable("cut short")
        return real(file)  # type: ignore[arg-type]

    monkeypatch.setattr(media, "probe", probe)
    download = house.ordered(anna, youtube.add_video("Once more").url)
    house.work()
    assert house.reasons(download) == ["damaged"]
    house.work_until(lambda: house.is_settled(download))
    assert len(tries) == 2
    assert house.states(download) == ["in_collection"]


def test_without_ffmpeg_it_says_what_is_missing(anna: User, youtube: YouTube, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda name: None)
    monkeypatch.setitem(sys.modules, "imageio_ffmpeg", None)
    download = house.ordered(anna, youtube.add_video("Apart").url)
    house.work()
    assert house.reasons(download) == ["no_ffmpeg"]
    assert "ffmpeg is missing" in house.entry(download, 1).reason


def test_a_file_shorter_than_announced_is_not_called_done(anna: User, youtube: YouTube) -> None:
    download = house.ordered(anna, youtube.add_video("Half", duration=600).url)
    house.work()
    assert house.reasons(download) == ["damaged"]
    assert house.films() == []
