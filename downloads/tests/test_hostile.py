"""Names chosen by strangers lead nowhere else and are valid everywhere."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings
from pathvalidate import is_valid_filepath

from accounts.models import User
from downloads import storage
from downloads.tests import house
from downloads.ytdlp import Announced
from sandbox.plex import Plex
from sandbox.youtube import YouTube

TITLES = [
    "..",
    "../../outside",
    "/etc/passwd",
    "C:\\temp\\x",
    "CON",
    "-rf",
    ".hidden",
    "\u202egnp.exe",
    "a\x00b\x07c",
    "x" * 300,
    "\U0001f389" * 60,
    'what? <b>"this"</b> | that: *all*',
    "   ",
    "%(title)s %s %d",
    "'; DROP TABLE videos; --",
]


def test_hostile_titles_channels_and_list_names_stay_inside(anna: User, youtube: YouTube, plex: Plex) -> None:
    videos = [youtube.add_video(title, channel=title.strip("\x00") or "..") for title in TITLES]
    download = house.fetched(anna, youtube.add_playlist("..", videos, channel="..").url)
    root = Path(settings.DOWNLOAD_ROOT)
    assert house.states(download) == ["in_collection"] * len(TITLES)
    assert download.playlist_title == ".."
    films = house.films()
    assert len(films) == len(TITLES)
    for film in films:
        assert is_valid_filepath(str(film), platform="universal"), film
        assert (root / film).resolve().is_relative_to(root.resolve())
        assert len(film.parts) == 2
        assert len(film.name.encode()) < 128
        assert film.name.startswith("2025-03-01 - ")
    around = [path for path in root.parent.iterdir() if path.name not in ("media", "data")]
    assert around == []
    (collection,) = plex.collections()
    assert len(collection.items) == len(TITLES)


def about(**fields: object) -> Announced:
    known = {
        "video_id": "abcdefghijk",
        "title": "Title",
        "channel": "Channel",
        "channel_id": "",
        "seconds": 5,
        "published_on": None,
        "total_bytes": None,
    }
    return Announced(**known | fields)  # type: ignore[arg-type]


def test_without_date_or_channel_there_is_still_a_place() -> None:
    assert storage.relative_path(about(channel="", title="")) == "Unknown channel/Video [abcdefghijk].mp4"


@pytest.mark.parametrize("relative", ["../x.mp4", "/etc/passwd", "a/../../x.mp4", ".", ""])
def test_a_stored_path_that_leads_out_is_refused(relative: str) -> None:
    with pytest.raises(storage.Escaped):
        storage.absolute(relative)


def test_a_folder_that_is_a_link_to_elsewhere_is_refused(tmp_path: Path) -> None:
    settings.DOWNLOAD_ROOT.mkdir(parents=True, exist_ok=True)
    link = settings.DOWNLOAD_ROOT / "elsewhere-link"
    link.symlink_to(tmp_path, target_is_directory=True)
    try:
        with pytest.raises(storage.Escaped):
            storage.absolute("elsewhere-link/film.mp4")
    finally:
        link.unlink()
