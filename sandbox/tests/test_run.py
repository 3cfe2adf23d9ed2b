"""All simulated services together: started, described, controlled from another process, stopped."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.error import URLError

import pytest

from sandbox.control import ControlClient, ControlError
from sandbox.run import ORDER, Sandbox
from sandbox.world import PEOPLE

ROOT = Path(__file__).resolve().parents[2]


def status(url: str, **headers: str) -> int:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(urllib.request.Request(url, headers=headers), timeout=5) as answer:
        code: int = answer.status
        return code


def until(condition: Callable[[], object]) -> None:
    tick = threading.Event()
    for _ in range(500):
        if condition():
            return
        tick.wait(0.02)
    pytest.fail("the condition never came true")


@pytest.fixture
def sandbox(tmp_path: Path, media_dir: Path) -> Iterator[Sandbox]:
    with Sandbox(tmp_path / "sandbox", media_dir=media_dir) as running:
        yield running


@pytest.fixture
def client(sandbox: Sandbox) -> ControlClient:
    return ControlClient(sandbox.control.url)


def test_the_description_says_where_everything_is(sandbox: Sandbox) -> None:
    told = json.loads((sandbox.folder / "sandbox.json").read_text())
    assert told == sandbox.description()
    assert {name for name in ORDER if name != "control"} == told["services"].keys()
    assert told["environment"]["PLEX_TV_URL"] == sandbox.plextv.url
    assert all(isinstance(value, str) and value for value in told["environment"].values())
    assert told["connections"].keys() == {"plex", "overseerr", "tmdb", "uptime-kuma"}
    assert all(all(connection.values()) for connection in told["connections"].values())
    assert {person["username"] for person in told["people"]} == {person.username for person in PEOPLE}
    assert told["playlists"]
    assert all(playlist["url"] and playlist["title"] for playlist in told["playlists"])


def test_the_told_connections_open_their_services(sandbox: Sandbox) -> None:
    told = sandbox.connections()
    assert status(told["plex"]["url"] + "/library/sections", **{"X-Plex-Token": told["plex"]["key"]}) == 200
    me = told["overseerr"]["url"] + "/api/v1/auth/me"
    assert status(me, **{"X-Api-Key": told["overseerr"]["key"]}) == 200
    kuma = told["uptime-kuma"]
    assert status(f"{kuma['url']}/api/status-page/{kuma['slug']}") == 200
    assert status(sandbox.environment()["PLEX_AUTH_URL"]) == 200


def test_every_service_is_switched_from_outside(sandbox: Sandbox, client: ControlClient) -> None:
    for name in sandbox.services:
        assert client.turn(name, "down")["mode"] == "down"
        assert client.state()[name]["mode"] == "down"
        with pytest.raises(URLError):
            status(client.state()[name]["url"])
        assert client.turn(name, "up")["mode"] == "up"


def test_plex_is_controlled_and_its_collections_are_read_from_outside(sandbox: Sandbox, client: ControlClient) -> None:
    assert client.control("plex", {"scan_delay": 0.5, "mode": "slow", "delay": 0.1})["scan_delay"] == 0.5
    assert sandbox.plex.scan_delay == 0.5
    assert client.collections() == []
    film = sandbox.plex.items("Films")[0]
    sandbox.plex.library.collect(film.section, "Favourites", [film], "movie")
    [collection] = client.collections()
    assert (collection["title"], collection["section"], collection["items"]) == ("Favourites", "Films", [film.file])


@pytest.mark.parametrize(
    ("service", "orders"),
    [("nobody", {}), ("plex", {"colour": "red"}), ("plex", {"mode": "sideways"}), ("plex", {"add": [1, "movie"]})],
)
def test_an_order_that_makes_no_sense_is_refused(client: ControlClient, service: str, orders: dict[str, Any]) -> None:
    with pytest.raises(ControlError, match="error"):
        client.control(service, orders)


def test_nothing_runs_on_when_one_service_cannot_start(
    tmp_path: Path, media_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = Sandbox(tmp_path, media_dir=media_dir)

    def fail() -> None:
        raise OSError("no port")

    monkeypatch.setattr(broken.youtube, "start", fail)
    with pytest.raises(OSError, match="no port"):
        broken.start()
    with pytest.raises(URLError):
        status(broken.plex.url + "/identity")
    assert not (tmp_path / "sandbox.json").exists()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_command_serves_until_told_to_stop(tmp_path: Path, media_dir: Path, number: signal.Signals) -> None:
    words = ["--folder", str(tmp_path / "box"), "--ports-from", "0", "--youtube-root", str(tmp_path / "videos")]
    words += ["--media-dir", str(media_dir)]
    process = subprocess.Popen(
        [sys.executable, "-m", "sandbox", *words],
        cwd=ROOT,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        told = json.loads(process.stdout.readline())
        assert told["youtube_root"] == str(tmp_path / "videos")
        (tmp_path / "videos" / "a.mp4").write_bytes(b"video")
        client = ControlClient(told["control"])
        token = {"X-Plex-Token": told["connections"]["plex"]["key"]}
        assert status(told["services"]["plex"] + "/library/sections/3/refresh", **token) == 200
        until(lambda: client.state()["plex"]["items"]["YouTube"] == 1)
        process.send_signal(number)
        rest, errors = process.communicate(timeout=20)
        assert (process.returncode, rest, errors) == (0, "", "")
    finally:
        process.kill()
        process.communicate()


def test_a_taken_port_is_one_sentence(tmp_path: Path, media_dir: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        words = ["--folder", str(tmp_path), "--ports-from", str(taken.getsockname()[1] - 1)]
        words += ["--media-dir", str(media_dir)]
        ended = subprocess.run(
            [sys.executable, "-m", "sandbox", *words], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
        )
    assert (ended.returncode, ended.stdout) == (1, "")
    assert "in use" in ended.stderr
    assert "Traceback" not in ended.stderr
