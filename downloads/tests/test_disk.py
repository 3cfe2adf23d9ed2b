"""No room on the disk: the queue stops with a notice and goes on by itself."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from accounts.models import User
from downloads import storage
from downloads.models import DownloadQueue
from downloads.queue_state import notice
from downloads.tests import house
from operations.models import Job
from sandbox.youtube import YouTube


def test_below_the_reserve_nothing_starts_and_it_goes_on_when_there_is_room(
    anna: User, youtube: YouTube, settings: Settings
) -> None:
    settings.DOWNLOAD_MIN_FREE_MB = 10**9
    download = house.ordered(anna, youtube.add_playlist("Heavy", 2).url)
    house.work()
    assert "too little free space" in notice()
    assert house.states(download) == ["queued"] * 2
    assert house.films() == []
    settings.DOWNLOAD_MIN_FREE_MB = 0
    house.work_until(lambda: house.is_settled(download))
    assert house.states(download) == ["downloaded"] * 2
    assert notice() == ""


def test_what_is_too_large_for_the_disk_is_not_begun(
    anna: User, youtube: YouTube, monkeypatch: pytest.MonkeyPatch
) -> None:
    video = youtube.add_video("Huge")
    download = house.ordered(anna, video.url)
    monkeypatch.setattr(storage, "free_bytes", lambda: 400_000)
    house.work()
    assert "too little free space" in notice()
    assert youtube.media_starts(video.id) == []
    assert house.reasons(download) == ["disk_full"]
    monkeypatch.undo()
    house.work_until(lambda: house.is_settled(download))
    assert house.states(download) == ["downloaded"]


def test_a_small_video_that_fits_ends_the_wait_of_the_others(
    anna: User, youtube: YouTube, monkeypatch: pytest.MonkeyPatch
) -> None:
    download = house.ordered(anna, youtube.add_playlist("Four", 4).url)
    with monkeypatch.context() as patch:
        patch.setattr(storage, "free_bytes", lambda: 0)
        house.work()
        assert Job.objects.filter(error_code="disk_full").count() == 4
    Job.objects.filter(pk=Job.objects.filter(error_code="disk_full").first().pk).update(run_after="2020-01-01T00:00Z")  # type: ignore[union-attr]
    DownloadQueue.objects.update(paused_until=None)
    house.work()
    assert house.states(download) == ["downloaded"] * 4, "the first to fit brought the others forward"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 2 MB."""
    if os.geteuid() != 0:
        pytest.skip("mounting a small tmpfs needs root")
    place = tmp_path / "small"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", place], check=False, capture_output=True
    )
    if mounted.returncode:
        pytest.skip("this machine does not let a tmpfs be mounted")
    yield place
    subprocess.run(["umount", "-l", place], check=True)


@pytest.mark.parametrize("ballast", [1_990_000, 1_300_000], ids=["while writing", "while merging"])
def test_a_disk_that_fills_up_on_the_way(
    ballast: int, anna: User, youtube: YouTube, settings: Settings, small_disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.DOWNLOAD_ROOT = small_disk / "media"
    download = house.ordered(anna, youtube.add_video("Film").url)
    (small_disk / "ballast").write_bytes(b"\0" * ballast)
    with monkeypatch.context() as patch:
        patch.setattr("downloads.pacing.has_room", lambda needed: True)
        house.work()
    assert "too little free space" in notice()
    assert house.states(download) == ["queued"]
    assert house.films() == []
    house.bring_forward()
    house.work()
    assert house.films() == []
    (small_disk / "ballast").unlink()
    house.work_until(lambda: house.is_settled(download))
    assert house.states(download) == ["downloaded"]
    assert notice() == ""
    assert len(house.films()) == 1
