"""What the simulated YouTube holds: videos, playlists, and what is wrong with them."""

from __future__ import annotations

import base64
import dataclasses
import datetime as dt
import enum
import hashlib
import threading
from collections.abc import Iterable

from sandbox.media import Clip, Media, Picture

AFTER = 65_536  # bytes of a stream that arrive before it fails


class Failure(enum.StrEnum):
    """What can be wrong with a video. The last four concern its bytes, the others its page and player."""

    PRIVATE = "private"
    DELETED = "deleted"
    MEMBERS = "members"
    AGE = "age"
    GEO = "geo"
    BOT_CHECK = "bot_check"
    RATE_LIMITED = "rate_limited"  # the player says "try again later"
    HTTP_429 = "http_429"  # watch page and player
    LIVE_UPCOMING = "live_upcoming"
    SERVER_ERROR = "server_error"  # the player answers 500
    FORBIDDEN_MEDIA = "forbidden_media"  # 403 for the bytes
    DROPPING = "dropping"  # the connection ends too early; the rest can be had by Range
    STALLED = "stalled"  # no more bytes come, and the connection stays
    TRUNCATED = "truncated"  # the bytes after some place cannot be had at all


HIDDEN = frozenset({Failure.PRIVATE, Failure.DELETED})
OF_MEDIA = frozenset({Failure.FORBIDDEN_MEDIA, Failure.DROPPING, Failure.STALLED, Failure.TRUNCATED})


class Size(enum.StrEnum):
    """How many bytes a video has: about 0.3 MB, or 1.15 MB with sound at 720p."""

    SMALL = "small"
    LARGE = "large"


class Layout(enum.StrEnum):
    """The two ways in which the site draws a playlist; only the newer one marks videos for members."""

    CLASSIC = "classic"
    LOCKUP = "lockup"


@dataclasses.dataclass
class Video:
    """One video. `failure` may be set and cleared while the service runs.

    `duration` in seconds is what the pages say; `padding` bytes that play nothing are added to each
    stream with a picture. A failure strikes `failure_times` times and is then gone (None: always, but
    DROPPING once); counted are visits of the watch page, and for failures of the bytes the answers.
    `failure_after` is in bytes.
    """

    id: str
    title: str
    channel: str
    channel_id: str
    duration: int
    uploaded: dt.date
    clip: Clip
    picture: Picture
    failure: Failure | None = None
    failure_after: int = AFTER
    failure_times: int | None = None
    size: Size = Size.SMALL
    padding: int = 0
    captions: bool = True
    description: str = ""

    @property
    def url(self) -> str:
        return f"https://www.youtube.com/watch?v={self.id}"

    def visited(self) -> None:
        """Count one visit of the watch page under a failure of the page or player; it holds until the next."""
        if self.failure is None or self.failure in OF_MEDIA or self.failure_times is None:
            return
        if self.failure_times <= 0:
            self.failure = self.failure_times = None
        else:
            self.failure_times -= 1

    def struck(self, failure: Failure | None) -> None:
        """Count one blow of this failure of the bytes, if it is the video's own."""
        left = self.failure_times
        if left is None and failure is Failure.DROPPING:
            left = 1
        if left is None or failure is None or failure is not self.failure:
            return
        self.failure_times = left - 1 or None
        if left <= 1:
            self.failure = None


@dataclasses.dataclass
class Playlist:
    """A list of video ids in order; ids that are no video's are shown as deleted ones."""

    id: str
    title: str
    channel: str
    channel_id: str
    video_ids: list[str]
    description: str = ""
    private: bool = False
    layout: Layout = Layout.CLASSIC

    @property
    def url(self) -> str:
        return f"https://www.youtube.com/playlist?list={self.id}"


class Catalogue:
    """Videos and playlists by id. The same additions in the same order give the same ids."""

    def __init__(self, media: Media) -> None:
        self.media = media
        self.videos: dict[str, Video] = {}
        self.playlists: dict[str, Playlist] = {}
        self._lock = threading.Lock()

    def add_video(
        self,
        title: str,
        *,
        channel: str = "Quiet Corner",
        duration: int | None = None,
        uploaded: dt.date = dt.date(2025, 3, 1),
        failure: Failure | str | None = None,
        size: Size | str = Size.SMALL,
        padding: int = 0,
        captions: bool = True,
        video_id: str | None = None,
    ) -> Video:
        """Add a video. `duration` is by default the true one, in seconds; `padding` is 0 or at least 8 bytes."""
        if 0 < padding < 8 or padding < 0:
            raise ValueError("padding is 0 or at least 8 bytes")
        with self._lock:
            id_ = video_id or self._free_id("", 11, f"video {channel} {title}", self.videos)
            number = hashlib.sha256(id_.encode()).digest()
            large = Size(size) is Size.LARGE
            clip = self.media.large if large else self.media.small[number[0] % len(self.media.small)]
            video = Video(
                id=id_,
                title=title,
                channel=channel,
                channel_id=channel_id(channel),
                duration=clip.seconds if duration is None else duration,
                uploaded=uploaded,
                clip=clip,
                picture=self.media.pictures[number[1] % len(self.media.pictures)],
                failure=Failure(failure) if failure else None,
                size=Size(size),
                padding=padding,
                captions=captions,
                description=f"{title}\n\nRecorded for {channel}.",
            )
            self.videos[id_] = video
            return video

    def add_playlist(
        self,
        title: str,
        videos: Iterable[Video | str] | int,
        *,
        channel: str = "Quiet Corner",
        description: str = "",
        private: bool = False,
        layout: Layout | str = Layout.CLASSIC,
        playlist_id: str | None = None,
    ) -> Playlist:
        """Add a playlist of these videos or video ids, or of that many new videos."""
        if isinstance(videos, int):
            videos = [self.add_video(f"{title} {number}", channel=channel) for number in range(1, videos + 1)]
        ids = [video if isinstance(video, str) else video.id for video in videos]
        with self._lock:
            id_ = playlist_id or self._free_id("PL", 32, f"playlist {channel} {title}", self.playlists)
            playlist = Playlist(id_, title, channel, channel_id(channel), ids, description, private, Layout(layout))
            self.playlists[id_] = playlist
            return playlist

    @staticmethod
    def _free_id(prefix: str, length: int, seed: str, taken: Iterable[str]) -> str:
        known, number = set(taken), 0
        while (id_ := prefix + _letters(f"{seed} {number}", length)) in known:
            number += 1
        return id_


def channel_id(channel: str) -> str:
    return "UC" + _letters(f"channel {channel}", 22)


def _letters(seed: str, length: int) -> str:
    digest = hashlib.sha256(seed.encode("utf-8", "surrogatepass")).digest()
    return base64.urlsafe_b64encode(digest).decode()[:length]
