from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from django.core.cache import cache
from django.test import Client
from pytest_django.fixtures import Settings

from catalog import pictures
from medianest.lib.picture_store import NotAPicture, PictureStore
from sandbox.tmdb import Tmdb, paths

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 92


@pytest.fixture(autouse=True)
def _folder(settings: Settings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path


def address(size: str = "w342") -> str:
    return f"/pictures/tmdb/{size}{paths.path('poster', 'Fight Club')}"


def test_a_poster_is_fetched_once_and_may_be_kept_by_the_browser(annas: Client, tmdb: Tmdb) -> None:
    first = annas.get(address())
    assert (first.status_code, first["Content-Type"]) == (200, "image/png")
    assert "immutable" in first["Cache-Control"]
    assert "private" in first["Cache-Control"]

    tmdb.turn("down")
    assert annas.get(address()).content == first.content


def test_while_it_cannot_be_had_nothing_is_shown_and_nobody_asked_again(annas: Client, tmdb: Tmdb) -> None:
    tmdb.turn("down")
    missing = annas.get(address())
    assert (missing.status_code, missing["Content-Type"]) == (200, "image/svg+xml")
    assert missing["Cache-Control"] == "private, max-age=60"

    tmdb.turn("up")
    assert annas.get(address())["Content-Type"] == "image/svg+xml"
    cache.clear()
    assert annas.get(address())["Content-Type"] == "image/png"


def test_a_page_in_a_pictures_place_is_not_handed_on(annas: Client, tmdb: Tmdb) -> None:
    tmdb.turn("wrong")
    assert annas.get(address())["Content-Type"] == "image/svg+xml"
    assert not list(pictures.store().folder.rglob("*")) or pictures.store().find("x") is None


@pytest.mark.parametrize("wrong", ["w342/..%2f..%2fetc", "w99/a.jpg", "original/a.jpg", "w342/a.svg", "w342/a.jpg.exe"])
def test_other_names_and_sizes_are_never_asked_for(annas: Client, tmdb: Tmdb, wrong: str) -> None:
    answer = annas.get(f"/pictures/tmdb/{wrong}")
    assert answer.status_code == 404 or answer["Content-Type"] == "image/svg+xml"
    assert pictures.tmdb_picture("w342", "/../x.jpg") is None


def test_strangers_see_no_pictures(client: Client, tmdb: Tmdb) -> None:
    assert client.get(address()).status_code == 302


def test_a_full_store_drops_what_was_not_seen_for_longest(tmp_path: Path) -> None:
    store = PictureStore(tmp_path / "store", room=1000)
    for number in range(12):
        kept = store.keep(f"p{number}", PNG)
        os.utime(kept.path, (time.time() - 1000 + number,) * 2)
    assert store.tidy() == 300
    assert [number for number in range(12) if store.find(f"p{number}") is None] == [0, 1, 2]
    assert store.tidy() == 0


def test_only_pictures_are_kept(tmp_path: Path) -> None:
    store = PictureStore(tmp_path / "store", room=1000)
    for body in (b"<html>", b"", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"MZ"):
        with pytest.raises(NotAPicture):
            store.keep("x", body)
    assert store.find("x") is None


def test_a_draft_of_a_stopped_process_is_swept_away(tmp_path: Path) -> None:
    store = PictureStore(tmp_path / "store", room=1000)
    kept = store.keep("x", PNG)
    draft = kept.path.with_name("left.1-1.part")
    draft.write_bytes(b"half")
    os.utime(draft, (0, 0))
    store.tidy()
    assert not draft.exists()
    assert store.find("x") is not None
