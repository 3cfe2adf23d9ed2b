"""One file for a video, however many lists and people want it."""

from __future__ import annotations

import threading

from django.db import connection

from accounts.models import User
from downloads import actions, links
from downloads.models import DownloadEntry, Video, YoutubeDownload
from downloads.summary import summarise
from downloads.tests import house
from operations.models import Job
from sandbox.plex import Plex
from sandbox.youtube import YouTube


def test_a_video_in_two_lists_is_fetched_once(anna: User, ben: User, youtube: YouTube, plex: Plex) -> None:
    shared = youtube.add_video("Shared")
    one = youtube.add_playlist("One", [shared, youtube.add_video("Only in one")])
    two = youtube.add_playlist("Two", [youtube.add_video("Only in two"), shared])
    first, second = house.ordered(anna, one.url), house.ordered(ben, two.url)
    house.work_until(lambda: house.is_settled(first) and house.is_settled(second))
    assert house.states(first) == house.states(second) == ["in_collection"] * 2
    assert len(house.films()) == 3
    assert len(youtube.media_starts(shared.id)) == 2, "one request each for picture and sound"
    assert sorted(len(one.items) for one in plex.collections()) == [2, 2]


def test_what_is_stored_already_needs_no_fetching_and_the_preview_says_so(
    anna: User, ben: User, youtube: YouTube, plex: Plex
) -> None:
    playlist = youtube.add_playlist("Twice", 3)
    house.fetched(anna, playlist.url)
    youtube.forget()
    second = house.submitted(ben, playlist.url)
    assert summarise([second])[second.pk].stored_already == 3
    actions.order(user=ben, download=second)
    house.work_until(lambda: house.is_settled(second))
    assert house.states(second) == ["in_collection"] * 3
    assert not [seen for seen in youtube.requests if seen.host.endswith("googlevideo.com")]
    assert summarise([second])[second.pk].stored_already == 3
    assert len(plex.collections()) == 1


def test_two_people_hand_in_the_same_list_at_once(anna: User, ben: User, youtube: YouTube, plex: Plex) -> None:
    playlist = youtube.add_playlist("Together", 4)
    made: dict[str, YoutubeDownload] = {}
    start = threading.Barrier(2)

    def act(user: User) -> None:
        try:
            start.wait()
            download = actions.submit(user=user, link=links.parse(playlist.url))
            house.wait_for(lambda: YoutubeDownload.objects.filter(pk=download.pk, inspected_at__isnull=False).exists())
            start.wait()
            made[user.username] = actions.order(user=user, download=download)
        finally:
            connection.close()

    people = [threading.Thread(target=act, args=(user,)) for user in (anna, ben)]
    with house.Worker(threads=3):
        for person in people:
            person.start()
        for person in people:
            person.join(house.PATIENCE)
        house.wait_for(lambda: len(made) == 2, "both ordered")
        ends = lambda: all(_shown(download) for download in made.values())  # noqa: E731
        while not ends():
            house.pause(0.05)
            house.bring_forward()
    assert len(house.films()) == 4
    assert Video.objects.count() == 4
    for video in Video.objects.all():
        assert len(youtube.media_starts(video.video_id)) == 2
    for download in made.values():
        assert house.states(download) == ["in_collection"] * 4
    (collection,) = plex.collections()
    assert len(collection.items) == 4
    assert made["anna"].pk != made["ben"].pk


def _shown(download: YoutubeDownload) -> bool:
    download.refresh_from_db()
    return download.status == "completed" and download.plex_state == "done"


def test_handing_in_a_list_twice_leads_to_the_first(anna: User, youtube: YouTube) -> None:
    playlist = youtube.add_playlist("Again", 2)
    first = house.submitted(anna, playlist.url)
    assert actions.submit(user=anna, link=links.parse(playlist.url)) == first
    assert YoutubeDownload.objects.count() == 1


def test_a_double_click_makes_one_download(anna: User, youtube: YouTube) -> None:
    link = links.parse(youtube.add_playlist("Click", 1).url)
    start = threading.Barrier(4)

    def act() -> None:
        try:
            start.wait()
            actions.submit(user=anna, link=link)
        finally:
            connection.close()

    clicks = [threading.Thread(target=act) for _ in range(4)]
    for click in clicks:
        click.start()
    for click in clicks:
        click.join(house.PATIENCE)
    assert YoutubeDownload.objects.count() == 1
    assert Job.objects.filter(kind="downloads.inspect").count() == 1


def test_a_video_twice_in_one_list_is_fetched_once_and_shown_once(anna: User, youtube: YouTube, plex: Plex) -> None:
    one, two = youtube.add_video("Refrain"), youtube.add_video("Verse")
    download = house.fetched(anna, youtube.add_playlist("Song", [one, two, one]).url)
    assert house.states(download) == ["in_collection"] * 3
    assert len(house.films()) == 2
    assert len(download.file_paths) == 2
    (collection,) = plex.collections()
    assert len(collection.items) == 2


def test_ordering_what_is_being_fetched_waits_for_it(anna: User, ben: User, youtube: YouTube) -> None:
    video = youtube.add_video("Long", size="large")
    house.ordered(anna, video.url)
    youtube.rate = 300_000
    with house.Worker(threads=2):
        house.wait_for(lambda: Video.objects.get(video_id=video.id).downloaded_bytes > 0, "the first bytes")
        second = actions.submit(user=ben, link=links.parse(video.url))
        house.wait_for(lambda: DownloadEntry.objects.filter(download=second).exists(), "the look at it")
        second.refresh_from_db()
        actions.order(user=ben, download=second)
        youtube.rate = None
        house.wait_for(lambda: house.is_settled(second), "the second download")
    assert house.states(second) == ["downloaded"]
    assert len(youtube.media_starts(video.id)) == 2
