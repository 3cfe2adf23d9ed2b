"""Small real films, sounds and pictures, drawn by ffmpeg once and kept on disk."""

from __future__ import annotations

import dataclasses
import fcntl
import hashlib
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import imageio_ffmpeg


class MediaError(Exception):
    """ffmpeg could not draw what was asked of it."""


@dataclasses.dataclass(frozen=True)
class _Recipe:
    """One clip: a test picture of ffmpeg's, its length and how many bits a second it may take."""

    name: str
    seconds: int
    source: str
    tone: int  # Hz
    bits_720: int
    bits_360: int
    bits_sound: int = 64_000


_SMALL = (
    _Recipe("dunes", 5, "testsrc2=size=1280x720:rate=24", 330, 380_000, 220_000),
    _Recipe("bars", 7, "testsrc2=size=1280x720:rate=24,hue=h=70", 392, 300_000, 190_000),
    _Recipe("tide", 9, "testsrc2=size=1280x720:rate=24,hue=h=150", 440, 260_000, 170_000),
    _Recipe("clock", 12, "testsrc2=size=1280x720:rate=24,hue=h=230", 523, 220_000, 150_000),
)
# 720p picture and sound together come to about 1.15 MB, 360p and sound to about half of it.
_LARGE = _Recipe("large", 8, "testsrc2=size=1280x720:rate=24,hue=h=300", 587, 970_000, 440_000, 128_000)

_COLOURS = (
    ("0x1f3b73", "0x6c8fd6", "0xf2c9a1"),
    ("0x0f4c4a", "0x3fa796", "0xe9f2c9"),
    ("0x5b1e4b", "0xc05a86", "0xffd7b0"),
    ("0x7a3b12", "0xe08a3c", "0xffe6a8"),
    ("0x1d2340", "0x5a4fa3", "0xd79ad8"),
    ("0x123a1f", "0x5d9b4c", "0xf0e68c"),
    ("0x3a1013", "0xb4483f", "0xf5b895"),
    ("0x0e2a3f", "0x2f86a6", "0xbfe8ef"),
)
_BIG, _LITTLE = (1280, 720), (480, 270)

_FILES = ("720.mp4", "360.mp4", "sound.m4a", "muxed.mp4")
_VERSION = hashlib.sha256(repr((2, _SMALL, _LARGE, _COLOURS, _BIG, _LITTLE)).encode()).hexdigest()[:12]


@dataclasses.dataclass(frozen=True)
class Clip:
    """The files of one clip: H.264 (baseline, yuv420p) and AAC in MP4, all `seconds` long."""

    name: str
    seconds: int
    video_720: Path
    video_360: Path
    sound: Path
    muxed: Path


@dataclasses.dataclass(frozen=True)
class Picture:
    """One JPEG gradient, 16:9, in two sizes: 1280 and 480 pixels wide."""

    big: Path
    little: Path


@dataclasses.dataclass(frozen=True)
class Media:
    """All there is: four small clips of distinct lengths, one large one, eight pictures."""

    small: tuple[Clip, ...]
    large: Clip
    pictures: tuple[Picture, ...]


def find_ffmpeg() -> str:
    """The ffmpeg on the PATH, else the one that imageio-ffmpeg brings along."""
    return shutil.which("ffmpeg") or str(imageio_ffmpeg.get_ffmpeg_exe())


def clips(media_dir: Path, ffmpeg: str | None = None) -> Media:
    """Give the media kept under `media_dir`, drawing them if they are not there yet.

    Takes some seconds the first time. Two processes may call it at once: one draws, the other waits,
    and a folder that is there is complete. Raises MediaError when ffmpeg fails.
    """
    media_dir.mkdir(parents=True, exist_ok=True)
    folder = media_dir / f"media-{_VERSION}"
    if not folder.is_dir():
        with _alone(media_dir):
            if not folder.is_dir():
                _draw(media_dir, folder, ffmpeg or find_ffmpeg())
    return Media(
        small=tuple(_clip(folder, recipe) for recipe in _SMALL),
        large=_clip(folder, _LARGE),
        pictures=tuple(Picture(folder / f"{n}-big.jpg", folder / f"{n}-little.jpg") for n in range(len(_COLOURS))),
    )


@contextmanager
def _alone(media_dir: Path) -> Iterator[None]:
    with (media_dir / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _draw(media_dir: Path, folder: Path, ffmpeg: str) -> None:
    draft = Path(tempfile.mkdtemp(prefix=".drawing-", dir=media_dir))
    try:
        orders = [_film(draft, recipe) for recipe in (_LARGE, *reversed(_SMALL))]
        orders.append(_paintings(draft))
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda order: _run(ffmpeg, order), orders))
        draft.chmod(0o755)
        draft.rename(folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _run(ffmpeg: str, order: Sequence[str]) -> None:
    quiet = ("-hide_banner", "-nostdin", "-loglevel", "error", "-y")
    done = subprocess.run([ffmpeg, *quiet, *order], capture_output=True, text=True, check=False)
    if done.returncode:
        raise MediaError(f"{ffmpeg} ended with {done.returncode}: {done.stderr.strip()[-500:]}")


def _film(draft: Path, recipe: _Recipe) -> list[str]:
    """One run draws all four files of a clip."""
    length = str(recipe.seconds)
    whole, half, sound, muxed = (str(draft / f"{recipe.name}-{file}") for file in _FILES)
    voice = ("-c:a", "aac", "-b:a", str(recipe.bits_sound), "-ac", "2", "-ar", "44100")
    shape = ("-t", length, "-movflags", "+faststart")
    return [
        *("-f", "lavfi", "-i", f"{recipe.source},trim=duration={length}"),
        *("-f", "lavfi", "-i", f"sine=frequency={recipe.tone}:duration={length}"),
        *("-filter_complex", "[0:v]split=3[v1][s2][s3];[s2]scale=640:360[v2];[s3]scale=640:360[v3]"),
        *("-map", "[v1]", *_picture(recipe.bits_720), *shape, whole),
        *("-map", "[v2]", *_picture(recipe.bits_360), *shape, half),
        *("-map", "1:a", *voice, *shape, sound),
        *("-map", "[v3]", "-map", "1:a", *_picture(recipe.bits_360), *voice, *shape, muxed),
    ]


def _picture(bits: int) -> tuple[str, ...]:
    """Constant bits a second, filled up where the picture needs fewer: sizes are the same everywhere."""
    profile = ("-c:v", "libx264", "-preset", "ultrafast", "-profile:v", "baseline", "-pix_fmt", "yuv420p", "-g", "48")
    rate = ("-b:v", str(bits), "-minrate", str(bits), "-maxrate", str(bits), "-bufsize", str(bits))
    return (*profile, *rate, "-x264-params", "nal-hrd=cbr", "-threads", "1")


def _paintings(draft: Path) -> list[str]:
    order: list[str] = []
    for number, colours in enumerate(_COLOURS):
        width, height = _BIG
        named = ":".join(f"c{at}={colour}" for at, colour in enumerate(colours))
        ends = f"x0={number * 90}:y0=0:x1={width - number * 70}:y1={height - 1}"
        source = f"gradients=s={width}x{height}:n={len(colours)}:{named}:{ends}:seed={number + 1}:d=1"
        order += ["-f", "lavfi", "-i", source]
    for number in range(len(_COLOURS)):
        for (width, _), name in ((_BIG, "big"), (_LITTLE, "little")):
            target = str(draft / f"{number}-{name}.jpg")
            kind = ("-frames:v", "1", "-update", "1", "-pix_fmt", "yuvj420p", "-q:v", "4")
            order += ["-map", f"{number}:v", "-vf", f"scale={width}:-2", *kind, target]
    return order


def _clip(folder: Path, recipe: _Recipe) -> Clip:
    return Clip(recipe.name, recipe.seconds, *(folder / f"{recipe.name}-{file}" for file in _FILES))
