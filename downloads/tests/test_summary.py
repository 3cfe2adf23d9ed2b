"""Numbers and words about downloads."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django.fixtures import DjangoAssertNumQueries

from accounts.models import User
from downloads import queue_state, summary
from downloads.models import DownloadEntry, DownloadQueue, EntryStatus, Video, YoutubeDownload

pytestmark = pytest.mark.django_db


def made(user: User, states: str, **fields: Any) -> YoutubeDownload:
    """A download with an entry for each letter: q(ueued) r(unning) d(ownloaded) u(navailable) f(ailed) c(ancelled)."""
    now = timezone.now()
    number = YoutubeDownload.objects.count()
    values = {
        "status": "downloading",
        "inspected_at": now,
        "ordered_at": now,
        "playlist_id": f"PL{number:012}",
        **fields,
    }
    download = YoutubeDownload.objects.create(user=user, playlist_title="List", **values)
    for position, letter in enumerate(states, start=1):
        DownloadEntry.objects.create(
            download=download, position=position, status=STATES[letter], video=_video(f"{number}-{position}", letter)
        )
    return download


STATES = {
    "q": EntryStatus.QUEUED,
    "r": EntryStatus.DOWNLOADING,
    "d": EntryStatus.DOWNLOADED,
    "u": EntryStatus.UNAVAILABLE,
    "f": EntryStatus.FAILED,
    "c": EntryStatus.CANCELLED,
}


def _video(name: str, letter: str) -> Video:
    video = Video(video_id=name.rjust(11, "v"), title=name, duration_seconds=100)
    if letter == "d":
        video.file_path, video.file_bytes, video.stored_at = f"a/{name}.mp4", 1000, timezone.now()
    if letter == "r":
        video.downloaded_bytes, video.total_bytes, video.speed_bps = 250, 1000, 50
    video.save()
    return video


def told(download: YoutubeDownload) -> summary.Summary:
    return summary.summarise([download])[download.pk]


def test_numbers_of_a_download_under_way(anna: User) -> None:
    n = told(made(anna, "ddrquf"))
    assert (n.total, n.done, n.left_out, n.failed) == (6, 2, 1, 1)
    assert (n.downloaded_bytes, n.total_bytes, n.speed_bps) == (2250, None, 50)
    assert n.total_seconds == 600
    assert n.percent == int(100 * (2 + 0.25) / 4)  # what was left out or failed moves no bar
    # Three of four wanted videos are known to be 1000 bytes each, so 4000 are expected and 1750 are missing.
    assert n.eta_seconds == 35
    assert (n.word, n.pill) == ("downloading", "hot")
    assert "2 of 5 videos are here" in n.sentence
    assert "left out" in n.sentence
    assert "failed" in n.sentence


def test_the_total_is_told_once_all_sizes_are_known(anna: User) -> None:
    assert told(made(anna, "ddr")).total_bytes == 3000


def test_a_bar_is_full_only_when_nothing_is_left(anna: User) -> None:
    almost = made(anna, "d" * 300 + "q")
    assert told(almost).percent == 99
    assert told(made(anna, "du", status="completed")).percent == 100


def test_one_query_for_any_number(anna: User, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    downloads = [made(anna, "dq") for _ in range(12)]
    with django_assert_num_queries(1):
        assert len(summary.summarise(downloads)) == 12
    with django_assert_num_queries(0):
        assert summary.summarise([]) == {}


def test_what_was_here_before_the_order_is_counted(anna: User) -> None:
    before = made(anna, "ddq", ordered_at=None, status="pending")
    assert told(before).stored_already == 2
    assert "2 are already here" in told(before).sentence
    after = made(anna, "dd", ordered_at=timezone.now() - timedelta(hours=1))
    assert told(after).stored_already == 0


@pytest.mark.parametrize(
    ("fields", "word", "pill"),
    [
        ({"status": "pending", "inspected_at": None}, "reading the list", "info"),
        ({"status": "pending"}, "not ordered yet", "info"),
        ({"status": "queued"}, "queued", "info"),
        ({"status": "completed"}, "completed", "ok"),
        ({"status": "completed", "plex_state": "done"}, "in Plex", "ok"),
        ({"status": "completed", "plex_state": "scanning"}, "Plex is scanning", "hot"),
        ({"status": "completed", "plex_state": "waiting", "plex_note": "Waiting."}, "waiting for Plex", "warn"),
        ({"status": "completed", "plex_state": "failed", "plex_note": "No."}, "not in Plex", "bad"),
        ({"status": "declined", "decline_reason": "Too long."}, "declined", "bad"),
        ({"status": "failed", "failure_reason": "Gone."}, "failed", "bad"),
        ({"status": "cancelled"}, "cancelled", ""),
    ],
)
def test_every_state_has_its_word(fields: dict[str, Any], word: str, pill: str, anna: User) -> None:
    n = told(made(anna, "dq", **fields))
    assert (n.word, n.pill) == (word, pill)
    assert n.sentence.strip()
    for given in ("plex_note", "decline_reason", "failure_reason"):
        assert fields.get(given, "") in n.sentence


def test_an_empty_list_says_so(anna: User) -> None:
    assert told(made(anna, "", status="pending")).word == "empty"


@pytest.mark.parametrize(
    ("letter", "word", "pill", "percent"),
    [
        ("q", "queued", "", None),
        ("r", "downloading", "hot", 25),
        ("d", "downloaded", "info", None),
        ("c", "cancelled", "", None),
    ],
)
def test_entries_in_words(letter: str, word: str, pill: str, percent: int | None, anna: User) -> None:
    view = summary.entry_view(made(anna, letter).entries.select_related("video").get())
    assert (view.word, view.pill, view.percent) == (word, pill, percent)
    assert view.sentence


def test_an_entry_gives_its_reason(anna: User) -> None:
    made(anna, "uf")
    DownloadEntry.objects.update(reason="Because.")
    for entry in DownloadEntry.objects.select_related("video"):
        assert summary.entry_view(entry).sentence == "Because."


def test_the_last_bytes_are_followed_by_putting_together(anna: User) -> None:
    entry = made(anna, "r").entries.select_related("video").get()
    entry.video.downloaded_bytes = 1000
    assert summary.entry_view(entry).percent == 99
    assert "together" in summary.entry_view(entry).sentence
    entry.video.total_bytes = None
    assert summary.entry_view(entry).percent == 0


def test_no_notice_while_nothing_is_in_the_way() -> None:
    assert queue_state.notice() == ""
    DownloadQueue.objects.create(pause_code="bot_check", paused_until=timezone.now() - timedelta(seconds=1))
    assert queue_state.notice() == ""
