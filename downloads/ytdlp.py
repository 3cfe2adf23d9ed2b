"""The one place that speaks to yt-dlp: looks at lists, fetches one video, gets pictures.

Everything yt-dlp raises leaves here as `Failed`. It never chooses a folder or a name.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import importlib
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import structlog
from django.conf import settings
from django.utils.translation import gettext as _

from downloads import media
from downloads.classify import UNKNOWN, Disposition, Failure, Trouble, classify
from downloads.deadline import preceded
from downloads.formats import choose, merge_arguments
from downloads.links import Link, is_video_id, video_url
from downloads.transfer import Progress, Transfer

log = structlog.get_logger(__name__)

EXTRACTORS = ["youtube", "youtube:tab", "youtube:playlist"]
SOCKET_SECONDS = 15  # also the longest silence of the server before the transfer is begun anew
RETRIES = 3
MOST_MISSES = 3  # pictures in a row that the network did not give
PICTURE_LIMIT = 3_000_000  # bytes
MOST_LETTERS = 300
_JPEG = b"\xff\xd8\xff"


class Failed(Exception):
    """YouTube, the network or the disk did not give what was asked; `failure` says which."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.code)
        self.failure = failure


@dataclasses.dataclass(frozen=True)
class Listed:
    """An entry as a list shows it; `gone` is the code of why it cannot be had, where the list tells."""

    video_id: str
    title: str
    channel: str
    channel_id: str
    seconds: int | None
    gone: str = ""


@dataclasses.dataclass(frozen=True)
class Listing:
    title: str
    channel: str
    entries: list[Listed]
    is_cut_off: bool = False


@dataclasses.dataclass(frozen=True)
class Announced:
    """What is known of a video before its bytes are fetched; `total_bytes` of all streams, where told."""

    video_id: str
    title: str
    channel: str
    channel_id: str
    seconds: int | None
    published_on: dt.date | None
    total_bytes: int | None


@dataclasses.dataclass(frozen=True)
class Fetched:
    """A fetched video: its file, its picture (a JPEG) if there was one, and subtitles by language."""

    about: Announced
    file: Path
    picture: Path | None
    subtitles: dict[str, Path]


@dataclasses.dataclass(frozen=True)
class Wanted:
    """How a video is wanted: the tallest picture in pixels, and languages of subtitles."""

    max_height: int = 1080
    subtitles: tuple[str, ...] = ()


# --- looking ------------------------------------------------------------------------------------------------------------
def inspect(link: Link, *, before_asking: Callable[[], None]) -> Listing:
    """What a playlist or single video holds, without fetching anything. Raises Failed, and what `before_asking` raises.

    That is called before each request.
    """
    most = settings.PLAYLIST_MAX_ENTRIES
    options = {"extract_flat": "in_playlist", "skip_download": True, "playlist_items": f"1:{most + 1}"}
    with _session(options) as ydl:
        ydl.urlopen = preceded(ydl.urlopen, before_asking)
        found = ydl.extract_info(link.url, download=False, process=link.kind == "playlist")
        if not isinstance(found, dict):
            raise _empty_answer()
        if link.kind == "video":
            one = _announced(found)
            listed = Listed(one.video_id, one.title, one.channel, one.channel_id, one.seconds)
            return Listing(one.title, one.channel, [listed])
        entries = [_listed(entry) for entry in found.get("entries") or () if _is_video(entry)]
    return Listing(
        title=_text(found.get("title")),
        channel=_text(found.get("channel") or found.get("uploader")),
        entries=entries[:most],
        is_cut_off=len(entries) > most,
    )


def _is_video(entry: Any) -> bool:
    return isinstance(entry, dict) and is_video_id(str(entry.get("id") or ""))


def _listed(entry: dict[str, Any]) -> Listed:
    title = _text(entry.get("title"))
    gone = {"[Private video]": "private", "[Deleted video]": "gone"}.get(title, "")
    if entry.get("availability") == "subscriber_only":
        gone = "members"
    return Listed(
        video_id=str(entry["id"]),
        title=title,
        channel=_text(entry.get("channel") or entry.get("uploader")),
        channel_id=_text(entry.get("channel_id"), 64),
        seconds=_whole(entry.get("duration")),
        gone=gone,
    )


# --- fetching -----------------------------------------------------------------------------------------------------------
def fetch(
    video_id: str,
    *,
    wanted: Wanted,
    work_dir: Path,
    on_announced: Callable[[Announced], None],
    on_progress: Callable[[Progress], None],
    breathe: Callable[[], None],
) -> Fetched:
    """Fetch one video into `work_dir`, going on from what lies there already.

    `on_announced` is called once before any bytes come, `on_progress` as they come, `breathe` whenever
    that is possible; what any of them raises ends the work and is passed on. Raises Failed.
    """
    transfer = Transfer(on_progress, breathe)
    announced: list[Announced] = []
    options = choose(wanted.max_height, wanted.subtitles) | {
        "ffmpeg_location": _ffmpeg(),
        "paths": {"home": str(work_dir)},
        "outtmpl": {"default": "%(id)s.%(ext)s"},
        "progress_hooks": [transfer.hook],
        "postprocessor_hooks": [lambda state: breathe()],
        "retry_sleep_functions": dict.fromkeys(("http", "fragment", "file_access", "extractor"), transfer.pause),
    }

    def look(info: dict[str, Any], *, incomplete: bool = False) -> None:
        if incomplete:
            return
        breathe()
        one = _announced(info)
        _refuse_live(info)
        transfer.expect(info)
        announced[:] = [dataclasses.replace(one, total_bytes=transfer.total_bytes)]
        on_announced(announced[0])
        ydl.params["postprocessor_args"] = {"merger": merge_arguments(one.title, one.channel, one.published_on)}

    with _session(options | {"match_filter": look}) as ydl:
        breathe()
        info = ydl.extract_info(video_url(video_id), download=True)
        file = _finished(info, work_dir)
        if not announced or file is None:
            raise _empty_answer()
        breathe()
        picture = _kept_picture(ydl, info, work_dir / f"{video_id}.jpg")
    return Fetched(announced[0], file, picture, _subtitles(work_dir, video_id))


def _ffmpeg() -> str:
    try:
        return media.ffmpeg()
    except media.NoFfmpeg:
        sentence = _("ffmpeg is missing on the server. The administrator can install it.")
        raise Failed(Failure("no_ffmpeg", sentence, Disposition.RETRY)) from None


def _finished(info: Any, work_dir: Path) -> Path | None:
    """The finished file; that it is there counts, not that nothing was raised."""
    done = info.get("requested_downloads") if isinstance(info, dict) else None
    file = Path(str(done[0].get("filepath") or "")) if done else None
    return file if file and file.is_file() and file.parent == work_dir else None


def _refuse_live(info: dict[str, Any]) -> None:
    if info.get("is_live") or info.get("live_status") in ("is_live", "is_upcoming", "post_live"):
        raise Failed(Failure("live", _("It is being streamed at the moment."), Disposition.LATER))


def _announced(info: dict[str, Any]) -> Announced:
    day = str(info.get("upload_date") or "")
    return Announced(
        video_id=str(info.get("id") or ""),
        title=_text(info.get("title")),
        channel=_text(info.get("channel") or info.get("uploader")),
        channel_id=_text(info.get("channel_id"), 64),
        seconds=_whole(info.get("duration")),
        published_on=_day(day),
        total_bytes=None,
    )


def _day(digits: str) -> dt.date | None:
    """A day written as `20250301`; None when there is no such day."""
    try:
        return dt.datetime.strptime(digits, "%Y%m%d").date() if re.fullmatch(r"\d{8}", digits) else None  # noqa: DTZ007
    except ValueError:
        return None


def _subtitles(work_dir: Path, video_id: str) -> dict[str, Path]:
    files = sorted(work_dir.glob(f"{video_id}.*.srt"))
    return {file.name.removeprefix(f"{video_id}.").removesuffix(".srt"): file for file in files}


# --- pictures -----------------------------------------------------------------------------------------------------------
def pictures(video_ids: Iterable[str], *, breathe: Callable[[], None]) -> Iterator[tuple[str, bytes]]:
    """The small pictures of videos, as JPEGs; those that cannot be had are passed over. Raises Failed.

    When several in a row are not even answered the rest is left alone: each would wait as long again.
    """
    misses = 0
    with _session({}) as ydl:
        for video_id in video_ids:
            breathe()
            try:
                jpeg = _asked_picture(ydl, f"https://i.ytimg.com/vi/{video_id}/mqdefault.jpg")
            except (_yt_dlp().utils.YoutubeDLError, OSError) as error:
                log.info("picture_missing", error=type(error).__name__)
                misses = 0 if getattr(error, "status", None) in (404, 410) else misses + 1
                if misses == MOST_MISSES:
                    return
                continue
            misses = 0
            if jpeg:
                yield video_id, jpeg


def _kept_picture(ydl: Any, info: dict[str, Any], target: Path) -> Path | None:
    """The largest JPEG, as televisions show it."""
    offered = [str(one.get("url") or "") for one in info.get("thumbnails") or () if isinstance(one, dict)]
    jpegs = [url for url in offered if url.split("?", 1)[0].endswith(".jpg")]
    jpeg = _picture(ydl, jpegs[-1]) if jpegs else None
    if jpeg is None:
        return None
    target.write_bytes(jpeg)
    return target


def _picture(ydl: Any, url: str) -> bytes | None:
    """A picture; None when it cannot be had, which is no misfortune."""
    if not url.startswith("https://"):
        return None
    try:
        return _asked_picture(ydl, url)
    except (_yt_dlp().utils.YoutubeDLError, OSError) as error:
        log.info("picture_missing", error=type(error).__name__)
        return None


def _asked_picture(ydl: Any, url: str) -> bytes | None:
    """A picture; None when the answer is none. Raises what yt-dlp and the network raise."""
    with ydl.urlopen(url) as answer:
        data: bytes = answer.read(PICTURE_LIMIT + 1)
    return data if data.startswith(_JPEG) and len(data) <= PICTURE_LIMIT else None


# --- the library --------------------------------------------------------------------------------------------------------
def _yt_dlp() -> Any:
    """yt-dlp, imported when first needed: its 60 MB are of no use to processes that never fetch."""
    return importlib.import_module("yt_dlp")


class _Quiet:
    """Takes what yt-dlp would print; some failures are only told in its warnings."""

    def __init__(self) -> None:
        self.warnings: list[str] = []

    def debug(self, text: str) -> None:
        pass

    def warning(self, text: str) -> None:
        self.warnings.append(text)
        log.debug("ytdlp_warning", text=text[:300])

    def error(self, text: str) -> None:
        log.debug("ytdlp_error", text=text[:300])


@contextmanager
def _session(options: dict[str, Any]) -> Iterator[Any]:
    """One YoutubeDL for one task; what it raises comes out as Failed."""
    library, told = _yt_dlp(), _Quiet()
    try:
        with library.YoutubeDL(_common() | options | {"logger": told}) as ydl:
            yield ydl
    except (library.utils.YoutubeDLError, OSError) as error:
        trouble = _trouble(library, error)
        failure = classify(trouble)
        if failure.code == UNKNOWN:
            failure = classify(dataclasses.replace(trouble, text=" / ".join([trouble.text, *told.warnings])))
        log.info("ytdlp_failed", code=failure.code, text=trouble.text[:300])
        raise Failed(failure) from error


def _common() -> dict[str, Any]:
    beside = Path(sys.executable).with_name("deno")
    return {
        "allowed_extractors": EXTRACTORS,
        "ignoreerrors": False,
        "quiet": True,
        "noprogress": True,
        "color": "never",
        "cachedir": False,
        "plugin_dirs": [],
        "warn_when_outdated": False,
        "check_formats": False,
        "js_runtimes": {"deno": {"path": str(beside)} if beside.is_file() else {}},
        "socket_timeout": SOCKET_SECONDS,
        "retries": RETRIES,
        "fragment_retries": RETRIES,
        "file_access_retries": 2,
        "extractor_retries": 2,
        "skip_unavailable_fragments": False,
        "proxy": settings.YTDLP_PROXY or "",  # an empty one also keeps the environment's proxies out
        "nocheckcertificate": settings.YTDLP_NO_CHECK_CERTIFICATE,
    }


def _trouble(library: Any, error: BaseException) -> Trouble:
    chain = list(_chain(error))
    statuses = [
        getattr(one, "status", None) for one in chain if isinstance(one, library.networking.exceptions.HTTPError)
    ]
    errnos = [one.errno for one in chain if isinstance(one, OSError) and one.errno is not None]
    utils = library.utils
    return Trouble(
        text=" / ".join(str(getattr(one, "orig_msg", None) or one) for one in chain),
        http_status=statuses[0] if statuses else None,
        errno=errnos[0] if errnos else None,
        is_geo=any(isinstance(one, utils.GeoRestrictedError) for one in chain),
        is_transport=any(isinstance(one, library.networking.exceptions.TransportError) for one in chain),
        is_processing=any(isinstance(one, utils.PostProcessingError) for one in chain),
    )


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error and those behind it, the outermost first."""
    seen: set[int] = set()
    waiting: list[Any] = [error]
    while waiting:
        one = waiting.pop(0)
        if not isinstance(one, BaseException) or id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        info = getattr(one, "exc_info", None)
        waiting += [info[1] if isinstance(info, tuple) else None, getattr(one, "cause", None)]
        waiting += [one.__cause__, one.__context__]


def _empty_answer() -> Failed:
    return Failed(classify(Trouble("YouTube answered without a video")))


def _text(value: Any, most: int = MOST_LETTERS) -> str:
    """A stranger's text as tables and pages take it: one line, nothing invisible, at most so many letters."""
    words = " ".join(str(value or "").split())
    return "".join(letter for letter in words if letter.isprintable())[:most].strip()


def _whole(seconds: Any) -> int | None:
    return round(seconds) if isinstance(seconds, int | float) and seconds >= 0 else None
