"""yt-dlp as these tests drive it, and a look into the files it makes."""

from __future__ import annotations

import dataclasses
import re
import subprocess
from pathlib import Path
from typing import Any

import yt_dlp

from sandbox.media import find_ffmpeg
from sandbox.youtube import YouTube

BEST = "bv*[vcodec^=avc1][height<=1080]+ba[acodec^=mp4a]/b[ext=mp4]/bv*+ba/b"


class Log:
    """yt-dlp's messages by their weight."""

    def __init__(self) -> None:
        self.notes: list[str] = []
        self.warnings: list[str] = []
        self.errors: list[str] = []

    def debug(self, message: str) -> None:
        self.notes.append(message)

    def warning(self, message: str) -> None:
        self.warnings.append(message)

    def error(self, message: str) -> None:
        self.errors.append(message)


class Fetcher:
    """Asks the simulated YouTube as MediaNest would, and keeps files in `folder`."""

    def __init__(self, youtube: YouTube, folder: Path, **options: Any) -> None:
        self.log = Log()
        self._options: dict[str, Any] = {
            "proxy": youtube.url,
            "nocheckcertificate": True,
            "allowed_extractors": ["youtube", "youtube:tab", "youtube:playlist"],
            "logger": self.log,
            "quiet": True,
            "noprogress": True,
            "color": "never",
            "cachedir": False,
            "plugin_dirs": [],
            "socket_timeout": 5,
            "retries": 2,
            "extractor_retries": 0,
            "ffmpeg_location": find_ffmpeg(),
            "format": BEST,
            "merge_output_format": "mp4",
            "paths": {"home": str(folder)},
            "outtmpl": "%(title).64B [%(id)s].%(ext)s",
            **options,
        }

    def list_(self, url: str, **options: Any) -> dict[str, Any]:
        """What a playlist holds, flat."""
        return self._ask(url, False, extract_flat="in_playlist", skip_download=True, **options)

    def look(self, url: str, **options: Any) -> dict[str, Any]:
        """What yt-dlp learns of a video without fetching it."""
        return self._ask(url, False, **options)

    def fetch(self, url: str, **options: Any) -> Path:
        """The finished file."""
        return Path(self._ask(url, True, **options)["requested_downloads"][0]["filepath"])

    def _ask(self, url: str, download: bool, **options: Any) -> dict[str, Any]:
        with yt_dlp.YoutubeDL({**self._options, **options}) as ydl:
            found = ydl.extract_info(url, download=download)
            return dict(ydl.sanitize_info(found))


@dataclasses.dataclass(frozen=True)
class Played:
    """What ffmpeg says of a file that it read to the end."""

    seconds: float
    video: str
    audio: str
    height: int


def play(file: Path) -> Played:
    """Decode all of it. Raises CalledProcessError if that fails."""
    done = subprocess.run(
        [find_ffmpeg(), "-hide_banner", "-nostdin", "-xerror", "-i", str(file), "-f", "null", "-"],
        capture_output=True,
        text=True,
        check=True,
    )
    told = done.stderr.partition("Stream mapping")[0]
    hours, minutes, seconds = re.findall(r"Duration: (\d+):(\d+):([\d.]+)", told)[0]
    video = re.search(r"Video: (\w+).*?, \d+x(\d+)", told)
    audio = re.search(r"Audio: (\w+)", told)
    return Played(
        int(hours) * 3600 + int(minutes) * 60 + float(seconds),
        video[1] if video else "",
        audio[1] if audio else "",
        int(video[2]) if video else 0,
    )
