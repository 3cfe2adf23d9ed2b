"""A look at a list ends in time, however slowly YouTube answers."""

from __future__ import annotations

import threading
import time

import pytest

from accounts.models import User
from downloads import actions, deadline, inspecting, links, promises
from downloads.deadline import Check, Late, within
from downloads.models import YoutubeDownload
from downloads.tests import house
from operations.models import Job, JobState
from sandbox.youtube import YouTube


def nothing() -> None:
    pass


# --- the limit itself -------------------------------------------------------------------------------------------------------
def test_what_is_done_in_time_is_given_back() -> None:
    assert within(5, lambda check: 7, breathe=nothing) == 7


def test_what_is_raised_in_time_is_raised() -> None:
    def fail(check: Check) -> None:
        raise TimeoutError("its own")

    with pytest.raises(TimeoutError, match="its own"):
        within(5, fail, breathe=nothing)


def test_what_takes_too_long_is_given_up_and_ends_at_its_next_step() -> None:
    go_on, ended = threading.Event(), threading.Event()

    def drip(check: Check) -> None:
        go_on.wait(house.PATIENCE)
        try:
            check()
        except Late:
            ended.set()
            raise

    began = time.monotonic()
    with pytest.raises(Late):
        within(0.3, drip, breathe=nothing)
    assert time.monotonic() - began < house.PATIENCE / 2
    go_on.set()
    assert ended.wait(house.PATIENCE)


def test_whoever_waits_breathes_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deadline, "NAP", 0.02)

    def stop() -> None:
        raise InterruptedError

    released = threading.Event()
    with pytest.raises(InterruptedError):
        within(house.PATIENCE, lambda check: released.wait(house.PATIENCE), breathe=stop)
    released.set()


# --- a look at a list -------------------------------------------------------------------------------------------------------
@pytest.fixture
def slow(youtube: YouTube, monkeypatch: pytest.MonkeyPatch) -> YouTube:
    """Each answer comes before anybody loses patience with it, but all of them together take too long."""
    monkeypatch.setattr(inspecting, "LOOK_SECONDS", 1.5)
    youtube.latency = 1.0
    return youtube


@pytest.mark.usefixtures("slow")
def test_a_look_that_drags_on_ends_and_is_tried_again_later(
    anna: User, youtube: YouTube, monkeypatch: pytest.MonkeyPatch
) -> None:
    download = actions.submit(user=anna, link=links.parse(youtube.add_playlist("Endless", 450).url))
    house.work()
    job = Job.objects.get(kind=promises.INSPECT)
    assert (job.state, job.error_code, job.failures) == (JobState.QUEUED, "too_slow", 1)
    download.refresh_from_db()
    assert (download.status, download.failure_code) == ("pending", "too_slow")
    assert download.failure_reason == "YouTube answers too slowly at the moment."
    asked = len(youtube.requests)
    youtube.latency = 0  # what is under way is answered, and nothing is asked after it
    house.wait_for(lambda: not [one for one in threading.enumerate() if one.name == "within"], "the end of the look")
    assert len(youtube.requests) == asked
    monkeypatch.setattr(inspecting, "LOOK_SECONDS", house.PATIENCE)
    house.work_until(lambda: YoutubeDownload.objects.get().inspected_at is not None)
    assert download.entries.count() == 450


@pytest.mark.usefixtures("slow")
def test_a_look_that_drags_on_for_ever_fails_with_its_reason(anna: User, youtube: YouTube) -> None:
    download = actions.submit(user=anna, link=links.parse(youtube.add_playlist("Endless", 450).url))
    Job.objects.update(failures=3)
    house.work()
    download.refresh_from_db()
    assert (download.status, download.failure_reason) == ("failed", "YouTube answers too slowly at the moment.")
