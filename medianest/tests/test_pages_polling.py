from __future__ import annotations

import pytest

from medianest.lib import figures, polling


def test_marks_differ_when_anything_differs() -> None:
    assert polling.mark("a", 1) == polling.mark("a", 1)
    assert polling.mark("a", 1) != polling.mark("a", 2)
    assert polling.mark("a", "b") != polling.mark("ab")
    assert len(polling.mark()) == 4


def test_only_parts_with_another_mark_are_drawn() -> None:
    before = polling.seen(["aaaa", "bbbb", "cccc"])
    assert polling.changed(before, ["aaaa", "xxxx", "cccc"]) == [False, True, False]


@pytest.mark.parametrize("seen", ["", "aaaa", "aaaabbbbcccc"])
def test_other_parts_than_before_are_all_drawn(seen: str) -> None:
    assert polling.changed(seen, ["aaaa", "bbbb"]) == [True, True]


@pytest.mark.parametrize(
    ("seconds", "shown"), [(None, figures.UNKNOWN), (7, "0:07"), (247, "4:07"), (3753, "1:02:33"), (0, "0:00")]
)
def test_a_clock_reads_like_a_players(seconds: int | None, shown: str) -> None:
    assert figures.clock(seconds) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"), [(0, figures.UNKNOWN), (20, "1 min"), (720, "12 min"), (7440, "2 h 04 min")]
)
def test_a_length_is_told_to_the_minute(seconds: int, shown: str) -> None:
    assert figures.length(seconds) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(3, "a few seconds left"), (45, "1 minute left"), (540, "9 minutes left"), (9000, "2 hours left")],
)
def test_time_left_is_no_finer_than_it_can_be_known(seconds: int, shown: str) -> None:
    assert figures.left(seconds) == shown
