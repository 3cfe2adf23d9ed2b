"""Whatever is killed, wiped or unplugged in the middle: each video arrives once, and nobody has to do anything."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pytest
import redis

from sandbox.control import ControlClient
from tools.house import House, Visitor, until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
ENTRIES = 6


class Ordered:
    """A playlist of our own that Anna ordered, under way."""

    def __init__(self, house: House, control: ControlClient, anna: Visitor, title: str) -> None:
        self.house = house
        made = control.control("youtube", {"add_playlist": {"title": title, "entries": ENTRIES}})
        self.video_ids: list[str] = made["videos"]
        self.title = title
        self.path = anna.order(made["url"])
        self.id = self.path.strip("/").split("/")[-1]

    def row(self, columns: str) -> tuple[Any, ...]:
        return self.house.sql(f"select {columns} from youtube_downloads where id = %s", self.id)[0]

    def is_fetching(self) -> bool:
        """Bytes of one of its videos have arrived, but not all of any."""
        return bool(
            self.house.sql(
                "select 1 from videos v join download_entries e on e.video_id = v.id"
                " where e.download_id = %s and e.status = 'downloading' and v.downloaded_bytes > 100000",
                self.id,
            )
        )

    def in_plex(self) -> bool:
        return self.row("status, plex_state") == ("completed", "done")

    def files(self) -> list[Path]:
        root = self.house.folder / "data" / "media" / "youtube"
        return [f for f in root.rglob("*.mp4") if any(f"[{video_id}]" in f.name for video_id in self.video_ids)]


def assert_whole(ordered: Ordered, control: ControlClient) -> None:
    """Every entry once: on disk, in the database, in the collection, in the playlist's order."""
    house = ordered.house
    assert sorted(f.stem[-12:-1] for f in ordered.files()) == sorted(ordered.video_ids)
    entries = house.sql(
        "select v.video_id, e.status from download_entries e join videos v on v.id = e.video_id"
        " where e.download_id = %s order by e.position",
        ordered.id,
    )
    assert entries == [(video_id, "in_collection") for video_id in ordered.video_ids]
    (collection,) = [c for c in control.collections() if c["title"] == ordered.title]
    assert [Path(item).stem[-12:-1] for item in collection["items"]] == ordered.video_ids
    work = house.folder / "data" / "media" / "youtube" / ".medianest-tmp"
    until(
        lambda: not [folder for folder in work.glob("*") if folder.name in ordered.video_ids],
        seconds=30,
        what="the work folders cleared away",
    )
    assert [p for p in psutil.process_iter(["name"]) if p.info["name"] == "ffmpeg" and _touches(p, house)] == []


def _touches(process: psutil.Process, house: House) -> bool:
    try:
        return str(house.folder) in " ".join(process.cmdline())
    except psutil.NoSuchProcess:
        return False


@pytest.fixture
def slow_line(control: ControlClient) -> None:
    control.control("youtube", {"rate": 250_000})


def _until_in_plex(ordered: Ordered, seconds: float = 120) -> None:
    until(
        ordered.in_plex,
        seconds=seconds,
        what=f"{ordered.title} in Plex; it is {ordered.row('status, plex_state, plex_note')}",
    )


def test_a_download_worker_killed_in_mid_file_is_replaced_and_its_videos_resume(
    house: House, control: ControlClient, anna: Visitor, slow_line: None
) -> None:
    ordered = Ordered(house, control, anna, "Killed in the middle")
    until(ordered.is_fetching, what="bytes")
    before = until(lambda: house.worker("downloads"), what="the worker")
    os.kill(before.pid, signal.SIGKILL)
    until(lambda: house.worker("downloads") not in (None, before), seconds=20, what="a new worker")
    control.control("youtube", {"rate": None})
    _until_in_plex(ordered)
    assert_whole(ordered, control)
    seen = control.control("youtube", {"requests": True})["requests"]
    resumed = [r for r in seen if r["start"]]
    assert resumed, "nothing was resumed from a partial file"


def test_a_wiped_redis_loses_nothing(house: House, control: ControlClient, anna: Visitor, slow_line: None) -> None:
    ordered = Ordered(house, control, anna, "Wiped in the middle")
    until(ordered.is_fetching, what="bytes")
    wiped = redis.Redis.from_url(house.secret("redis_url"))
    wiped.flushall()
    wiped.close()
    control.control("youtube", {"rate": None})
    _until_in_plex(ordered)
    assert_whole(ordered, control)


def test_a_restarted_postgresql_loses_nothing(
    house: House, control: ControlClient, anna: Visitor, slow_line: None
) -> None:
    ordered = Ordered(house, control, anna, "The database went away")
    until(ordered.is_fetching, what="bytes")
    written = (house.folder / "data" / "pg" / "postmaster.pid").read_text()
    postmaster = psutil.Process(int(written.splitlines()[0]))
    postmaster.send_signal(signal.SIGINT)  # PostgreSQL's fast shutdown: every connection is cut
    postmaster.wait(timeout=30)
    control.control("youtube", {"rate": None})
    until(lambda: _answers(house), seconds=40, what="the database's return")
    _until_in_plex(ordered)
    assert_whole(ordered, control)


def _answers(house: House) -> bool:
    try:
        return house.sql("select 1") == [(1,)]
    except psycopg.Error:
        return False


def test_a_download_completes_while_plex_is_away_and_its_collection_follows(
    house: House, control: ControlClient, anna: Visitor
) -> None:
    control.turn("plex", "down")
    ordered = Ordered(house, control, anna, "Plex was away")
    until(lambda: ordered.row("status, plex_state") == ("completed", "waiting"), what="completed without Plex")
    page = anna.get(ordered.path).text
    assert "waiting for Plex" in page
    control.turn("plex", "up")
    _until_in_plex(ordered, seconds=150)
    assert_whole(ordered, control)


def test_two_people_who_hand_in_the_same_list_at_once_share_one_set_of_files(
    house: House, control: ControlClient, anna: Visitor, carl: Visitor, slow_line: None
) -> None:
    made = control.control("youtube", {"add_playlist": {"title": "Wanted twice", "entries": ENTRIES}})
    paths = [anna.order(made["url"]), carl.order(made["url"])]
    control.control("youtube", {"rate": None})
    for path in paths:
        download_id = path.strip("/").split("/")[-1]
        until(
            lambda: house.sql("select 1 from youtube_downloads where id = %s and plex_state = 'done'", download_id),  # noqa: B023
            seconds=120,
            what=path,
        )
    assert paths[0] != paths[1]
    root = house.folder / "data" / "media" / "youtube"
    for video_id in made["videos"]:
        assert len(list(root.rglob(f"*[[]{video_id}[]].mp4"))) == 1
        starts = control.control("youtube", {"media_starts": video_id})["media_starts"]
        assert starts <= 2, "its picture and its sound were each fetched once"


def test_stopping_the_house_in_mid_download_leaves_no_process_and_starting_again_goes_on(
    house: House, control: ControlClient, anna: Visitor, slow_line: None
) -> None:
    # One of the demo's own lists: the simulated YouTube forgets those made for a test when it stops.
    control.control("youtube", {"rate": 40_000})
    found = next(one for one in house.sandbox["playlists"] if one["title"] == "Little astronomy")
    download_id = anna.order(found["url"]).strip("/").split("/")[-1]
    columns = "select status, plex_state from youtube_downloads where id = %s"
    until(lambda: house.sql(columns, download_id)[0][0] == "downloading", what="the first bytes")
    assert house.stop() == 0
    left = subprocess.run(["pgrep", "-f", str(house.folder)], capture_output=True, text=True, check=False)
    assert left.stdout == ""
    house.start()
    until(lambda: house.sql(columns, download_id) == [("completed", "done")], seconds=120, what="all in Plex after all")
    statuses = "select distinct status from download_entries where download_id = %s"
    assert house.sql(statuses, download_id) == [("in_collection",)]
