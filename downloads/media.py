"""ffmpeg: where it is, what a finished file really holds, and ending runs of it that nobody waits for any more."""

from __future__ import annotations

import contextlib
import dataclasses
import importlib
import re
import shutil
import subprocess
from pathlib import Path

import psutil
import structlog
from django.conf import settings

log = structlog.get_logger(__name__)

PROBE_SECONDS = 60
TAIL_SECONDS = 3

_DURATION = re.compile(r"^\s*Duration: (\d+):(\d\d):(\d\d(?:\.\d+)?)", re.MULTILINE)
_VIDEO = re.compile(r"^\s*Stream #.*?: Video: (\w+).*?[ ,](\d{2,5})x(\d{2,5})[ ,]", re.MULTILINE)
_AUDIO = re.compile(r"^\s*Stream #.*?: Audio: (\w+)", re.MULTILINE)
_INPUT_END = re.compile(r"^(?:Output #0|Stream mapping:)", re.MULTILINE)


class NoFfmpeg(Exception):
    """There is no ffmpeg on this machine."""


class Unplayable(Exception):
    """The file is damaged, cut short or no video at all."""


@dataclasses.dataclass(frozen=True)
class Probe:
    """What a file holds; `seconds` is its playing time, `height` the picture's in pixels."""

    seconds: float
    video_codec: str
    audio_codec: str
    height: int


def ffmpeg() -> str:
    """The ffmpeg program: the settings' one, else the PATH's, else imageio-ffmpeg's. Raises NoFfmpeg."""
    return settings.FFMPEG or shutil.which("ffmpeg") or _bundled()


def _bundled() -> str:
    try:
        bundle = importlib.import_module("imageio_ffmpeg")  # only where ffmpeg comes with the Python packages
        return str(bundle.get_ffmpeg_exe())
    except (ModuleNotFoundError, RuntimeError):
        raise NoFfmpeg("ffmpeg is not installed") from None


def probe(file: Path) -> Probe:
    """Read a finished file's streams and its last seconds. Raises Unplayable."""
    command = [ffmpeg(), "-hide_banner", "-nostdin", "-sseof", f"-{TAIL_SECONDS}", "-i", str(file)]
    command += ["-map", "0:v:0", "-map", "0:a:0?", "-c", "copy", "-f", "null", "-"]
    try:
        ran = subprocess.run(  # noqa: S603  (our own program, and a path made by our own code)
            command, capture_output=True, timeout=PROBE_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise Unplayable("ffmpeg did not come to an end") from None
    told = ran.stderr.decode("utf-8", "replace")
    ends = _INPUT_END.search(told)
    about = told[: ends.start()] if ends else told
    duration, video, audio = _DURATION.search(about), _VIDEO.search(about), _AUDIO.search(about)
    if ran.returncode or not duration or not video or "partial file" in told:
        raise Unplayable(told.strip().rsplit("\n", 1)[-1][:200])
    hours, minutes, seconds = duration.groups()
    return Probe(
        seconds=int(hours) * 3600 + int(minutes) * 60 + float(seconds),
        video_codec=video[1],
        audio_codec=audio[1] if audio else "",
        height=int(video[3]),
    )


def kill_children_working_in(folder: Path) -> None:
    """End this process's children (ffmpeg and the like) whose command line names `folder`."""
    for child in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess, psutil.AccessDenied, psutil.ZombieProcess):
            if any(str(folder) in word for word in child.cmdline()):
                log.info("child_ended", pid=child.pid, program=child.name())
                for one in (*child.children(recursive=True), child):
                    one.kill()
