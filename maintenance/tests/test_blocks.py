"""Framed text stays straight whatever is in it."""

from __future__ import annotations

import pytest

from maintenance.blocks import columns, framed, width


@pytest.mark.parametrize(("text", "cells"), [("", 0), ("abc", 3), ("ü", 1), ("u\u0308", 1), ("日本", 4), ("─", 1)])
def test_the_width_is_counted_in_cells(text: str, cells: int) -> None:
    assert width(text) == cells


def test_columns_stand_under_each_other() -> None:
    assert columns([("a", "bb", "c"), ("long", "b", "日本")]) == ["a     bb  c", "long  b   日本"]
    assert columns([]) == []


@pytest.mark.parametrize("title", ["T", "a title that is longer than all the lines"])
def test_the_frame_is_straight(title: str) -> None:
    lines = framed(title, ["one", "", "日本 and more"]).splitlines()
    assert len({width(line) for line in lines}) == 1
    assert lines[0].startswith(f"┌─ {title} ─")
