"""The clips and pictures that ffmpeg draws."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from sandbox import media
from sandbox.media import MediaError, clips, find_ffmpeg
from sandbox.tests.youtube_client import play


@pytest.mark.parametrize("index", range(5))
def test_every_clip_plays_for_as_long_as_it_says(media_dir: Path, index: int) -> None:
    drawn = clips(media_dir)
    clip = (*drawn.small, drawn.large)[index]
    whole, half, sound, muxed = map(play, (clip.video_720, clip.video_360, clip.sound, clip.muxed))
    assert (whole.video, whole.audio, whole.height) == ("h264", "", 720)
    assert (half.video, half.audio, half.height) == ("h264", "", 360)
    assert (sound.video, sound.audio) == ("", "aac")
    assert (muxed.video, muxed.audio, muxed.height) == ("h264", "aac", 360)
    for played in (whole, half, sound, muxed):
        assert played.seconds == pytest.approx(clip.seconds, abs=0.1)


def test_the_small_clips_differ_in_length_and_the_large_one_has_its_size(media_dir: Path) -> None:
    drawn = clips(media_dir)
    assert len({clip.seconds for clip in drawn.small}) == len(drawn.small) == 4
    assert all(4 <= clip.seconds <= 12 for clip in drawn.small)
    large = drawn.large.video_720.stat().st_size + drawn.large.sound.stat().st_size
    assert large == pytest.approx(1_150_000, rel=0.05)
    assert all(clip.video_720.stat().st_size < 400_000 for clip in drawn.small)


def test_the_pictures_are_distinct_jpegs_in_two_sizes(media_dir: Path) -> None:
    pictures = clips(media_dir).pictures
    assert len({picture.big.read_bytes() for picture in pictures}) == 8
    for picture in pictures:
        assert picture.big.read_bytes()[:3] == picture.little.read_bytes()[:3] == b"\xff\xd8\xff"
        assert picture.little.stat().st_size < picture.big.stat().st_size


def test_what_is_drawn_is_kept(media_dir: Path) -> None:
    first = clips(media_dir)
    drawn_at = first.large.muxed.stat().st_mtime_ns
    assert clips(media_dir, "/no/such/ffmpeg") == first
    assert first.large.muxed.stat().st_mtime_ns == drawn_at


def test_a_failing_ffmpeg_says_why_and_leaves_nothing_half_drawn(tmp_path: Path) -> None:
    broken = tmp_path / "ffmpeg"
    broken.write_text("#!/bin/sh\necho out of paint >&2\nexit 3\n")
    broken.chmod(0o755)
    target = tmp_path / "media"
    with pytest.raises(MediaError, match="out of paint"):
        clips(target, str(broken))
    assert [path.name for path in target.iterdir()] == [".lock"]


def test_two_processes_draw_once(tmp_path: Path) -> None:
    """A stand-in for ffmpeg notes each run and makes the files that its arguments name."""
    runs = tmp_path / "runs"
    pretender = tmp_path / "ffmpeg"
    pretender.write_text(
        f'#!/bin/sh\necho run >> {runs}\nfor word; do case "$word" in */.drawing-*) : > "$word";; esac; done\n'
    )
    pretender.chmod(0o755)
    program = "import sys, pathlib; from sandbox.media import clips; clips(pathlib.Path(sys.argv[1]), sys.argv[2])"
    order = [sys.executable, "-c", program, str(tmp_path / "media"), str(pretender)]
    root = Path(__file__).resolve().parents[2]
    both = [subprocess.Popen(order, cwd=root) for _ in range(2)]
    assert [process.wait(60) for process in both] == [0, 0]
    assert runs.read_text().count("run") == len(media._SMALL) + 2
    [folder] = [path for path in (tmp_path / "media").iterdir() if path.name != ".lock"]
    assert len(list(folder.iterdir())) == 4 * 5 + 2 * 8


def test_an_ffmpeg_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert Path(find_ffmpeg()).is_file()
