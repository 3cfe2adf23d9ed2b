"""Stopping: at once, leaving nothing behind, and without taking away what others want."""

from __future__ import annotations

import stat
import sys
from pathlib import Path

import imageio_ffmpeg
import psutil
import pytest
from pytest_django.fixtures import Settings

from accounts.models import User
from downloads import actions, fetching, links
from downloads.models import DownloadStatus, EntryStatus, Video, YoutubeDownload
from downloads.tests import house
from operations.models import Job, JobState
from sandbox.youtube import YouTube

SLOW_FFMPEG = """#!{python}
import os, sys, time
if "-movflags" in sys.argv:
    open({flag!r}, "w").close()
    time.sleep(600)
os.execv({real!r}, [{real!r}, *sys.argv[1:]])
"""


def running_programs(word: str) -> list[psutil.Process]:
    return [child for child in psutil.Process().children(recursive=True) if any(word in part for part in words(child))]


def words(process: psutil.Process) -> list[str]:
    """What a process was started with; nothing once it is gone."""
    try:
        return process.cmdline()
    except psutil.NoSuchProcess:
        return []


def test_cancelling_while_bytes_arrive_stops_and_leaves_nothing(anna: User, youtube: YouTube) -> None:
    video = youtube.add_video("Long", size="large")
    download = house.ordered(anna, video.url)
    youtube.rate = 100_000
    with house.Worker():
        house.wait_for(lambda: Video.objects.get().downloaded_bytes > 0, "the first bytes")
        actions.cancel(user=anna, download=download)
        house.wait_for(lambda: not Job.objects.filter(state=JobState.RUNNING).exists(), "the end of the job")
        house.wait_for(lambda: house.leftovers() == [], "nothing left")
    assert Job.objects.get(kind="downloads.fetch").state == JobState.CANCELLED
    download.refresh_from_db()
    assert download.status == DownloadStatus.CANCELLED
    assert house.states(download) == [EntryStatus.CANCELLED]
    assert house.films() == []


def test_cancelling_while_ffmpeg_works_ends_it(
    anna: User, youtube: YouTube, settings: Settings, tmp_path: Path
) -> None:
    flag, slow = tmp_path / "merging", tmp_path / "ffmpeg"
    slow.write_text(SLOW_FFMPEG.format(python=sys.executable, flag=str(flag), real=imageio_ffmpeg.get_ffmpeg_exe()))
    slow.chmod(slow.stat().st_mode | stat.S_IXUSR)
    settings.FFMPEG = str(slow)
    video = youtube.add_video("Merged")
    download = house.ordered(anna, video.url)
    with house.Worker():
        house.wait_for(flag.exists, "ffmpeg to begin")
        assert running_programs(video.id)
        actions.cancel(user=anna, download=download)
        house.wait_for(lambda: Job.objects.get(kind="downloads.fetch").state == JobState.CANCELLED, "the end")
        house.wait_for(lambda: house.leftovers() == [], "nothing left")
    assert running_programs(video.id) == []
    assert house.films() == []


def test_cancelling_while_the_server_is_silent_does_not_wait_for_it(anna: User, youtube: YouTube) -> None:
    video = youtube.add_video("Silent")
    download = house.ordered(anna, video.url)
    youtube.fail(video.id, "stalled")
    with house.Worker():
        house.wait_for(lambda: bool(youtube.media_starts(video.id)), "the transfer")
        actions.cancel(user=anna, download=download)
        house.wait_for(lambda: Job.objects.get(kind="downloads.fetch").state == JobState.CANCELLED, "the end")
    assert house.leftovers() == []


def test_cancelling_what_still_waits_ends_it_at_once(anna: User, youtube: YouTube) -> None:
    download = house.ordered(anna, youtube.add_playlist("Waiting", 3).url)
    fetching.start(download.pk)
    actions.cancel(user=anna, download=download)
    assert set(Job.objects.filter(kind="downloads.fetch").values_list("state", flat=True)) == {"cancelled"}
    assert house.states(download) == ["cancelled"] * 3
    house.work()
    assert house.films() == []


def test_what_somebody_else_wants_goes_on(anna: User, ben: User, youtube: YouTube) -> None:
    shared, mine = youtube.add_video("Shared"), youtube.add_video("Only Anna's")
    hers = house.submitted(anna, youtube.add_playlist("Hers", [shared, mine]).url)
    his = house.ordered(ben, youtube.add_playlist("His", [shared]).url)
    actions.order(user=anna, download=hers)
    fetching.start(hers.pk)
    fetching.start(his.pk)
    actions.cancel(user=anna, download=hers)
    house.work_until(lambda: house.is_settled(his))
    assert house.states(his) == ["downloaded"]
    assert house.states(hers) == ["cancelled"] * 2
    assert len(house.films()) == 1


def test_what_has_arrived_stays(anna: User, youtube: YouTube) -> None:
    good, stuck = youtube.add_video("Good"), youtube.add_video("Stuck", failure="forbidden_media")
    download = house.ordered(anna, youtube.add_playlist("Half", [good, stuck]).url)
    house.work()
    actions.cancel(user=anna, download=download)
    assert house.states(download) == ["downloaded", "cancelled"]
    assert len(house.films()) == 1


def test_trying_again_after_cancelling_goes_on(anna: User, youtube: YouTube) -> None:
    video = youtube.add_video("Changed my mind", size="large")
    download = house.ordered(anna, video.url)
    youtube.rate = 100_000
    with house.Worker(threads=2):
        house.wait_for(lambda: Video.objects.get().downloaded_bytes > 0, "the first bytes")
        actions.cancel(user=anna, download=download)
        actions.retry(user=anna, download=download)
        youtube.rate = None
        house.wait_for(lambda: house.is_settled(download), "the download")
    assert house.states(download) == ["downloaded"]
    assert len(house.films()) == 1


def test_a_look_at_a_list_can_be_cancelled(anna: User, youtube: YouTube) -> None:
    youtube.turn("hang", 30)
    download = actions.submit(user=anna, link=links.parse(youtube.add_playlist("Unseen", 1).url))
    actions.cancel(user=anna, download=download)
    youtube.turn("up")
    house.work()
    assert YoutubeDownload.objects.get().status == DownloadStatus.CANCELLED
    assert Job.objects.get(kind="downloads.inspect").state == JobState.CANCELLED


@pytest.mark.parametrize("status", ["completed", "failed", "cancelled", "declined"])
def test_what_is_at_an_end_cannot_be_cancelled(status: str, anna: User, youtube: YouTube) -> None:
    download = house.submitted(anna, youtube.add_video("Over").url)
    YoutubeDownload.objects.update(status=status, decline_reason="Too long.")
    with pytest.raises(actions.CannotCancel):
        actions.cancel(user=anna, download=download)
