"""Interruptions and crashes between any two steps: running again mends it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.models import User
from downloads import actions, fetching, settling, storage
from downloads.models import DownloadStatus, EntryStatus, Video, YoutubeDownload
from downloads.tests import house
from operations import jobs, lease
from operations.models import Job, JobState
from sandbox.plex import Plex
from sandbox.youtube import YouTube

RATE = 200_000  # bytes a second: slow enough to be interrupted


@pytest.fixture
def shutting_down(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    event = threading.Event()
    monkeypatch.setattr(lease, "_shutting_down", event)
    return event


def test_a_worker_that_is_stopped_keeps_what_has_arrived(
    anna: User, youtube: YouTube, shutting_down: threading.Event
) -> None:
    video = youtube.add_video("Long", size="large")
    download = house.ordered(anna, video.url)
    youtube.rate = RATE
    with house.Worker():
        house.wait_for(lambda: _arrived(video.id) > 100_000, "some bytes")
        shutting_down.set()
        lease.keeper.stop_all(jobs.Interrupted)
        house.wait_for(lambda: not Job.objects.filter(state=JobState.RUNNING).exists(), "the job put back")
    assert house.states(download) == ["queued"]
    assert house.leftovers() == [video.id]
    shutting_down.clear()
    youtube.rate = None
    youtube.forget()
    house.work_until(lambda: house.is_settled(download))
    assert house.states(download) == ["downloaded"]
    assert house.first_byte(youtube.media_starts(video.id)[0]) > 50_000
    assert house.leftovers() == []


def _arrived(video_id: str) -> int:
    return Video.objects.get(video_id=video_id).downloaded_bytes


WORKER = """
import django, sys
django.setup()
from operations import runner
runner.work("downloads")
"""


def test_a_worker_killed_in_mid_file_costs_nothing_but_time(
    anna: User, youtube: YouTube, plex: Plex, settings: Settings
) -> None:
    video = youtube.add_video("Long", size="large")
    download = house.ordered(anna, video.url)
    fetching.start(download.pk)
    youtube.rate = RATE
    worker = _worker(settings)
    try:
        house.wait_for(lambda: _arrived(video.id) > 100_000, "some bytes")
    finally:
        worker.send_signal(signal.SIGKILL)
        worker.wait()
    job = Job.objects.get(kind="downloads.fetch")
    assert job.state == JobState.RUNNING
    youtube.rate = None
    youtube.forget()
    Job.objects.filter(pk=job.pk).update(lease_until=timezone.now())
    jobs.sweep()
    house.work_until(lambda: house.is_settled(download))
    assert house.states(download) == ["in_collection"]
    assert house.first_byte(youtube.media_starts(video.id)[0]) > 50_000
    assert len(house.films()) == 1
    assert house.leftovers() == []


def _worker(settings: Settings) -> subprocess.Popen[bytes]:
    """A worker of its own, on the tests' database."""
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "medianest.settings",
        "DATABASE_URL": _test_database(os.environ["DATABASE_URL"]),
        "DOWNLOAD_ROOT": str(settings.DOWNLOAD_ROOT),
        "MEDIANEST_DATA": str(settings.DATA_DIR),
        "DOWNLOAD_MIN_FREE_MB": "0",
        "YTDLP_PROXY": settings.YTDLP_PROXY,
        "YTDLP_NO_CHECK_CERTIFICATE": "1",
    }
    return subprocess.Popen([sys.executable, "-c", WORKER], env=environment)


def _test_database(url: str) -> str:
    return urlsplit(url)._replace(path=f"/{connection.settings_dict['NAME']}").geturl()


@pytest.mark.parametrize("step", ["arrived", "settle_all"])
def test_a_crash_after_the_file_was_placed_fetches_nothing_again(
    step: str, anna: User, youtube: YouTube, monkeypatch: pytest.MonkeyPatch
) -> None:
    video = youtube.add_video("Once")
    download = house.ordered(anna, video.url)
    with monkeypatch.context() as patch:
        patch.setattr(settling, step, _crash)
        with pytest.raises(_Crash):
            house.work()
    assert len(house.films()) == 1
    youtube.forget()
    _lose_leases()
    house.work_until(lambda: house.is_settled(download))
    assert house.states(download) == ["downloaded"]
    assert download.status == DownloadStatus.COMPLETED
    assert youtube.media_starts(video.id) == []
    assert len(house.films()) == 1
    assert house.leftovers() == []


class _Crash(BaseException):
    """As if the process had ended: nothing catches it."""


def _crash(*_: object, **__: object) -> None:
    raise _Crash


def _lose_leases() -> None:
    Job.objects.filter(state=JobState.RUNNING).update(lease_until=timezone.now())
    jobs.sweep()


def test_a_crash_between_merging_and_placing_fetches_nothing_again(
    anna: User, youtube: YouTube, monkeypatch: pytest.MonkeyPatch
) -> None:
    video = youtube.add_video("Once")
    download = house.ordered(anna, video.url)
    with monkeypatch.context() as patch:
        patch.setattr(storage, "place", _crash)
        with pytest.raises(_Crash):
            house.work()
    assert house.films() == []
    youtube.forget()
    _lose_leases()
    house.work_until(lambda: house.is_settled(download))
    assert house.states(download) == ["downloaded"]
    assert youtube.media_starts(video.id) == []


def test_a_film_somebody_took_away_is_fetched_again(anna: User, ben: User, youtube: YouTube) -> None:
    video = youtube.add_video("Gone")
    house.fetched(anna, video.url)
    storage.absolute(Video.objects.get().file_path).unlink()
    download = house.fetched(ben, video.url)
    assert house.states(download) == ["downloaded"]
    assert len(house.films()) == 1


def test_a_film_that_was_taken_away_is_not_shown_and_its_lists_say_so(
    anna: User, ben: User, youtube: YouTube, plex: Plex
) -> None:
    video = youtube.add_video("Gone too")
    annas = house.fetched(anna, youtube.add_playlist("Annas", [video, youtube.add_video("Stays")]).url)
    storage.absolute(house.entry(annas, 1).video.file_path).unlink()
    bens = house.submitted(ben, video.url)
    youtube.fail(video.id, "private")
    actions.order(user=ben, download=bens)
    house.work_until(lambda: house.is_settled(bens))
    assert house.states(annas) == ["failed", "in_collection"]
    assert house.entry(annas, 1).reason == "The file was taken away."
    actions.publish_again(user=anna, download=annas)
    house.work_until(lambda: house.is_settled(annas))
    assert annas.plex_state == "done"
    assert len(plex.collections()[0].items) == 1
    youtube.fail(video.id, None)
    actions.retry(user=anna, download=annas)
    house.work_until(lambda: house.is_settled(annas))
    assert house.states(annas) == ["in_collection"] * 2
    assert "" not in annas.file_paths


def test_an_entry_without_its_file_is_neither_settled_nor_shown_as_here(
    anna: User, youtube: YouTube, plex: Plex
) -> None:
    download = house.fetched(anna, youtube.add_playlist("Blank", 2).url)
    Video.objects.filter(pk=house.entry(download, 1).video_id).update(file_path="", stored_at=None, plex_rating_key="")
    YoutubeDownload.objects.filter(pk=download.pk).update(status="downloading")
    settling.settle(download.pk)
    house.work_until(lambda: house.is_settled(download))
    assert download.file_paths == [house.entry(download, 2).video.file_path]
    assert download.plex_state == "done"


def test_a_worker_that_never_comes_back_ends_in_a_reason(anna: User, youtube: YouTube) -> None:
    download = house.ordered(anna, youtube.add_video("Doomed").url)
    fetching.start(download.pk)
    for _ in range(10):
        house.bring_forward()
        if jobs.claim_next("downloads") is None:
            break
        _lose_leases()
    download.refresh_from_db()
    assert house.states(download) == [EntryStatus.FAILED]
    assert download.status == DownloadStatus.FAILED
    assert download.failure_reason


def test_another_worker_in_the_same_folder_is_waited_for(anna: User, youtube: YouTube) -> None:
    video = youtube.add_video("Twice")
    download = house.ordered(anna, video.url)
    with storage.work_folder(video.id):
        house.work()
        assert Job.objects.get(kind="downloads.fetch").error_code == "busy"
    house.work_until(lambda: house.is_settled(download))
    assert house.states(download) == ["downloaded"]


def test_nothing_is_believed_of_a_note_without_its_file(tmp_path: Path, settings: Settings) -> None:
    settings.DOWNLOAD_ROOT = tmp_path
    assert storage.placed(tmp_path) is None
    (tmp_path / "placed.json").write_text("{not json")
    assert storage.placed(tmp_path) is None
    (tmp_path / "placed.json").write_text('{"title": "x"}')
    assert storage.placed(tmp_path) is None
