"""Clearing away and mending: what was lost on the way is found again, and what is in use stays."""

from __future__ import annotations

import os
import time
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from downloads import actions, fetching, links, promises, storage, tasks
from downloads.models import DownloadEntry, Video, YoutubeDownload
from downloads.tests import house
from operations.models import Job, JobState
from sandbox.youtube import YouTube


def make_folder(video_id: str, *, age: float = 0) -> None:
    with storage.work_folder(video_id) as folder:
        (folder / "film.part").write_bytes(b"x")
    moment = time.time() - age
    for path in (*folder.iterdir(), folder):
        os.utime(path, (moment, moment))


def tidy() -> None:
    tasks.tidy()
    house.work()


@pytest.mark.usefixtures("house")
def test_old_folders_without_work_go_and_young_ones_stay() -> None:
    make_folder("aaaaaaaaaaa", age=2 * 86_400)
    make_folder("bbbbbbbbbbb", age=60)
    tidy()
    assert house.leftovers() == ["bbbbbbbbbbb"]


@pytest.mark.usefixtures("house")
def test_folders_of_what_still_waits_stay_however_old() -> None:
    make_folder("aaaaaaaaaaa", age=9 * 86_400)
    promises.fetch("aaaaaaaaaaa")
    Job.objects.filter(kind="downloads.fetch").update(run_after=timezone.now() + timedelta(days=1))
    tidy()
    assert house.leftovers() == ["aaaaaaaaaaa"]


@pytest.mark.usefixtures("house")
@pytest.mark.parametrize("state", [JobState.CANCELLED, JobState.DONE])
def test_folders_of_what_is_over_go_at_once(state: str) -> None:
    make_folder("aaaaaaaaaaa")
    promises.fetch("aaaaaaaaaaa")
    Job.objects.update(state=state)
    tidy()
    assert house.leftovers() == []


@pytest.mark.usefixtures("house")
def test_a_folder_somebody_works_in_is_left_alone() -> None:
    make_folder("aaaaaaaaaaa", age=9 * 86_400)
    with storage.work_folder("aaaaaaaaaaa"):
        tidy()
        assert house.leftovers() == ["aaaaaaaaaaa"]


def test_lost_promises_are_made_again(anna: User, youtube: YouTube) -> None:
    download = house.ordered(anna, youtube.add_playlist("Lost", 2).url)
    fetching.start(download.pk)
    Job.objects.all().delete()
    tidy()
    house.work_until(lambda: house.is_settled(download))
    assert house.states(download) == ["downloaded"] * 2


def test_a_lost_look_is_promised_again(anna: User, youtube: YouTube) -> None:
    download = actions.submit(user=anna, link=links.parse(youtube.add_playlist("Unseen", 1).url))
    Job.objects.all().delete()
    tidy()
    assert YoutubeDownload.objects.get(pk=download.pk).inspected_at


def test_a_lost_wait_for_plex_is_promised_again(anna: User, youtube: YouTube) -> None:
    download = house.fetched(anna, youtube.add_video("Here").url)
    Job.objects.all().delete()
    tidy()
    assert Job.objects.filter(idempotency_key=promises.publish_key(download.pk), state=JobState.QUEUED).exists()


def test_a_download_whose_end_was_lost_is_ended(anna: User, youtube: YouTube) -> None:
    download = house.ordered(anna, youtube.add_video("Nearly").url)
    DownloadEntry.objects.update(status="failed", reason="It did not work.")
    Job.objects.all().delete()
    tidy()
    download.refresh_from_db()
    assert (download.status, download.failure_reason) == ("failed", "It did not work.")


def test_what_is_in_order_is_left_alone(anna: User, youtube: YouTube) -> None:
    download = house.fetched(anna, youtube.add_playlist("Fine", 2).url)
    before = (house.states(download), house.films(), len(youtube.requests))
    tidy()
    assert (house.states(download), house.films(), len(youtube.requests)) == before


def test_videos_of_discarded_lists_are_forgotten_and_stored_ones_are_not(anna: User, youtube: YouTube) -> None:
    kept = house.fetched(anna, youtube.add_video("Kept").url)
    gone = house.submitted(anna, youtube.add_playlist("Gone", 2).url)
    actions.discard(user=anna, download=gone)
    actions.discard(user=anna, download=kept)
    Video.objects.update(created_at=timezone.now() - timedelta(days=2))
    tidy()
    assert list(Video.objects.values_list("title", flat=True)) == ["Kept"]
