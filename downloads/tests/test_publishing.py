"""Plex: there, away, not connected, forgetful, and slow."""

from __future__ import annotations

import threading
import urllib.request
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from accounts.models import User
from downloads import actions, publishing
from downloads.models import DownloadEntry, PlexState, Video, YoutubeDownload
from downloads.summary import summarise
from downloads.tests import house
from downloads.tests.conftest import connect
from medianest.lib.locks import held
from operations.models import Job, JobState
from sandbox.plex import Plex
from sandbox.youtube import YouTube
from services.models import ServiceConfig


def told(download: YoutubeDownload) -> str:
    return summarise([download])[download.pk].word


def test_without_plex_the_download_completes_and_says_so(anna: User, youtube: YouTube) -> None:
    download = house.fetched(anna, youtube.add_playlist("Lonely", 2).url)
    assert (download.status, download.plex_state) == ("completed", PlexState.WAITING)
    assert download.plex_note.startswith("Waiting for Plex: No Plex is connected")
    assert told(download) == "waiting for Plex"
    assert Job.objects.get(kind="downloads.publish").state == JobState.QUEUED


def test_connecting_plex_later_is_enough(anna: User, youtube: YouTube) -> None:
    download = house.fetched(anna, youtube.add_playlist("Late", 2).url)
    service = Plex({"YouTube": Path(settings.DOWNLOAD_ROOT)})
    service.start()
    try:
        connect(service)
        house.work_until(lambda: _state(download) == PlexState.DONE)
        assert house.states(download) == ["in_collection"] * 2
        assert len(service.collections()) == 1
    finally:
        service.stop()


def _state(download: YoutubeDownload) -> str:
    download.refresh_from_db()
    return download.plex_state


@pytest.mark.parametrize("mode", ["down", "unauthorized", "error", "wrong", "garbage"])
def test_plex_away_and_back(mode: str, anna: User, youtube: YouTube, plex: Plex) -> None:
    plex.turn(mode)
    download = house.fetched(anna, youtube.add_playlist("Patience", 2).url)
    assert (download.status, download.plex_state) == ("completed", PlexState.WAITING)
    assert "Plex" in download.plex_note
    assert "Traceback" not in download.plex_note
    plex.turn("up")
    house.work_until(lambda: _state(download) == PlexState.DONE)
    assert house.states(download) == ["in_collection"] * 2
    assert download.plex_note == ""
    (collection,) = plex.collections()
    assert len(collection.items) == 2


def test_a_plex_without_the_folder_says_what_to_arrange(anna: User, youtube: YouTube, tmp_path: Path) -> None:
    service = Plex({"Elsewhere": tmp_path / "elsewhere"})
    service.start()
    try:
        connect(service)
        download = house.fetched(anna, youtube.add_video("Homeless").url)
        assert download.plex_state == PlexState.WAITING
        assert "library" in download.plex_note
    finally:
        service.stop()


def test_a_slow_scan_is_waited_for(anna: User, youtube: YouTube, plex: Plex) -> None:
    plex.scan_delay = 1.0
    download = house.ordered(anna, youtube.add_playlist("Slow", 2).url)
    house.work()
    download.refresh_from_db()
    assert (download.status, download.plex_state) == ("completed", PlexState.SCANNING)
    assert told(download) == "Plex is scanning"
    house.work_until(lambda: _state(download) == PlexState.DONE)
    assert house.states(download) == ["in_collection"] * 2


def test_folders_are_scanned_once_not_once_for_each_file(anna: User, youtube: YouTube, plex: Plex) -> None:
    plex.scan_delay = 0.3
    download = house.ordered(anna, youtube.add_playlist("Many", 6).url)
    house.work()
    house.work_until(lambda: _state(download) == PlexState.DONE)
    assert len(plex.scans) <= 4


def test_entries_show_up_while_others_are_still_fetched(anna: User, youtube: YouTube, plex: Plex) -> None:
    first, second = youtube.add_video("First"), youtube.add_video("Second", failure="forbidden_media")
    download = house.ordered(anna, youtube.add_playlist("Bit by bit", [first, second]).url)
    house.work_until(lambda: house.states(download)[0] == "in_collection" and download.pk is not None)
    download.refresh_from_db()
    assert download.status == "downloading"
    assert len(plex.collections()[0].items) == 1
    youtube.fail(second.id, None)
    house.work_until(lambda: _state(download) == PlexState.DONE)
    assert [Path(item).name for item in plex.collections()[0].items] == [
        Path(house.entry(download, n).video.file_path).name for n in (1, 2)
    ]


def test_a_collection_somebody_deleted_is_made_again(anna: User, youtube: YouTube, plex: Plex) -> None:
    download = house.fetched(anna, youtube.add_playlist("Deleted", 2).url)
    gone = f"{plex.url}/library/collections/{download.plex_collection_id}"
    urllib.request.urlopen(urllib.request.Request(gone, method="DELETE", headers={"X-Plex-Token": plex.token})).close()
    assert plex.collections() == []
    actions.publish_again(user=anna, download=download)
    house.work_until(lambda: _state(download) == PlexState.DONE)
    assert len(plex.collections()) == 1
    download.refresh_from_db()
    assert download.plex_collection_id == str(plex.collections()[0].rating_key)


def test_a_library_built_anew_gets_its_collection_again(anna: User, youtube: YouTube, plex: Plex) -> None:
    download = house.fetched(anna, youtube.add_playlist("Rebuilt", 2).url)
    Video.objects.update(plex_rating_key="9999999")
    actions.publish_again(user=anna, download=download)
    house.work_until(lambda: _state(download) == PlexState.DONE)
    keys = set(Video.objects.values_list("plex_rating_key", flat=True))
    assert "9999999" not in keys
    assert len(plex.collections()[0].items) == 2


def test_a_file_plex_never_shows_ends_in_a_reason_and_can_be_tried_again(
    anna: User, youtube: YouTube, plex: Plex, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publishing, "MOST_LOOKS", 3)
    plex.scan_delay = 3600
    download = house.ordered(anna, youtube.add_playlist("Ignored", 1).url)
    house.work_until(lambda: _state(download) == PlexState.FAILED)
    assert "1 of the files" in download.plex_note
    assert told(download) == "not in Plex"
    plex.scan_delay = 0
    plex.scanner.cancel()
    actions.publish_again(user=anna, download=download)
    house.work_until(lambda: _state(download) == PlexState.DONE)
    assert house.states(download) == ["in_collection"]


def test_the_time_plex_was_away_does_not_count_as_looking(
    anna: User, youtube: YouTube, plex: Plex, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publishing, "MOST_LOOKS", 3)
    plex.turn("down")
    download = house.fetched(anna, youtube.add_playlist("Long gone", 1).url)
    house.work_until(lambda: Job.objects.get(kind="downloads.publish").progress["away"] > 3)
    plex.scan_delay = 60
    plex.turn("up")
    house.work_until(lambda: _state(download) != PlexState.WAITING)
    assert download.plex_state == PlexState.SCANNING
    progress = Job.objects.get(kind="downloads.publish").progress
    assert (progress["look"], progress["away"]) == (1, 0)
    plex.scanner.cancel()


def test_a_collection_in_other_hands_is_waited_for_without_counting(anna: User, youtube: YouTube, plex: Plex) -> None:
    download = house.ordered(anna, youtube.add_playlist("In other hands", 1).url)
    taken, free = threading.Event(), threading.Event()

    def hold() -> None:
        with held(f"downloads.collection:{download.playlist_id}"):
            taken.set()
            free.wait(house.PATIENCE)
        connection.close()

    other = threading.Thread(target=hold)
    other.start()
    assert taken.wait(house.PATIENCE)
    try:
        publish = Job.objects.filter(kind="downloads.publish", error_code="busy")
        house.work_until(publish.exists)
        assert publish.get().failures == 0
        assert _state(download) == PlexState.SCANNING
    finally:
        free.set()
        other.join()
    house.work_until(lambda: _state(download) == PlexState.DONE)
    assert len(plex.collections()) == 1


def test_nothing_here_means_nothing_to_publish(anna: User, youtube: YouTube) -> None:
    download = house.submitted(anna, youtube.add_playlist("Not yet", 1).url)
    with pytest.raises(actions.CannotPublish):
        actions.publish_again(user=anna, download=download)


def test_a_discarded_download_publishes_nothing(anna: User, youtube: YouTube) -> None:
    download = house.fetched(anna, youtube.add_playlist("Off", 1).url)
    actions.discard(user=anna, download=download)
    house.bring_forward()
    house.work()
    assert not YoutubeDownload.objects.exists()
    assert not DownloadEntry.objects.exists()
    assert len(house.films()) == 1, "stored files stay"
    assert not ServiceConfig.objects.exists()
