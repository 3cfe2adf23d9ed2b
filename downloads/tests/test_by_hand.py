"""“Try again” and “Cancel” on a job, in the admin, lead to the lists behind it."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from downloads import actions, links, promises, tidying
from downloads.models import YoutubeDownload
from downloads.tests import house
from operations import jobs, lease, runner
from operations.models import Job, JobState, SecurityEvent
from sandbox.plex import Plex
from sandbox.youtube import YouTube
from services import connections

JOBS = reverse("admin:operations_job_changelist")


def asked(client: Client, action: str, kind: str) -> str:
    """Do `action` with the one job of this kind; what the page says."""
    chosen = {"action": action, "_selected_action": [str(Job.objects.get(kind=kind).pk)]}
    return client.post(JOBS, chosen, follow=True).content.decode()


def given_up(kind: str, code: str = "internal") -> None:
    """The job of this kind has failed for good, with what follows from that."""
    Job.objects.filter(kind=kind).update(state=JobState.QUEUED)
    job = jobs.claim_next(Job.objects.get(kind=kind).queue)
    assert job is not None
    assert job.kind == kind
    jobs.fail(job, code=code, reason="It broke.", final=True)


def fresh(download: YoutubeDownload) -> YoutubeDownload:
    download.refresh_from_db()
    return download


def started(user: User, youtube: YouTube) -> YoutubeDownload:
    """Ordered, and its one video promised."""
    download = house.ordered(user, youtube.add_video("One").url)
    runner.work("default")
    return download


def test_a_stopped_video_is_not_promised_again(anna: User, administrators: Client, youtube: YouTube) -> None:
    download = started(anna, youtube)
    assert "1 job was asked to stop." in asked(administrators, "cancel", promises.FETCH)
    assert house.states(download) == ["failed"]
    assert house.reasons(download) == ["stopped"]
    assert fresh(download).status == "failed"
    tidying.mend()
    assert not Job.objects.live().filter(kind=promises.FETCH).exists()
    assert SecurityEvent.objects.get(kind="job.cancel").detail == {"job": promises.FETCH}


def test_a_lost_video_is_fetched_for_everyone_who_waited(
    anna: User, ben: User, administrators: Client, youtube: YouTube
) -> None:
    url = youtube.add_video("One").url
    looked_at = [(person, house.submitted(person, url)) for person in (anna, ben)]
    waiting, stopped = [actions.order(user=person, download=download) for person, download in looked_at]
    runner.work("default")
    actions.cancel(user=ben, download=stopped)
    given_up(promises.FETCH)
    assert house.states(waiting) == ["failed"]
    assert "1 job is queued again." in asked(administrators, "try_again", promises.FETCH)
    house.work_until(lambda: house.is_settled(waiting))
    assert house.states(waiting) == ["downloaded"]
    assert house.states(stopped) == ["cancelled"]


def test_a_video_nobody_waits_for_is_not_fetched(anna: User, administrators: Client, youtube: YouTube) -> None:
    download = started(anna, youtube)
    actions.cancel(user=anna, download=download)
    page = asked(administrators, "try_again", promises.FETCH)
    assert "No list waits for this video any more." in page
    assert "0 jobs are queued again." in page
    assert not SecurityEvent.objects.filter(kind="job.try_again").exists()


def test_a_stopped_look_ends_the_list_and_another_try_looks_again(
    anna: User, administrators: Client, youtube: YouTube
) -> None:
    link = links.parse(youtube.add_video("One").url)
    download = actions.submit(user=anna, link=link)
    asked(administrators, "cancel", promises.INSPECT)
    assert fresh(download).status == "cancelled"
    asked(administrators, "try_again", promises.INSPECT)
    house.work()
    assert fresh(download).inspected_at is not None


def test_a_look_that_failed_for_good_is_done_again(anna: User, administrators: Client, youtube: YouTube) -> None:
    download = actions.submit(user=anna, link=links.parse(youtube.add_video("One").url))
    given_up(promises.INSPECT)
    assert fresh(download).status == "failed"
    asked(administrators, "try_again", promises.INSPECT)
    house.work()
    assert (fresh(download).status, download.failure_reason) == ("pending", "")
    assert download.inspected_at is not None


def test_a_start_that_failed_is_done_again(anna: User, administrators: Client, youtube: YouTube) -> None:
    download = house.ordered(anna, youtube.add_video("One").url)
    given_up(promises.START)
    asked(administrators, "try_again", promises.START)
    house.work_until(lambda: house.is_settled(download))
    assert house.states(download) == ["downloaded"]


def test_showing_in_plex_is_stopped_and_done_again(
    anna: User, administrators: Client, youtube: YouTube, plex: Plex
) -> None:
    download = started(anna, youtube)
    runner.work("downloads")
    asked(administrators, "cancel", promises.PUBLISH)
    assert (fresh(download).plex_state, download.status) == ("failed", "completed")
    tidying.mend()
    assert not Job.objects.live().filter(kind=promises.PUBLISH).exists()
    asked(administrators, "try_again", promises.PUBLISH)
    house.work_until(lambda: fresh(download).plex_state == "done")


@pytest.mark.parametrize("mode", ["up", "down"])
def test_showing_in_plex_is_stopped_while_it_runs(
    mode: str,
    anna: User,
    administrators: Client,
    youtube: YouTube,
    plex: Plex,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    download = started(anna, youtube)
    runner.work("downloads")
    plex.turn(mode)
    monkeypatch.setattr(lease, "RENEW_EVERY", 60.0)  # the run does not hear of it from its keeper
    find = connections.first

    def found_while_it_is_stopped(*wanted: Any) -> Any:
        if YoutubeDownload.objects.get().plex_state != "failed":
            asked(administrators, "cancel", promises.PUBLISH)
        return find(*wanted)

    monkeypatch.setattr(connections, "first", found_while_it_is_stopped)
    runner.work("default")
    assert (fresh(download).plex_state, download.plex_note) == (
        "failed",
        "An administrator stopped showing it in Plex.",
    )
    assert Job.objects.get(kind=promises.PUBLISH).state == JobState.CANCELLED
    tidying.mend()
    assert not Job.objects.live().filter(kind=promises.PUBLISH).exists()


def test_a_list_that_was_removed_is_no_error(anna: User, administrators: Client, youtube: YouTube) -> None:
    download = actions.submit(user=anna, link=links.parse(youtube.add_video("One").url))
    download.delete()
    assert "The list was removed meanwhile." in asked(administrators, "cancel", promises.INSPECT)
