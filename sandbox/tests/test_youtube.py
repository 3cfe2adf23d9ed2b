"""The simulated YouTube as the real yt-dlp meets it, when all goes well."""

from __future__ import annotations

import socket
import threading
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from yt_dlp.utils import DownloadError

from sandbox.tests.youtube_client import Fetcher, play
from sandbox.youtube import Failure, Size, YouTube

# yt-dlp leaves the connection of a failed answer to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore:unclosed <ssl.SSLSocket:ResourceWarning")


def demo(youtube: YouTube, title: str) -> str:
    return dict(youtube.demo_playlists())[title]


# Playlists


def test_a_long_list_comes_whole_and_in_order(youtube: YouTube, fetcher: Fetcher) -> None:
    found = fetcher.list_(demo(youtube, "Birdsong diary, every morning"))
    assert found["title"] == "Birdsong diary, every morning"
    assert found["playlist_count"] == 250
    assert (found["channel"], found["uploader_id"]) == ("Field Notes", "@fieldnotes")
    playlist = youtube.playlists[found["id"]]
    assert [entry["id"] for entry in found["entries"]] == playlist.video_ids
    assert found["entries"][249]["title"] == "Birdsong, morning 250 of 250"
    pages = [seen for seen in youtube.requests if seen.path.startswith("/youtubei/v1/browse")]
    assert len(pages) == 3, "one to reload, two to continue"


def test_a_look_at_the_first_entries_asks_for_no_more_pages(youtube: YouTube, fetcher: Fetcher) -> None:
    found = fetcher.list_(demo(youtube, "Birdsong diary, every morning"), playlist_items="1:50", lazy_playlist=True)
    assert len(found["entries"]) == 50
    assert len([seen for seen in youtube.requests if "browse" in seen.path]) == 1


def test_woodworking_shows_what_is_private_or_deleted_only_when_reloaded(youtube: YouTube, fetcher: Fetcher) -> None:
    url = demo(youtube, "Woodworking for evenings")
    entries = fetcher.list_(url)["entries"]
    assert len(entries) == 12
    assert [entry["title"] for entry in entries if entry["duration"] is None] == ["[Private video]", "[Deleted video]"]
    assert all(entry["channel"] == "Evening Workshop" for entry in entries if entry["duration"])
    hidden = fetcher.list_(url, compat_opts={"no-youtube-unavailable-videos"})["entries"]
    assert len(hidden) == 10
    failures = [youtube.videos[entry["id"]].failure for entry in entries]
    assert sorted(failure.value for failure in failures if failure) == ["deleted", "members", "private"]
    assert fetcher.log.warnings == []


def test_the_other_lists_are_as_promised(youtube: YouTube, fetcher: Fetcher) -> None:
    lists = {title: [e["id"] for e in fetcher.list_(url)["entries"]] for title, url in youtube.demo_playlists()}
    assert len(lists["Garden year, month by month"]) == 8
    assert len(lists["Little astronomy"]) == 5
    assert len(lists[".."]) == 3
    assert len(set(lists["Workshop favourites"]) & set(lists["Woodworking for evenings"])) == 3
    good = lists["Garden year, month by month"] + lists["Little astronomy"]
    assert all(youtube.videos[video_id].failure is None for video_id in good)


def test_ids_are_the_same_each_time(youtube: YouTube, media_dir: Path) -> None:
    again = YouTube(media_dir)
    assert again.demo_playlists() == youtube.demo_playlists()
    assert list(again.videos) == list(youtube.videos)
    first, second = (youtube.add_video("Same title") for _ in range(2))
    assert first.id != second.id
    assert again.add_video("Same title").id == first.id


@pytest.mark.parametrize("private", [False, True])
def test_a_list_that_is_missing_or_private_is_refused_with_a_reason(
    youtube: YouTube, fetcher: Fetcher, private: bool
) -> None:
    url = "https://www.youtube.com/playlist?list=PLnobodyhasmadethislist0000000000"
    reason = "The playlist does not exist"
    if private:
        url, reason = youtube.add_playlist("Mine alone", 2, private=True).url, "This playlist is private"
    with pytest.raises(DownloadError, match=f"YouTube said: {reason}"):
        fetcher.list_(url)


def test_a_list_changes_while_the_service_runs(youtube: YouTube, fetcher: Fetcher) -> None:
    playlist = youtube.add_playlist("Growing", 2)
    new = youtube.add_video("Late arrival")
    playlist.video_ids.insert(1, new.id)
    playlist.video_ids.append("gonevideo01")
    titles = [entry["title"] for entry in fetcher.list_(playlist.url)["entries"]]
    assert titles == ["Growing 1", "Late arrival", "Growing 2", "[Deleted video]"]
    playlist.video_ids.clear()
    assert fetcher.list_(playlist.url)["entries"] == []


def test_the_newer_layout_tells_the_same_and_marks_what_is_for_members(youtube: YouTube, fetcher: Fetcher) -> None:
    classic = youtube.playlists[demo(youtube, "Woodworking for evenings").partition("=")[2]]
    newer = youtube.add_playlist("In the newer layout", classic.video_ids, layout="lockup")
    first, second = fetcher.list_(classic.url)["entries"], fetcher.list_(newer.url)["entries"]
    for told in ("id", "title", "duration", "channel", "channel_id"):
        assert [entry.get(told) for entry in second] == [entry.get(told) for entry in first]
    assert {entry["availability"] for entry in first} == {None}
    members = [entry["id"] for entry in second if entry["availability"] == "subscriber_only"]
    assert [youtube.videos[video_id].failure for video_id in members] == [Failure.MEMBERS]
    long = youtube.add_playlist("Long and newer", 205, layout="lockup")
    assert [entry["id"] for entry in fetcher.list_(long.url)["entries"]] == long.video_ids


HOSTILE = [
    "..",
    "../../../etc/passwd",
    "</script><script>alert(1)</script>",
    'quotes " \' and \\ backslash \\u0041 {"json": [1]};',
    "x" * 300,
    "ü" * 300,
    "🪚🌱🔭 \U0001f468\u200d\U0001f469\u200d\U0001f467",
    "control \x01\x07\x1b[31m and \x7f, tab\t, newline\n, return\r",
    "bidi \u202egpj.exe\u202c \u2066isolated\u2069 \u200b",
    "%(title)s %(id)s.%(ext)s %s",
    "-rf ~",
    "CON",
    "nul\x00byte",
    "  spaces  ",
]


@pytest.mark.parametrize("title", HOSTILE)
def test_hostile_titles_arrive_unchanged(youtube: YouTube, fetcher: Fetcher, title: str) -> None:
    video = youtube.add_video(title, channel=title)
    playlist = youtube.add_playlist(title, [video], channel=title)
    found = fetcher.list_(playlist.url)
    assert (found["title"], found["channel"]) == (title, title)
    assert (found["entries"][0]["title"], found["entries"][0]["channel"]) == (title, title)
    alone = fetcher.look(video.url)
    assert (alone["title"], alone["channel"]) == (title, title)


# Videos


def test_a_download_merges_picture_and_sound_and_plays(youtube: YouTube, fetcher: Fetcher) -> None:
    video = youtube.add_video("A bird table")
    file = fetcher.fetch(video.url)
    played = play(file)
    assert (played.video, played.audio, played.height) == ("h264", "aac", 720)
    assert played.seconds == pytest.approx(video.duration, abs=0.2)
    assert [seen.start for seen in youtube.media_starts(video.id)] == [0, 0]
    assert fetcher.log.warnings == []
    assert youtube.refused_hosts == []


@pytest.mark.parametrize(
    ("wanted", "height", "sound"),
    [("bv[height<=360]+ba", 360, "aac"), ("18", 360, "aac"), ("bv[height<=360]", 360, ""), ("bv*+ba", 720, "aac")],
)
def test_formats_can_be_chosen(youtube: YouTube, fetcher: Fetcher, wanted: str, height: int, sound: str) -> None:
    video = youtube.add_video("In several sizes")
    played = play(fetcher.fetch(video.url, format=wanted))
    assert (played.height, played.audio) == (height, sound)


def test_what_is_told_of_a_video_is_what_was_said(youtube: YouTube, fetcher: Fetcher) -> None:
    video = youtube.videos[youtube.playlists[demo(youtube, "Little astronomy").partition("=")[2]].video_ids[0]]
    told = fetcher.look(video.url)
    assert told["title"] == "Finding north on a clear night"
    assert (told["channel"], told["channel_id"]) == ("Window to the Sky", video.channel_id)
    assert told["uploader_id"] == "@windowtothesky"
    assert told["upload_date"] == "20250301"
    assert told["duration"] == video.duration
    assert told["availability"] == "public"
    assert told["filesize_approx"] == sum(part["filesize"] for part in told["requested_formats"])
    assert told["description"].startswith(told["title"])


def test_the_downloader_also_works_without_a_javascript_runtime(youtube: YouTube, fetcher: Fetcher) -> None:
    video = youtube.add_video("Plain")
    assert play(fetcher.fetch(video.url, js_runtimes={})).video == "h264"
    assert "JavaScript runtime" in fetcher.log.warnings[0]


def test_captions_and_thumbnail_come_along(youtube: YouTube, fetcher: Fetcher, tmp_path: Path) -> None:
    video = youtube.add_video("With words")
    wanted = {"writesubtitles": True, "subtitleslangs": ["en"], "writethumbnail": True}
    file = fetcher.fetch(video.url, **wanted)
    captions = file.with_suffix(".en.vtt").read_text()
    assert captions.startswith("WEBVTT")
    assert "Line 1" in captions
    assert file.with_suffix(".jpg").read_bytes() == video.picture.big.read_bytes()
    assert sorted(path.suffix for path in tmp_path.iterdir()) == [".jpg", ".mp4", ".vtt"]


def test_a_video_without_captions_has_none(youtube: YouTube, fetcher: Fetcher) -> None:
    video = youtube.add_video("Silent", captions=False)
    assert not fetcher.look(video.url)["subtitles"]


def test_sponsor_segments_are_told_when_there_are_any(youtube: YouTube, fetcher: Fetcher) -> None:
    video = youtube.add_video("With a word from a sponsor", size=Size.LARGE)
    cutter = {"postprocessors": [{"key": "SponsorBlock", "when": "after_filter"}]}
    assert fetcher.look(video.url, **cutter)["sponsorblock_chapters"] == []
    youtube.site.sponsors[video.id] = [(3.0, 5.0)]
    [chapter] = fetcher.look(video.url, **cutter)["sponsorblock_chapters"]
    assert (chapter["category"], chapter["start_time"], chapter["end_time"]) == ("sponsor", 3.0, 5.0)


def test_a_padded_video_is_larger_and_plays_as_before(youtube: YouTube, fetcher: Fetcher) -> None:
    plain, padded = youtube.add_video("Plain"), youtube.add_video("Padded", padding=3_000_000)
    sizes = [fetcher.look(v.url, format="136")["filesize"] for v in (plain, padded)]
    assert sizes[1] > 3_000_000 > sizes[0]
    file = fetcher.fetch(padded.url, format="136")
    assert file.stat().st_size == sizes[1]
    assert play(file).seconds == pytest.approx(padded.duration, abs=0.2)


@pytest.mark.parametrize("padding", [-1, 1, 7])
def test_a_padding_that_no_box_can_have_is_refused(youtube: YouTube, padding: int) -> None:
    with pytest.raises(ValueError, match="padding"):
        youtube.add_video("Padded", padding=padding)


def test_two_threads_at_once_get_their_own(youtube: YouTube, tmp_path: Path) -> None:
    videos = [youtube.add_video(f"Side by side {number}") for number in range(6)]

    def fetch(number: int) -> Path:
        return Fetcher(youtube, tmp_path / str(number)).fetch(videos[number].url)

    with ThreadPoolExecutor(2) as pool:
        files = list(pool.map(fetch, range(6)))
    assert [play(file).seconds for file in files] == pytest.approx([v.duration for v in videos], abs=0.2)
    assert all(len(youtube.media_starts(video.id)) == 2 for video in videos)


# The line


def test_the_rate_is_kept_for_each_connection(youtube: YouTube, fetcher: Fetcher) -> None:
    video = youtube.add_video("Slowly", size=Size.LARGE)
    youtube.rate = 400_000
    size = fetcher.look(video.url, format="134")["filesize"]
    began = time.monotonic()
    fetcher.fetch(video.url, format="134")
    took = time.monotonic() - began
    assert size / 400_000 * 0.8 < took < size / 400_000 * 1.5 + 5


def test_a_running_transfer_follows_a_new_rate(youtube: YouTube, fetcher: Fetcher) -> None:
    video = youtube.add_video("Suddenly fast", size=Size.LARGE)
    youtube.rate = 20_000  # about a minute in all
    moved = threading.Event()

    def hurry(progress: dict[str, object]) -> None:
        if not moved.is_set() and int(str(progress.get("downloaded_bytes") or 0)) > 10_000:
            moved.set()
            youtube.rate = None

    began = time.monotonic()
    fetcher.fetch(video.url, progress_hooks=[hurry])
    assert moved.is_set()
    assert time.monotonic() - began < 10


def test_latency_is_added_to_each_request(youtube: YouTube, fetcher: Fetcher) -> None:
    url = demo(youtube, "Little astronomy")
    youtube.latency = 0.3
    began = time.monotonic()
    fetcher.list_(url)
    assert time.monotonic() - began >= 0.3 * len(youtube.requests)
    assert len(youtube.requests) == 2


@pytest.mark.parametrize(("knob", "value"), [("rate", 0), ("rate", -5), ("latency", -1)])
def test_settings_that_make_no_sense_are_refused(youtube: YouTube, knob: str, value: int) -> None:
    with pytest.raises(ValueError, match=knob):
        setattr(youtube, knob, value)


# The proxy


@pytest.mark.parametrize("address", ["http://example.com/", "https://example.com/", "https://169.254.169.254/latest"])
def test_any_other_host_is_refused_and_remembered(youtube: YouTube, address: str) -> None:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({"http": youtube.url, "https": youtube.url}))
    with pytest.raises((urllib.error.URLError, OSError), match="502") as refusal:
        opener.open(address, timeout=5)
    if isinstance(refusal.value, urllib.error.HTTPError):
        refusal.value.close()
    assert youtube.refused_hosts == [address.split("/")[2]]
    assert youtube.requests == []


@pytest.mark.parametrize(
    "line", ["CONNECT www.youtube.com:22", "CONNECT www.youtube.com.evil.example:443", "CONNECT x"]
)
def test_a_tunnel_leads_to_the_known_hosts_alone(youtube: YouTube, line: str) -> None:
    with socket.create_connection(("127.0.0.1", youtube.port), timeout=5) as client:
        client.sendall(f"{line} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        with client.makefile("rb") as answer:
            assert b" 502 " in answer.readline()
    assert len(youtube.refused_hosts) == 1


@pytest.mark.parametrize(
    "sent", [b"\x16\x03\x01\x00\xff", b"GET", b"CONNECT www.youtube.com:443 HTTP/1.1\r\n\r\nnot tls"]
)
def test_a_client_that_talks_nonsense_disturbs_nobody(youtube: YouTube, fetcher: Fetcher, sent: bytes) -> None:
    with socket.create_connection(("127.0.0.1", youtube.port), timeout=5) as client:
        client.sendall(sent)
    assert len(fetcher.list_(demo(youtube, "Little astronomy"))["entries"]) == 5


# The switch


def test_down_refuses_connections_and_up_is_found_at_the_same_port(youtube: YouTube, fetcher: Fetcher) -> None:
    port = youtube.port
    youtube.turn("down")
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=2)
    with pytest.raises(DownloadError, match="refused"):
        fetcher.list_(demo(youtube, "Little astronomy"))
    youtube.turn("up")
    assert youtube.port == port
    assert len(fetcher.list_(demo(youtube, "Little astronomy"))["entries"]) == 5


def test_going_down_ends_a_running_transfer(youtube: YouTube, fetcher: Fetcher) -> None:
    video = youtube.add_video("Interrupted", size=Size.LARGE)
    youtube.rate = 50_000

    def pull_the_plug(progress: dict[str, object]) -> None:
        if youtube.state()["mode"] == "up":
            youtube.turn("down")

    with pytest.raises(DownloadError):
        fetcher.fetch(video.url, progress_hooks=[pull_the_plug])
    youtube.turn("up")
    youtube.rate = None
    assert play(fetcher.fetch(video.url)).seconds == pytest.approx(video.duration, abs=0.2)
    assert any(seen.start > 0 for seen in youtube.media_starts(video.id)), "the second try went on from the first"


@pytest.mark.parametrize(("mode", "said"), [("unauthorized", "401"), ("error", "500")])
def test_every_host_can_answer_with_an_error(youtube: YouTube, fetcher: Fetcher, mode: str, said: str) -> None:
    youtube.turn(mode)
    with pytest.raises(DownloadError, match=f"HTTP Error {said}"):
        fetcher.list_(demo(youtube, "Little astronomy"))


@pytest.mark.parametrize("mode", ["wrong", "garbage"])
def test_every_host_can_answer_nonsense(youtube: YouTube, fetcher: Fetcher, mode: str) -> None:
    youtube.turn(mode)
    with pytest.raises(DownloadError):
        fetcher.list_(demo(youtube, "Little astronomy"))
    with pytest.raises(DownloadError):
        fetcher.fetch(youtube.add_video("Nonsense").url)


def test_a_hanging_service_times_out_and_is_released(youtube: YouTube, fetcher: Fetcher) -> None:
    youtube.turn("hang", 60)
    with pytest.raises(DownloadError, match="timed out"):
        fetcher.list_(demo(youtube, "Little astronomy"), socket_timeout=0.5)
    began = time.monotonic()
    youtube.stop()
    assert time.monotonic() - began < 3


def test_a_slow_service_answers_in_the_end(youtube: YouTube, fetcher: Fetcher) -> None:
    youtube.turn("slow", 0.4)
    began = time.monotonic()
    assert len(fetcher.list_(demo(youtube, "Little astronomy"))["entries"]) == 5
    assert time.monotonic() - began >= 0.8


def test_the_state_tells_what_is_going_on(youtube: YouTube, fetcher: Fetcher) -> None:
    video = youtube.add_video("Counted", failure=Failure.DROPPING)
    fetcher.fetch(video.url)
    state = youtube.state()
    assert (state["name"], state["url"], state["mode"]) == ("youtube", youtube.url, "up")
    assert state["media_starts"] == {video.id: 3}
    assert video.id not in state["failures"]
    youtube.forget()
    assert (youtube.requests, youtube.state()["media_starts"]) == ([], {})
