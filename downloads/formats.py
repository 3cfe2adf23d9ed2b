"""Which streams are taken and how they are put together, so that Plex plays them without converting."""

from __future__ import annotations

import datetime as dt
from typing import Any

H264_TALLEST = 1080  # YouTube has nothing taller in h264


def choose(max_height: int, subtitles: tuple[str, ...]) -> dict[str, Any]:
    """yt-dlp's options for a picture of at most `max_height` pixels, as an mp4 with h264 and aac where that exists."""
    height = f"[height<={max_height}]"
    plain = f"bv*[vcodec^=avc1]{height}+ba[acodec^=mp4a]/b[ext=mp4]{height}"
    tall = f"bv*{height}+ba[acodec^=mp4a]"
    codecs = ["vcodec:h264"] if max_height <= H264_TALLEST else []
    options: dict[str, Any] = {
        "format": f"{plain}/{tall}/b/bv*+ba" if codecs else f"{tall}/{plain}/b/bv*+ba",
        "format_sort": [*codecs, "lang", "quality", "res", "fps", "hdr:12", "acodec:aac"],
        "merge_output_format": "mp4",
        "final_ext": "mp4",
        "postprocessors": [{"key": "FFmpegVideoRemuxer", "preferedformat": "mp4"}],
    }
    if subtitles:
        options |= {"writesubtitles": True, "subtitleslangs": list(subtitles)}
        options["postprocessors"].append({"key": "FFmpegSubtitlesConvertor", "format": "srt", "when": "before_dl"})
    return options


def merge_arguments(title: str, channel: str, published_on: dt.date | None) -> list[str]:
    """ffmpeg's arguments that write title, channel and date into the file while it is put together."""
    tags = {"title": title, "artist": channel, "date": published_on.isoformat() if published_on else ""}
    arguments: list[str] = []
    for name, value in tags.items():
        clean = "".join(letter for letter in value if letter.isprintable())[:300]
        arguments += ["-metadata", f"{name}={clean}"] if clean else []
    return arguments
