"""Counting bytes over streams, and which streams are chosen."""

from __future__ import annotations

import datetime as dt

import pytest

from downloads import transfer, ytdlp
from downloads.formats import choose, merge_arguments
from downloads.transfer import Progress, Transfer

TWO = {"requested_formats": [{"format_id": "136", "filesize": 900}, {"format_id": "140", "filesize_approx": 100.0}]}


class Cancelled(Exception):
    pass


def state(stream: str, done: int, total: int | None = None, *, status: str = "downloading") -> dict[str, object]:
    return {
        "status": status,
        "downloaded_bytes": done,
        "total_bytes": total,
        "speed": 50.0,
        "info_dict": {"format_id": stream},
    }


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[Progress]:
    monkeypatch.setattr(transfer, "REPORT_SECONDS", 0.0)
    return []


def watching(told: list[Progress]) -> Transfer:
    watched = Transfer(told.append, lambda: None)
    watched.expect(TWO)
    return watched


def test_both_streams_are_one_progress(told: list[Progress]) -> None:
    watched = watching(told)
    watched.hook(state("136", 450))
    watched.hook(state("136", 900))
    watched.hook(state("140", 50))
    assert [(one.downloaded_bytes, one.total_bytes) for one in told] == [(450, 1000), (900, 1000), (950, 1000)]
    assert [one.eta_seconds for one in told] == [11, 2, 1]


def test_true_sizes_replace_announced_ones(told: list[Progress]) -> None:
    watching(told).hook(state("136", 450, 1900))
    assert told[0].total_bytes == 2000


def test_subtitles_do_not_count(told: list[Progress]) -> None:
    watching(told).hook(state("en", 77))
    assert told == []


def test_without_sizes_nothing_is_made_up(told: list[Progress]) -> None:
    watched = Transfer(told.append, lambda: None)
    watched.expect({"format_id": "18"})
    watched.hook(state("18", 10))
    assert told == [Progress(10, None, 50, None)]


def test_progress_is_told_at_most_once_a_second_and_at_the_end_of_a_stream() -> None:
    told: list[Progress] = []
    watched = watching(told)
    for done in range(0, 900, 10):
        watched.hook(state("136", done))
    watched.hook(state("136", 900, status="finished"))
    assert [one.downloaded_bytes for one in told] == [0, 900]


def test_a_request_to_stop_is_heard_at_every_byte_and_every_pause() -> None:
    def stop() -> None:
        raise Cancelled

    watched = Transfer(lambda progress: None, stop)
    with pytest.raises(Cancelled):
        watched.hook(state("136", 1))
    with pytest.raises(Cancelled):
        watched.pause(9)


def test_up_to_1080_lines_h264_comes_first_and_above_the_picture_counts() -> None:
    assert choose(1080, ())["format"].startswith("bv*[vcodec^=avc1][height<=1080]+ba[acodec^=mp4a]/")
    assert choose(2160, ())["format"].startswith("bv*[height<=2160]+ba[acodec^=mp4a]/")
    assert "vcodec:h264" not in choose(2160, ())["format_sort"]


def test_subtitles_only_when_wanted() -> None:
    assert "writesubtitles" not in choose(720, ())
    assert choose(720, ("en",))["subtitleslangs"] == ["en"]


def test_what_is_written_into_the_file_cannot_be_an_option() -> None:
    arguments = merge_arguments("-i /etc/passwd\x00\n", "Channel", dt.date(2025, 3, 1))
    assert arguments == [
        "-metadata",
        "title=-i /etc/passwd",
        "-metadata",
        "artist=Channel",
        "-metadata",
        "date=2025-03-01",
    ]
    assert merge_arguments("", "", None) == []


def test_a_stream_that_hardly_moves_ends_in_what_the_column_takes(told: list[Progress]) -> None:
    watching(told).hook(state("136", 1, 10**12) | {"speed": 1e-300})
    assert told[-1].eta_seconds == transfer.LONGEST_ETA


@pytest.mark.parametrize(("digits", "day"), [("20250301", dt.date(2025, 3, 1)), ("20250231", None), ("soon", None)])
def test_a_day_that_does_not_exist_is_not_known(digits: str, day: dt.date | None) -> None:
    assert ytdlp._day(digits) == day


def test_pictures_are_left_alone_when_the_network_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def away(ydl: object, url: str) -> bytes:
        asked.append(url)
        raise OSError("unreachable")

    monkeypatch.setattr(ytdlp, "_asked_picture", away)
    assert list(ytdlp.pictures(["a" * 11] * 10, breathe=lambda: None)) == []
    assert len(asked) == ytdlp.MOST_MISSES
