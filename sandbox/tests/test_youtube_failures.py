"""What the real yt-dlp says when something is wrong with a video of the simulated YouTube."""

from __future__ import annotations

import itertools
import re
import threading
import time
from collections.abc import Iterator

import pytest
from yt_dlp.networking.exceptions import HTTPError
from yt_dlp.utils import DownloadError, ExtractorError, GeoRestrictedError

from sandbox.control import ControlClient, ControlError, ControlServer
from sandbox.tests.youtube_client import Fetcher, play
from sandbox.youtube import Failure, Size, YouTube

# yt-dlp leaves the connection of a failed answer to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore:unclosed <ssl.SSLSocket:ResourceWarning")

REFUSALS = [
    (Failure.PRIVATE, "Private video. Sign in if you've been granted access"),
    (Failure.DELETED, "Video unavailable. This video has been removed"),
    (Failure.MEMBERS, "Join this channel to get access to members-only content"),
    (Failure.AGE, "Sign in to confirm your age"),
    (Failure.GEO, "not made this video available in your country"),
    (Failure.BOT_CHECK, "Sign in to confirm you\u2019re not a bot"),
    (Failure.RATE_LIMITED, "This content isn't available, try again later"),
    (Failure.LIVE_UPCOMING, "This live event will begin in"),
]


@pytest.mark.parametrize(("failure", "words"), REFUSALS)
def test_the_player_refuses_with_the_words_of_the_real_one(
    youtube: YouTube, fetcher: Fetcher, failure: Failure, words: str
) -> None:
    video = youtube.add_video("Not to be had", failure=failure)
    with pytest.raises(DownloadError, match=re.escape(words)) as refusal:
        fetcher.fetch(video.url)
    inner = refusal.value.exc_info[1]
    assert isinstance(inner, ExtractorError)
    assert inner.expected
    assert inner.video_id == video.id
    assert youtube.media_starts(video.id) == []


def test_a_region_lock_names_the_countries(youtube: YouTube, fetcher: Fetcher) -> None:
    video = youtube.add_video("Elsewhere", failure=Failure.GEO)
    with pytest.raises(DownloadError) as refusal:
        fetcher.fetch(video.url)
    inner = refusal.value.exc_info[1]
    assert isinstance(inner, GeoRestrictedError)
    assert inner.countries == ["NZ"]


def test_a_rate_limit_is_explained_by_the_downloader_itself(youtube: YouTube, fetcher: Fetcher) -> None:
    video = youtube.add_video("Too fast", failure=Failure.RATE_LIMITED)
    with pytest.raises(DownloadError, match="rate-limited by YouTube"):
        fetcher.fetch(video.url)


@pytest.mark.parametrize(
    ("failure", "warning"), [(Failure.HTTP_429, "HTTP Error 429"), (Failure.SERVER_ERROR, "HTTP Error 500")]
)
def test_errors_of_the_player_are_told_in_warnings_alone(
    youtube: YouTube, fetcher: Fetcher, failure: Failure, warning: str
) -> None:
    video = youtube.add_video("Behind an error", failure=failure)
    with pytest.raises(DownloadError, match="Failed to extract any player response") as refusal:
        fetcher.fetch(video.url)
    assert isinstance(refusal.value.exc_info[1], ExtractorError)
    assert any(warning in said for said in fetcher.log.warnings)


def test_forbidden_bytes_are_an_http_error(youtube: YouTube, fetcher: Fetcher) -> None:
    video = youtube.add_video("Forbidden", failure=Failure.FORBIDDEN_MEDIA)
    with pytest.raises(DownloadError, match="HTTP Error 403") as refusal:
        fetcher.fetch(video.url)
    inner = refusal.value.exc_info[1]
    assert isinstance(inner, HTTPError)
    assert inner.status == 403


def test_an_id_that_no_video_has_is_unavailable(fetcher: Fetcher) -> None:
    with pytest.raises(DownloadError, match="Video unavailable"):
        fetcher.fetch("https://www.youtube.com/watch?v=nobodyknows")


def test_a_coming_event_is_listed_as_such(youtube: YouTube, fetcher: Fetcher) -> None:
    video = youtube.add_video("Soon", failure=Failure.LIVE_UPCOMING)
    [entry] = fetcher.list_(youtube.add_playlist("Coming", [video]).url)["entries"]
    assert entry["live_status"] == "is_upcoming"
    assert entry["release_timestamp"] == 1893456000
    told = fetcher.look(video.url, ignore_no_formats_error=True)
    assert (told["live_status"], told["release_timestamp"]) == ("is_upcoming", 1893456000)


# Bytes


def assert_resumed(starts: list[int], dropped: int) -> None:
    """One resumption, where the bytes ended: yt-dlp reads in blocks and gives up the last, incomplete one."""
    first, second = starts
    assert first == 0
    assert dropped / 2 < second <= dropped


def test_a_dropped_download_goes_on_where_it_ended(youtube: YouTube, fetcher: Fetcher) -> None:
    video = youtube.add_video("Dropped", size=Size.LARGE, failure=Failure.DROPPING)
    played = play(fetcher.fetch(video.url))
    assert (played.video, played.audio) == ("h264", "aac")
    assert played.seconds == pytest.approx(video.duration, abs=0.2)
    picture = [seen.start for seen in youtube.media_starts(video.id) if "itag=136" in seen.path]
    assert_resumed(picture, 65_536)
    assert video.failure is None


def test_a_download_may_drop_several_times_at_a_place_of_choice(youtube: YouTube, fetcher: Fetcher) -> None:
    video = youtube.add_video("Dropped thrice", size=Size.LARGE)
    youtube.fail(video.id, Failure.DROPPING, after=100_000, times=3)
    file = fetcher.fetch(video.url, format="136", retries=3)
    assert play(file).seconds == pytest.approx(video.duration, abs=0.2)
    starts = [seen.start for seen in youtube.media_starts(video.id)]
    assert len(starts) == 4
    for before, after in itertools.pairwise(starts):
        assert_resumed([0, after - before], 100_000)


def test_a_partial_file_of_an_earlier_run_is_resumed(youtube: YouTube, fetcher: Fetcher) -> None:
    video = youtube.add_video("In two runs", size=Size.LARGE)
    youtube.fail(video.id, Failure.DROPPING, after=300_000, times=1)
    with pytest.raises(DownloadError, match="more expected"):
        fetcher.fetch(video.url, retries=0)
    assert play(fetcher.fetch(video.url)).video == "h264"
    *picture, sound = [seen.start for seen in youtube.media_starts(video.id)]
    assert_resumed(picture, 300_000)
    assert sound == 0


def test_a_truncated_video_never_comes_whole(youtube: YouTube, fetcher: Fetcher) -> None:
    video = youtube.add_video("Half of it", failure=Failure.TRUNCATED)
    for _ in range(2):
        with pytest.raises(DownloadError, match="more expected") as refusal:
            fetcher.fetch(video.url)
        assert refusal.value.exc_info is None or refusal.value.exc_info[1] is None
    assert len(youtube.media_starts(video.id)) == 6, "a first try and two more in each run"


def test_a_stalled_video_times_out(youtube: YouTube, fetcher: Fetcher) -> None:
    video = youtube.add_video("Stuck", failure=Failure.STALLED)
    with pytest.raises(DownloadError, match="timed out"):
        fetcher.fetch(video.url, socket_timeout=0.5, retries=1)
    assert_resumed([seen.start for seen in youtube.media_starts(video.id)], 65_536)


def test_a_stalled_video_goes_on_when_the_failure_is_cleared(youtube: YouTube, fetcher: Fetcher) -> None:
    video = youtube.add_video("Stuck for a moment", failure=Failure.STALLED)
    release = threading.Timer(1, lambda: setattr(video, "failure", None))
    release.start()
    assert play(fetcher.fetch(video.url)).video == "h264"
    release.join()
    assert [seen.start for seen in youtube.media_starts(video.id)] == [0, 0]


def test_stopping_does_not_wait_for_what_is_stalled(youtube: YouTube, fetcher: Fetcher) -> None:
    video = youtube.add_video("Stuck for good", failure=Failure.STALLED)
    took: list[float] = []

    def stop(_: dict[str, object]) -> None:
        if not took:
            began = time.monotonic()
            youtube.stop()
            took.append(time.monotonic() - began)

    with pytest.raises(DownloadError):
        fetcher.fetch(video.url, progress_hooks=[stop])
    assert took[0] < 2


# Set and cleared


@pytest.mark.parametrize("failure", [f for f in Failure if f not in (Failure.DROPPING, Failure.STALLED)])
def test_a_failure_is_cleared_while_running(youtube: YouTube, fetcher: Fetcher, failure: Failure) -> None:
    video = youtube.add_video("Mended")
    video.failure = failure
    with pytest.raises(DownloadError):
        fetcher.fetch(video.url, format="18")
    video.failure = None
    assert play(fetcher.fetch(video.url, format="18")).audio == "aac"


@pytest.mark.parametrize("failure", [Failure.BOT_CHECK, Failure.SERVER_ERROR, Failure.FORBIDDEN_MEDIA])
def test_a_failure_can_pass_by_itself(youtube: YouTube, fetcher: Fetcher, failure: Failure) -> None:
    video = youtube.add_video("For a while")
    youtube.fail(video.id, failure, times=2)
    for _ in range(2):
        with pytest.raises(DownloadError):
            fetcher.fetch(video.url, format="18")
    assert play(fetcher.fetch(video.url, format="18")).video == "h264"


@pytest.mark.parametrize("failure", [Failure.BOT_CHECK, Failure.FORBIDDEN_MEDIA, Failure.TRUNCATED])
def test_a_global_failure_strikes_every_video_until_cleared(
    youtube: YouTube, fetcher: Fetcher, failure: Failure
) -> None:
    videos = [youtube.add_video("First"), youtube.add_video("Second")]
    youtube.global_failure = failure
    for video in videos:
        with pytest.raises(DownloadError):
            fetcher.fetch(video.url)
    youtube.global_failure = None
    assert all(play(fetcher.fetch(video.url)).video == "h264" for video in videos)


@pytest.mark.parametrize(("failure", "said"), [(Failure.HTTP_429, "429"), (Failure.SERVER_ERROR, "500")])
def test_global_errors_of_the_site_also_meet_the_lists(
    youtube: YouTube, fetcher: Fetcher, failure: Failure, said: str
) -> None:
    playlist = youtube.add_playlist("Out of reach", 2)
    youtube.global_failure = failure
    with pytest.raises(DownloadError, match=f"HTTP Error {said}"):
        fetcher.list_(playlist.url)


# Over a wire


@pytest.fixture
def remote(youtube: YouTube) -> Iterator[ControlClient]:
    server = ControlServer({"youtube": youtube})
    server.start()
    yield ControlClient(server.url)
    server.stop()


def test_everything_is_ordered_from_another_process(youtube: YouTube, remote: ControlClient) -> None:
    video = youtube.add_video("Ordered about")
    state = remote.control("youtube", {"rate": 200_000, "latency": 0.1, "failure": [video.id, "members"]})
    assert (state["rate"], state["latency"], state["failures"][video.id]) == (200_000, 0.1, "members")
    assert (youtube.rate, youtube.latency, video.failure) == (200_000, 0.1, Failure.MEMBERS)
    state = remote.control("youtube", {"failure": [video.id, "dropping", 1000, 2], "global_failure": "bot_check"})
    assert (video.failure, video.failure_after, video.failure_times) == (Failure.DROPPING, 1000, 2)
    assert state["global_failure"] == "bot_check"
    state = remote.control("youtube", {"rate": None, "latency": 0, "failure": [video.id, None], "global_failure": None})
    assert (state["rate"], state["latency"], state["global_failure"]) == (None, 0, None)
    assert video.id not in state["failures"]
    assert remote.turn("youtube", "down")["mode"] == "down"
    assert youtube.control({"mode": "slow", "delay": 2})["mode"] == "slow"
    assert youtube.switch.setting.delay == 2


def test_a_list_made_from_another_process_is_there_and_its_fetching_is_told(
    youtube: YouTube, remote: ControlClient, fetcher: Fetcher
) -> None:
    made = remote.control("youtube", {"add_playlist": {"title": "Made to order", "entries": 3}})
    assert [entry["id"] for entry in fetcher.list_(made["url"])["entries"]] == made["videos"]
    first = youtube.videos[made["videos"][0]]
    assert first.size is Size.LARGE
    first.failure = Failure.DROPPING
    fetcher.fetch(first.url)
    assert remote.control("youtube", {"media_starts": first.id})["media_starts"] == 3
    seen = remote.control("youtube", {"requests": True})["requests"]
    *picture, sound = [one["start"] for one in seen if one["video_id"] == first.id]
    assert_resumed(picture, 65_536)
    assert sound == 0
    assert remote.control("youtube", {"forget": True})["requests"] == 0
    bench = remote.control("youtube", {"bench_playlist": ["Made to measure", 12]})
    assert len(bench["videos"]) == 12
    assert bench["url"] == youtube.playlists[bench["url"].partition("=")[2]].url


@pytest.mark.parametrize(
    "orders",
    [
        {"colour": "red"},
        {"rate": -1},
        {"failure": ["nobodyknows", "members"]},
        {"failure": ["nobodyknows"]},
        {"global_failure": "sneezing"},
        {"add_playlist": {"title": "No entries"}},
    ],
)
def test_an_order_that_makes_no_sense_is_refused(remote: ControlClient, orders: dict[str, object]) -> None:
    with pytest.raises(ControlError):
        remote.control("youtube", orders)


def test_no_order_is_obeyed_when_one_is_unknown(youtube: YouTube) -> None:
    with pytest.raises(KeyError):
        youtube.control({"rate": 5, "colour": "red"})
    assert youtube.rate is None
