"""The shared pace: how many start, when the next may, and that waiting is spread out."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.models import User
from downloads import pacing, promises
from downloads.models import DownloadQueue
from downloads.queue_state import notice
from downloads.tests import house
from operations import jobs
from operations.models import Job
from sandbox.youtube import YouTube

pytestmark = pytest.mark.usefixtures("house")


@pytest.fixture(autouse=True)
def _slow(settings: Settings, house: None) -> None:
    settings.DOWNLOAD_BURST = 2
    settings.DOWNLOAD_STARTS_PER_HOUR = 360  # one in ten seconds


def waited() -> jobs.Wait:
    with pytest.raises(jobs.Wait) as outcome:
        pacing.admit()
    return outcome.value


def test_a_burst_starts_at_once_and_then_one_after_the_other() -> None:
    pacing.admit()
    pacing.admit()
    assert waited().code == "pace"
    assert waited().seconds == pytest.approx(10, abs=2)


def test_time_gives_tokens_back_up_to_the_burst() -> None:
    pacing.admit()
    pacing.admit()
    DownloadQueue.objects.update(refilled_at=timezone.now() - timedelta(seconds=11))
    pacing.admit()
    assert waited().code == "pace"
    DownloadQueue.objects.update(refilled_at=timezone.now() - timedelta(days=9))
    pacing.admit()
    pacing.admit()
    assert waited().code == "pace"


@pytest.mark.parametrize(("ahead", "seconds"), [(1, 20), (50, pacing.PACE_SECONDS)])
def test_those_who_wait_are_spread_out_but_never_sent_far_away(ahead: int, seconds: float) -> None:
    pacing.admit()
    pacing.admit()
    later = timezone.now() + timedelta(hours=1)
    for number in range(ahead):
        promises.fetch(f"video{number:06}")
    Job.objects.update(error_code="pace", run_after=later)
    assert waited().seconds == pytest.approx(seconds, abs=2)


def test_a_pause_lasts_longer_each_time_up_to_a_limit() -> None:
    lengths = []
    for _ in range(6):
        lengths.append(pacing.pause("bot_check", "asked").seconds)
        DownloadQueue.objects.update(paused_until=timezone.now())
    assert lengths == pytest.approx([3600, 7200, 14_400, 28_800, 28_800, 28_800], abs=2)


def test_several_who_find_out_at_once_count_as_one() -> None:
    first = pacing.pause("bot_check", "asked").seconds
    assert pacing.pause("rate_limited", "asked").seconds == pytest.approx(first, abs=2)
    assert DownloadQueue.objects.get().pause_count == 1


def test_after_a_pause_it_begins_gently() -> None:
    pacing.pause("bot_check", "asked")
    assert waited().code == "paused"
    DownloadQueue.objects.update(paused_until=timezone.now(), refilled_at=timezone.now())
    pacing.admit()
    assert waited().code == "pace"


def test_a_success_during_the_pause_does_not_end_it() -> None:
    pacing.pause("bot_check", "asked")
    pacing.succeeded()
    assert notice()
    DownloadQueue.objects.update(paused_until=timezone.now() - timedelta(seconds=1))
    pacing.succeeded()
    assert DownloadQueue.objects.get().pause_count == 0


def test_an_administrator_may_end_a_pause(anna: User, youtube: YouTube) -> None:
    download = house.ordered(anna, youtube.add_video("Now").url)
    pacing.pause("bot_check", "asked")
    house.work()
    assert house.states(download) == ["queued"]
    pacing.resume()
    house.work()
    assert house.states(download) == ["downloaded"]


def test_lists_are_not_looked_at_during_a_pause(anna: User, youtube: YouTube) -> None:
    pacing.pause("bot_check", "asked")
    download = house.submitted(anna, youtube.add_playlist("Later", 1).url)
    assert download.inspected_at is None
    assert download.failure_reason == "Waits because YouTube asks for a pause."
    assert youtube.requests == []
    pacing.resume()
    house.work()
    download.refresh_from_db()
    assert download.inspected_at
    assert download.failure_reason == ""


def test_a_disk_that_is_full_does_not_shorten_a_pause(settings: Settings) -> None:
    pacing.pause("bot_check", "asked")
    pacing.disk_full()
    assert DownloadQueue.objects.get().pause_code == "bot_check"


def test_while_the_disk_is_full_one_at_a_time_looks_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pacing, "DISK_SECONDS", 60)
    pacing.disk_full()
    assert waited().code == "disk_full"
    DownloadQueue.objects.update(paused_until=timezone.now())
    pacing.admit()
    assert waited().code == "disk_full"
    pacing.room_found()
    pacing.admit()
