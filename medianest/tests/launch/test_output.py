"""What children say: whole lines with names, kept in files that do not grow for ever, and never fatal."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from medianest.launch import output
from medianest.launch.output import Output


@pytest.fixture
def screen() -> io.StringIO:
    return io.StringIO()


def test_lines_are_put_together_and_named(tmp_path: Path, screen: io.StringIO) -> None:
    out = Output(tmp_path, screen)
    out.feed("web", b"one\ntw")
    out.feed("workers", b"three\r\n")
    out.feed("web", "o ✓".encode())
    out.end("web")
    assert screen.getvalue() == "web       | one\nworkers   | three\nweb       | two ✓\n"
    assert (tmp_path / "web.log").read_text() == "one\ntwo ✓\n"
    out.close()


def test_the_chatter_of_servers_is_only_in_their_log(tmp_path: Path, screen: io.StringIO) -> None:
    out = Output(tmp_path, screen)
    out.feed("postgres", b"LOG:  checkpoint\nFATAL:  the database system is starting up\n", terse=True)
    out.feed("postgres", b"PANIC:  could not write\n", terse=True)
    assert screen.getvalue() == "postgres  | PANIC:  could not write\n"
    assert (tmp_path / "postgres.log").read_text().count("\n") == 3
    out.close()


def test_a_log_starts_anew_when_it_is_large_and_keeps_three(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(output, "LOG_BYTES", 100)
    log = output.Log(tmp_path / "web.log")
    for number in range(60):
        log.write(f"line {number:03} ........".encode())
    log.close()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["web.log", "web.log.1", "web.log.2", "web.log.3"]
    assert "line 059" in (tmp_path / "web.log").read_text() + (tmp_path / "web.log.1").read_text()
    assert all(p.stat().st_size < 200 and p.stat().st_mode & 0o077 == 0 for p in tmp_path.iterdir())


def test_a_full_disk_is_said_once_and_stops_nothing(tmp_path: Path, screen: io.StringIO) -> None:
    (tmp_path / "web.log").symlink_to("/dev/full")
    out = Output(tmp_path, screen)
    out.feed("web", b"one\ntwo\n")
    assert screen.getvalue().count("cannot be written: No space left on device") == 1
    assert "web       | two" in screen.getvalue()
    out.close()


def test_a_terminal_that_went_away_stops_nothing(tmp_path: Path, screen: io.StringIO) -> None:
    out = Output(tmp_path, screen)
    screen.close()
    out.feed("web", b"one\n")
    out.feed("web", b"two\n")
    assert (tmp_path / "web.log").read_text() == "one\ntwo\n"
    out.close()
