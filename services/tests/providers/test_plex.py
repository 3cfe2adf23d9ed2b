from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError

from medianest.lib.breaker import Breaker
from medianest.lib.http import BadCredentials, Malformed, Refused, Unreachable
from medianest.tests.wire import page, saying, server
from sandbox.plex import Plex as Simulated
from sandbox.switches import Mode
from services.providers.base import Connection, NotSetUp, Section
from services.providers.plex import Plex, _inside


def reached(plex: Simulated, **settings: str) -> Plex:
    return Plex(Connection(plex.url, plex.token, settings))


def until(condition: Callable[[], bool], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)


def put(folder: Path, *names: str) -> set[str]:
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        (folder / name).write_bytes(b"video")
    return set(names)


@pytest.fixture
def scanned(plex: Simulated, videos: Path) -> tuple[Plex, Section, list[str]]:
    """Six videos that Plex knows, with their rating keys in order."""
    names = put(videos / "Channel", *(f"{number}.mp4" for number in range(6)))
    provider = reached(plex)
    section = provider.video_section(videos)
    provider.scan(section, videos / "Channel")
    until(lambda: len(provider.find_files(section, names)) == 6)
    found = provider.find_files(section, names)
    return provider, section, [found[name] for name in sorted(names)]


def shown(plex: Simulated) -> dict[str, list[str]]:
    """Collections by title, with the numbers of their videos."""
    return {one.title: [Path(item).stem for item in one.items] for one in plex.collections()}


# --- who is there ---------------------------------------------------------------------------------------------------------
def test_it_is_called_by_its_name(plex: Simulated) -> None:
    assert reached(plex).test().sentence == "Plex “The Nest” answers, version 1.43.2.10687."


def test_an_old_version_is_refused(plex: Simulated) -> None:
    plex.control({"version": "1.19.5.3112-b23ab3896"})
    assert "too old: it is version 1.19.5.3112, and 1.20" in reached(plex).test().sentence
    assert "too old" in Plex(Connection(plex.url, "wrong")).test().sentence


def test_a_friends_token_is_not_enough(plex: Simulated) -> None:
    result = Plex(Connection(plex.url, plex.token_of("ben"))).test()
    assert result.sentence == "Plex accepts this token, but it is not the server owner's."


# --- where the folder is --------------------------------------------------------------------------------------------------
def test_the_library_that_holds_the_folder_is_found(plex: Simulated, videos: Path) -> None:
    assert reached(plex).video_section(videos).title == "YouTube"
    assert reached(plex).video_section(videos / "Channel").title == "YouTube"


def test_the_named_library_is_taken_whatever_its_case(plex: Simulated, videos: Path) -> None:
    assert reached(plex, section="youtube").video_section(videos).title == "YouTube"


@pytest.mark.parametrize(
    ("section", "words"),
    [("Cartoons", "no library for films or other videos that is called “Cartoons”"), ("Films", "holds the download")],
)
def test_a_named_library_that_will_not_do(plex: Simulated, videos: Path, section: str, words: str) -> None:
    with pytest.raises(NotSetUp, match=words):
        reached(plex, section=section).video_section(videos)


def test_a_folder_that_no_library_holds(plex: Simulated, tmp_path: Path) -> None:
    with pytest.raises(NotSetUp, match=f"Plex should see as {tmp_path}"):
        reached(plex).video_section(tmp_path)


def test_a_folder_that_plex_sees_under_another_name(videos: Path) -> None:
    plex = Simulated({"YouTube": videos}, seen_as={"YouTube": "/data/videos"})
    plex.scan_delay = 0.01
    plex.start()
    try:
        with pytest.raises(NotSetUp):
            reached(plex).video_section(videos)
        provider = reached(plex, path_here=str(videos), path_there="/data/videos")
        section = provider.video_section(videos)
        names = put(videos / "A & B", "ä.mp4")
        provider.scan(section, videos / "A & B")
        until(lambda: bool(provider.find_files(section, names)))
    finally:
        plex.stop()


@pytest.mark.parametrize(
    ("path", "folder", "is_inside"),
    [
        ("/data/videos", "/data/videos", True),
        ("/data/videos/a", "/data/videos/", True),
        ("/data/videos-2/a", "/data/videos", False),
        ("/data", "/data/videos", False),
        ("D:\\Videos\\a.mp4", "d:/videos", True),
        ("/data/cafe\u0301", "/data/caf\xe9", True),
        ("/data", "", False),
    ],
)
def test_paths_are_compared_as_plex_writes_them(path: str, folder: str, is_inside: bool) -> None:
    assert _inside(path, folder) is is_inside


def test_a_windows_server_gets_windows_paths() -> None:
    settings = {"path_here": "/srv/videos", "path_there": "D:\\Videos"}
    assert Plex(Connection("http://plex", "key", settings))._there(Path("/srv/videos/A/B")) == "D:\\Videos\\A\\B"


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"path_here": "/srv"}, "path_there"),
        ({"path_there": "/data"}, "path_here"),
        ({"path_here": "srv", "path_there": "/data"}, "path_here"),
        ({"path_here": "/srv", "path_there": "data"}, "path_there"),
    ],
)
def test_folders_are_given_whole_and_in_pairs(given: dict[str, str], field: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Plex.clean_settings(given)
    assert list(caught.value.message_dict) == [field]


# --- scanning -------------------------------------------------------------------------------------------------------------
def test_a_known_folder_is_scanned_alone(
    plex: Simulated, scanned: tuple[Plex, Section, list[str]], videos: Path
) -> None:
    provider, section, _keys = scanned
    before = len(plex.scans)
    provider.scan(section, videos / "Channel")
    until(lambda: len(plex.scans) > before)
    assert plex.scans[before:] == [str(videos / "Channel")]


def test_a_new_folder_is_found_though_its_own_scan_would_miss_it(plex: Simulated, videos: Path) -> None:
    plex.control({"skips_new_folders": True})
    names = put(videos / "New", "a.mp4")
    provider = reached(plex)
    section = provider.video_section(videos)
    provider.scan(section, videos / "New")
    until(lambda: bool(provider.find_files(section, names)))
    assert plex.scans == [str(videos)]


def test_a_folder_outside_of_the_library_is_not_scanned(plex: Simulated, videos: Path, tmp_path: Path) -> None:
    provider = reached(plex)
    section = provider.video_section(videos)
    with pytest.raises(NotSetUp):
        provider.scan(section, tmp_path)


def test_files_that_are_not_there_are_not_found(scanned: tuple[Plex, Section, list[str]]) -> None:
    provider, section, keys = scanned
    assert provider.find_files(section, {"0.mp4", "7.mp4"}) == {"0.mp4": keys[0]}
    assert provider.find_files(section, set()) == {}


# --- collections ----------------------------------------------------------------------------------------------------------
def test_a_collection_holds_exactly_what_it_should_in_order(
    plex: Simulated, scanned: tuple[Plex, Section, list[str]]
) -> None:
    provider, section, keys = scanned
    order = [keys[3], keys[0], keys[5], keys[1]]
    made = provider.put_collection(section, title="Mix", rating_keys=order, collection_key="")
    assert shown(plex) == {"Mix": ["3", "0", "5", "1"]}
    changed = [keys[1], keys[2], keys[0], keys[3], keys[4]]
    assert provider.put_collection(section, title="Mix", rating_keys=changed, collection_key=made) == made
    assert shown(plex) == {"Mix": ["1", "2", "0", "3", "4"]}


def test_repeating_it_changes_nothing(plex: Simulated, scanned: tuple[Plex, Section, list[str]]) -> None:
    provider, section, keys = scanned
    made = provider.put_collection(section, title="Mix", rating_keys=keys, collection_key="")
    for known in (made, ""):  # "": the key was lost on the way
        assert provider.put_collection(section, title="Mix", rating_keys=keys, collection_key=known) == made
    assert shown(plex) == {"Mix": list("012345")}


def test_a_collection_that_is_gone_is_made_anew(plex: Simulated, scanned: tuple[Plex, Section, list[str]]) -> None:
    provider, section, keys = scanned
    provider.put_collection(section, title="Mix", rating_keys=keys[:2], collection_key="424242")
    assert shown(plex) == {"Mix": ["0", "1"]}


def test_one_of_the_same_title_that_holds_something_else_is_left_alone(
    plex: Simulated, scanned: tuple[Plex, Section, list[str]]
) -> None:
    provider, section, keys = scanned
    theirs = provider.put_collection(section, title="Mix", rating_keys=keys[:2], collection_key="")
    ours = provider.put_collection(section, title="Mix", rating_keys=keys[4:], collection_key="")
    assert shown(plex) == {"Mix": ["0", "1"], "Mix (2)": ["4", "5"]}
    assert provider.put_collection(section, title="Mix", rating_keys=keys[3:], collection_key=ours) == ours != theirs
    assert shown(plex) == {"Mix": ["0", "1"], "Mix (2)": ["3", "4", "5"]}


def test_a_changed_title_is_followed(plex: Simulated, scanned: tuple[Plex, Section, list[str]]) -> None:
    provider, section, keys = scanned
    made = provider.put_collection(section, title="Mixtape", rating_keys=keys, collection_key="")
    provider.put_collection(section, title="Mix", rating_keys=keys, collection_key=made)
    assert list(shown(plex)) == ["Mix"]


def test_a_changed_title_that_is_taken_is_not(plex: Simulated, scanned: tuple[Plex, Section, list[str]]) -> None:
    provider, section, keys = scanned
    provider.put_collection(section, title="Mix", rating_keys=keys[:2], collection_key="")
    other = provider.put_collection(section, title="Rest", rating_keys=keys[2:], collection_key="")
    provider.put_collection(section, title="Mix", rating_keys=keys[2:], collection_key=other)
    assert shown(plex) == {"Mix": ["0", "1"], "Rest": ["2", "3", "4", "5"]}


def test_titles_of_any_kind_are_kept(plex: Simulated, scanned: tuple[Plex, Section, list[str]]) -> None:
    provider, section, keys = scanned
    title = "Ölmühle / 100 % & mehr? #1 🎬"
    made = provider.put_collection(section, title=title, rating_keys=keys, collection_key="")
    assert provider.put_collection(section, title=title, rating_keys=keys, collection_key=made) == made
    assert list(shown(plex)) == [title]


def test_an_empty_collection_cannot_be(scanned: tuple[Plex, Section, list[str]]) -> None:
    provider, section, _keys = scanned
    with pytest.raises(ValueError, match="empty"):
        provider.put_collection(section, title="Mix", rating_keys=[], collection_key="")


def test_a_long_list_is_put_in_by_parts(plex: Simulated, videos: Path) -> None:
    names = put(videos / "Channel", *(f"{number:03}.mp4" for number in range(250)))
    provider = reached(plex)
    section = provider.video_section(videos)
    provider.scan(section, videos / "Channel")
    until(lambda: len(provider.find_files(section, names)) == 250)
    found = provider.find_files(section, names)
    keys = [found[name] for name in sorted(names)]
    made = provider.put_collection(section, title="Long", rating_keys=keys, collection_key="")
    assert shown(plex)["Long"] == [f"{number:03}" for number in range(250)]
    provider.put_collection(section, title="Long", rating_keys=keys[10:], collection_key=made)
    assert shown(plex)["Long"] == [f"{number:03}" for number in range(10, 250)]


# --- what goes wrong ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("mode", "family"),
    [
        (Mode.DOWN, Unreachable),
        (Mode.UNAUTHORIZED, BadCredentials),
        (Mode.ERROR, Refused),
        (Mode.WRONG, Malformed),
        (Mode.GARBAGE, Malformed),
    ],
)
def test_work_fails_within_the_family(plex: Simulated, videos: Path, mode: Mode, family: type[Exception]) -> None:
    provider = reached(plex)
    section = provider.video_section(videos)
    plex.turn(mode)
    for again in (provider, reached(plex)):  # in the midst of work, and at its start
        with pytest.raises(family):
            again.find_files(section, {"a.mp4"})
        with pytest.raises(family):
            again.put_collection(section, title="Mix", rating_keys=["1"], collection_key="7")


@pytest.mark.parametrize("body", [b"", b"<html/>", b'<MediaContainer machineIdentifier=""/>', b"<Media", b"{}"])
def test_an_odd_answer_makes_no_server(body: bytes, videos: Path) -> None:
    with server(saying(page(body))) as wire, pytest.raises(Malformed):
        Plex(Connection(wire.url, "key")).video_section(videos)


def test_a_plex_that_keeps_failing_is_left_alone(plex: Simulated, videos: Path) -> None:
    plex.turn(Mode.DOWN)
    for _time in range(5):
        with pytest.raises(Unreachable):
            Plex(Connection(plex.url, plex.token, {}, Breaker("plex"))).video_section(videos)
    with pytest.raises(Unreachable, match="tried again in a moment"):
        Plex(Connection(plex.url, plex.token, {}, Breaker("plex"))).video_section(videos)
