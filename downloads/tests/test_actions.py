"""What people may do when, and what is said when they may not."""

from __future__ import annotations

import threading

import pytest
from django.db import connection
from django.http import Http404
from pytest_django.fixtures import Settings

from accounts.models import User
from downloads import access, actions, fetching, links
from downloads.models import TRANSITIONS, DownloadProfile, DownloadStatus, EntryStatus, Video, YoutubeDownload
from downloads.tests import house
from downloads.tests.views import making
from medianest.lib.errors import Cannot
from operations.models import Job, JobState
from sandbox.youtube import YouTube


@pytest.fixture
def looked(anna: User, youtube: YouTube) -> YoutubeDownload:
    """Anna's list of three, looked at and not ordered."""
    return house.submitted(anna, youtube.add_playlist("Three", 3).url)


def test_ordering_takes_the_default_profile(anna: User, looked: YoutubeDownload) -> None:
    making.profiles()
    download = actions.order(user=anna, download=looked)
    assert (download.status, download.profile) == ("queued", DownloadProfile.objects.get(is_default=True))
    assert download.ordered_at


def test_ordering_takes_the_profile_that_was_chosen(anna: User, youtube: YouTube, looked: YoutubeDownload) -> None:
    small = DownloadProfile.objects.create(slug="small", name="Small", max_height=360)
    actions.order(user=anna, download=looked, profile=small)
    house.work()
    assert set(Video.objects.values_list("height", flat=True)) == {360}


def test_subtitles_of_the_profile_lie_beside_the_film(
    anna: User, youtube: YouTube, looked: YoutubeDownload, settings: Settings
) -> None:
    english = DownloadProfile.objects.create(slug="en", name="With subtitles", max_height=720, subtitles="en, de")
    actions.order(user=anna, download=looked, profile=english)
    house.work()
    film = house.films()[0]
    assert (settings.DOWNLOAD_ROOT / film).with_suffix(".en.srt").read_text().strip()


def test_a_list_being_looked_at_cannot_be_ordered(anna: User, youtube: YouTube) -> None:
    download = actions.submit(user=anna, link=links.parse(youtube.add_playlist("Soon", 1).url))
    with pytest.raises(actions.CannotOrder, match="still looking"):
        actions.order(user=anna, download=download)


def test_what_was_removed_meanwhile_says_so(anna: User, looked: YoutubeDownload) -> None:
    entry = looked.entries.select_related("download").first()
    assert entry
    actions.discard(user=anna, download=YoutubeDownload.objects.get(pk=looked.pk))
    for act, refusal in (
        (actions.order, actions.CannotOrder),
        (actions.cancel, actions.CannotCancel),
        (actions.retry, actions.CannotRetry),
        (actions.publish_again, actions.CannotPublish),
        (actions.discard, actions.CannotDiscard),
    ):
        with pytest.raises(refusal, match="removed meanwhile"):
            act(user=anna, download=looked)
    with pytest.raises(actions.CannotRetry, match="removed meanwhile"):
        actions.retry_entry(user=anna, entry=entry)


def test_a_list_of_nothing_cannot_be_ordered(anna: User, youtube: YouTube) -> None:
    download = house.submitted(anna, youtube.add_playlist("Empty", []).url)
    with pytest.raises(actions.CannotOrder, match="nothing in this list"):
        actions.order(user=anna, download=download)


def test_two_orders_at_once_are_one(anna: User, looked: YoutubeDownload) -> None:
    start, refused = threading.Barrier(2), []

    def act() -> None:
        try:
            start.wait()
            actions.order(user=anna, download=looked)
        except actions.CannotOrder as error:
            refused.append(error.sentence)
        finally:
            connection.close()

    people = [threading.Thread(target=act) for _ in range(2)]
    for one in people:
        one.start()
    for one in people:
        one.join(house.PATIENCE)
    assert len(refused) == 1
    assert Job.objects.filter(kind="downloads.start").count() == 1


def test_cancelling_and_ordering_at_once_leave_one_decision(anna: User, looked: YoutubeDownload) -> None:
    start = threading.Barrier(2)

    def act(what: object) -> None:
        try:
            start.wait()
            what(user=anna, download=looked)  # type: ignore[operator]
        except Cannot:
            pass
        finally:
            connection.close()

    people = [threading.Thread(target=act, args=(what,)) for what in (actions.cancel, actions.order)]
    for one in people:
        one.start()
    for one in people:
        one.join(house.PATIENCE)
    house.work()
    looked.refresh_from_db()
    assert looked.status == DownloadStatus.CANCELLED
    assert set(house.states(looked)) == {EntryStatus.CANCELLED} or looked.ordered_at is None


def test_failed_entries_can_be_tried_again_together(anna: User, youtube: YouTube) -> None:
    good = youtube.add_video("Good")
    bad = [youtube.add_video(f"Bad {n}", failure="forbidden_media") for n in range(2)]
    download = house.ordered(anna, youtube.add_playlist("Partly", [good, *bad]).url)
    house.work_until(lambda: house.is_settled(download))
    assert house.states(download) == ["downloaded", "failed", "failed"]
    for video in bad:
        youtube.fail(video.id, None)
    actions.retry(user=anna, download=download)
    download.refresh_from_db()
    assert (download.status, download.completed_at) == ("queued", None)
    house.work_until(lambda: house.is_settled(download))
    assert house.states(download) == ["downloaded"] * 3
    assert len(youtube.media_starts(good.id)) == 2, "what was here is not fetched again"


def test_one_entry_can_be_tried_again_also_when_it_was_left_out(anna: User, youtube: YouTube) -> None:
    videos = [youtube.add_video("Good"), youtube.add_video("Was private", failure="private")]
    download = house.ordered(anna, youtube.add_playlist("Opened", videos).url)
    house.work()
    assert house.states(download) == ["downloaded", "unavailable"]
    youtube.fail(videos[1].id, None)
    actions.retry_entry(user=anna, entry=house.entry(download, 2))
    house.work()
    assert house.states(download) == ["downloaded", "downloaded"]
    assert house.entry(download, 2).video.title == "Was private"


def test_what_has_not_failed_cannot_be_tried_again(anna: User, youtube: YouTube) -> None:
    download = house.ordered(anna, youtube.add_video("Fine").url)
    house.work()
    download.refresh_from_db()
    with pytest.raises(actions.CannotRetry):
        actions.retry(user=anna, download=download)
    with pytest.raises(actions.CannotRetry):
        actions.retry_entry(user=anna, entry=house.entry(download, 1))


def test_entries_of_a_list_that_was_not_ordered_cannot_be_tried_again(anna: User, looked: YoutubeDownload) -> None:
    with pytest.raises(actions.CannotRetry, match="not been ordered"):
        actions.retry_entry(user=anna, entry=house.entry(looked, 1))


def test_a_look_that_failed_can_be_tried_again(anna: User, youtube: YouTube) -> None:
    video = youtube.add_video("Hidden", failure="private")
    download = house.submitted(anna, video.url)
    assert download.status == DownloadStatus.FAILED
    youtube.fail(video.id, None)
    actions.retry(user=anna, download=download)
    house.work()
    download.refresh_from_db()
    assert (download.status, download.failure_reason) == ("pending", "")
    assert house.states(download) == ["queued"]


def test_a_list_cancelled_before_it_was_ordered_comes_back_to_its_preview(anna: User, looked: YoutubeDownload) -> None:
    actions.cancel(user=anna, download=looked)
    actions.retry(user=anna, download=looked)
    looked.refresh_from_db()
    assert looked.status == DownloadStatus.PENDING
    assert house.states(looked) == ["queued"] * 3


def test_what_is_under_way_cannot_be_discarded(anna: User, looked: YoutubeDownload) -> None:
    actions.order(user=anna, download=looked)
    with pytest.raises(actions.CannotDiscard, match="Cancel it first"):
        actions.discard(user=anna, download=looked)


def test_discarding_while_it_is_looked_at_is_no_trouble(anna: User, youtube: YouTube) -> None:
    download = actions.submit(user=anna, link=links.parse(youtube.add_playlist("Bye", 1).url))
    actions.discard(user=anna, download=download)
    house.work()
    assert not YoutubeDownload.objects.exists()
    assert Job.objects.get(kind="downloads.inspect").state == JobState.CANCELLED


def test_a_long_list_is_cut_off_and_says_so(anna: User, youtube: YouTube, settings: Settings) -> None:
    settings.PLAYLIST_MAX_ENTRIES = 5
    download = house.submitted(anna, youtube.add_playlist("Endless", 7).url)
    assert download.entries.count() == 5
    assert download.is_cut_off


def test_starting_twice_promises_each_video_once(anna: User, looked: YoutubeDownload) -> None:
    actions.order(user=anna, download=looked)
    fetching.start(looked.pk)
    fetching.start(looked.pk)
    assert Job.objects.filter(kind="downloads.fetch").count() == 3


def test_the_only_ways_of_a_status_are_those_written_down() -> None:
    assert set(TRANSITIONS) == set(DownloadStatus.values)
    assert all(ends <= set(DownloadStatus.values) for ends in TRANSITIONS.values())


# --- who may see what -----------------------------------------------------------------------------------------------------
def test_others_see_a_list_only_after_it_was_ordered_and_shared(
    anna: User, ben: User, moderator: User, looked: YoutubeDownload
) -> None:
    entry = house.entry(looked, 1)
    for refuses in (access.visible, access.changeable):
        with pytest.raises(Http404):
            refuses(ben, looked.pk)
    with pytest.raises(Http404):
        access.visible_entry(ben, entry.pk)
    assert not access.may_see_thumbnail(ben, entry.video.video_id)
    assert access.visible(anna, looked.pk) == access.changeable(moderator, looked.pk) == looked
    actions.order(user=anna, download=looked)
    assert access.visible(ben, looked.pk) == looked
    assert access.visible_entry(ben, entry.pk) == entry
    assert access.may_see_thumbnail(ben, entry.video.video_id)
    with pytest.raises(Http404):
        access.changeable(ben, looked.pk)
    with pytest.raises(Http404):
        access.changeable_entry(ben, entry.pk)
    assert access.changeable_entry(anna, entry.pk) == entry
    YoutubeDownload.objects.update(visibility="private")
    with pytest.raises(Http404):
        access.visible(ben, looked.pk)
