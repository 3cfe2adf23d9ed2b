"""A whole run: it starts, answers, stops, and starts again with everything it had."""

from __future__ import annotations

import contextlib
import os
import signal
import stat
import subprocess
from pathlib import Path

import pytest

from medianest.launch import process
from medianest.tests.launch.standin import Home, ours, until


def _children(run_pid: int, word: str) -> set[int]:
    """The launcher's children whose command line holds `word`."""
    found = set()
    for pid in process.children_of(run_pid):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            if word.encode() in Path(f"/proc/{pid}/cmdline").read_bytes():
                found.add(pid)
    return found


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_stop_leaves_no_process_and_frees_the_port(home: Home, number: signal.Signals) -> None:
    with home.running() as run:
        until(lambda: "the workers are here" in run.screen())
        assert "database_app_url" in run.get()
        assert len(run.processes()) >= 6
        assert run.stop(number) == 0
        assert run.processes() == set()
        assert "Stopped." in run.screen()
        with home.running() as again:
            assert "database_app_url" in again.get()


def test_a_second_start_keeps_the_data_and_the_secrets(home: Home) -> None:
    with home.running() as run:
        assert "KEPT (1, 'mn_owner')" in run.screen()
    secrets = {p.name: p.read_bytes() for p in (home.data / "secrets").iterdir()}
    with home.running() as run:
        assert "KEPT (2, 'mn_owner')" in run.screen()
    assert {p.name: p.read_bytes() for p in (home.data / "secrets").iterdir()} == secrets


def test_secrets_are_for_their_owner_only_and_in_no_environment_or_log(home: Home) -> None:
    with home.running() as run:
        for path in (home.data / "secrets").iterdir():
            assert stat.S_IMODE(path.stat().st_mode) == 0o600, path
        assert stat.S_IMODE((home.data / "secrets").stat().st_mode) == 0o700
        kept = [p.read_text().strip() for p in (home.data / "secrets").iterdir() if p.name != "roles_made"]
        seen = run.screen().encode() + b"".join(p.read_bytes() for p in (home.data / "logs").iterdir())
        for pid in run.processes():
            seen += Path(f"/proc/{pid}/environ").read_bytes() + Path(f"/proc/{pid}/cmdline").read_bytes()
    assert len(kept) >= 10
    assert not [text for text in kept if text.encode() in seen]


def test_the_one_time_password_is_shown_once_and_not_logged(home: Home) -> None:
    with home.running() as run:
        assert run.screen().count("ONE-TIME PASSWORD geheim-123") == 1
        assert run.screen().index("MediaNest is ready") < run.screen().index("ONE-TIME PASSWORD")
    assert not [p for p in (home.data / "logs").iterdir() if "geheim" in p.read_text()]


def test_a_fallen_child_is_started_again_with_growing_patience(home: Home) -> None:
    with home.running(STANDIN="crash") as run:
        until(lambda: "workers ended with code 3; it is started again in 4 s." in run.screen())
        assert "workers ended with code 3; it is started again in 1 s." in run.screen()
        assert "workers ended with code 3; it is started again in 2 s." in run.screen()


@pytest.mark.parametrize("word", ["bin/postgres", "redis-server", "granian"])
def test_servers_killed_from_outside_come_back(home: Home, word: str) -> None:
    with home.running() as run:
        (victim,) = _children(run.child.pid, word)
        os.kill(victim, signal.SIGKILL)
        until(lambda: _children(run.child.pid, word) not in (set(), {victim}))
        until(lambda: "was ended by SIGKILL" in run.screen())
        assert run.stop() == 0
        assert run.processes() == set()


def test_what_a_killed_worker_leaves_behind_is_ended(home: Home) -> None:
    with home.running() as run:
        until((home.data / "sleeper").exists)
        sleeper = int((home.data / "sleeper").read_text())
        (worker,) = {p for p in _children(run.child.pid, "medianest.workers") if p != sleeper}
        os.kill(worker, signal.SIGKILL)
        until(lambda: not process.alive(sleeper))
        assert f"Ending process {sleeper}, left behind by one that died." in run.screen()


def test_the_death_of_the_launcher_ends_its_children_and_the_next_start_clears_the_rest(home: Home) -> None:
    with home.running() as run:
        until((home.data / "sleeper").exists)
        sleeper = int((home.data / "sleeper").read_text())
        os.kill(run.child.pid, signal.SIGKILL)
        run.child.wait(10)
        until(lambda: run.processes() <= {sleeper})
        with home.running() as again:
            assert not process.alive(sleeper)
            assert "KEPT (2, 'mn_owner')" in again.screen()


def test_a_worker_that_will_not_end_is_killed_when_asked_twice(home: Home) -> None:
    with home.running(STANDIN="stubborn") as run:
        until(lambda: "the workers are here" in run.screen())
        run.child.send_signal(signal.SIGINT)
        until(lambda: "workers   | no" in run.screen())
        assert run.stop(signal.SIGINT) == 0
        assert run.processes() == set()


def test_a_failed_preparation_stops_everything_and_says_where_to_look(home: Home) -> None:
    said = home.refused(STANDIN_PREPARE="1")
    assert said.startswith("The database could not be prepared")
    assert ours(home.data) == set()


def test_a_check_starts_answers_and_stops(home: Home) -> None:
    done = subprocess.run(
        home.command("run", "--check"),
        env=home.environment({}),
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "stops without leftovers" in done.stdout


def test_a_check_fails_when_a_worker_does_not_stay(home: Home) -> None:
    assert "Not everything keeps running: workers" in home.refused("run", "--check", STANDIN="crash")


def test_the_demo_starts_the_simulated_services_first_and_tells_the_rest_where_they_are(home: Home) -> None:
    with home.running("demo") as run:
        assert "PLAYLISTS ['Trailers'] http://127.0.0.1:187" in run.screen()
        (sandbox,) = _children(run.child.pid, "youtube-root")
        assert run.stop() == 0
        assert not process.alive(sandbox)


@pytest.mark.parametrize("meanwhile", [False, True])
def test_a_command_is_run_as_the_owner_whether_medianest_runs_or_not(home: Home, meanwhile: bool) -> None:
    with home.running() if meanwhile else contextlib.nullcontext() as run:
        done = subprocess.run(
            home.command("manage", "say", "--check", "hello"),
            env=home.environment({}),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 7, done.stderr
        assert done.stdout == "ASKED ['say', '--check', 'hello'] mn_owner\n"
        assert run is None or "database_app_url" in run.get()
    assert ours(home.data) == set()
