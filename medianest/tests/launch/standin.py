"""A stand-in for the project, so that the launcher is tried with children that are quick and do as they are told."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from medianest.launch import process, venv
from medianest.launch.folder import DataFolder

HERE = Path(__file__).resolve().parents[3]

MANAGE = """
import json, os, sys
import psycopg, redis
url = open(os.environ["DATABASE_URL_FILE"]).read().strip()
if sys.argv[1] != "prepare":
    print("ASKED", sys.argv[1:], psycopg.connect(url).execute("select current_user").fetchone()[0])
    sys.exit(7)
if "--demo" in sys.argv:
    print("PLAYLISTS", json.load(open(os.environ["MEDIANEST_DEMO_CONNECTIONS"]))["playlists"], os.environ["PLEX_TV_URL"])
with psycopg.connect(url) as link:
    link.execute("create table if not exists kept (n int)")
    link.execute("insert into kept values (1)")
    print("KEPT", link.execute("select count(*), current_user from kept group by 2").fetchone())
assert redis.Redis.from_url(open(os.environ["REDIS_URL_FILE"]).read().strip()).ping()
assert not [k for k in os.environ if "PASS" in k]
print("ONE-TIME PASSWORD geheim-123")
sys.exit(int(os.environ.get("STANDIN_PREPARE", "0")))
"""
WSGI = """
import os
def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [os.environ["DATABASE_URL_FILE"].encode()]
"""
WORKERS = """
import os, pathlib, signal, subprocess, sys
assert sys.argv[1:] == ["default:2", "downloads:4", "control:2", "--beat"], sys.argv
print("the workers are here", flush=True)
if os.environ.get("STANDIN") == "crash":
    sys.exit(3)
sleeper = subprocess.Popen(["sleep", "300"], start_new_session=True)
pathlib.Path(os.environ["MEDIANEST_DATA"], "sleeper").write_text(str(sleeper.pid))
stubborn = os.environ.get("STANDIN") == "stubborn"
signal.signal(signal.SIGTERM, (lambda *_: print("no", flush=True)) if stubborn else (lambda *_: sys.exit(0)))
while True:
    signal.pause()
"""
SANDBOX = """
import json, pathlib, signal, sys
folder = pathlib.Path(sys.argv[sys.argv.index("--folder") + 1])
folder.mkdir(exist_ok=True)
port = int(sys.argv[sys.argv.index("--ports-from") + 1])
told = {"environment": {"PLEX_TV_URL": f"http://127.0.0.1:{port}"}, "playlists": ["Trailers"]}
(folder / "sandbox.json").write_text(json.dumps(told))
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
signal.pause()
"""


def make_project(folder: Path) -> Path:
    """A folder that looks like the project to the launcher; its workers and sandbox are stand-ins too."""
    for name, text in {
        "manage.py": MANAGE,
        "medianest/__init__.py": "",
        "medianest/wsgi.py": WSGI,
        "medianest/workers.py": WORKERS,
        "sandbox/__init__.py": "",
        "sandbox/__main__.py": SANDBOX,
        "requirements.txt": "",
        "requirements-embedded.txt": "",
        "requirements-demo.txt": "",
    }.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def make_venv(folder: Path, project: Path) -> Path:
    """A virtual environment that borrows the packages of the one we run in, and counts as installed."""
    own = Path(sys.prefix)
    (folder / "bin").mkdir(parents=True)
    (folder / "bin" / "python").symlink_to(Path(sys.executable).resolve())
    (folder / "lib").symlink_to(own / "lib")
    (folder / "pyvenv.cfg").write_text((own / "pyvenv.cfg").read_text(encoding="utf-8"), encoding="utf-8")
    lists = [project / name for name in ("requirements.txt", "requirements-embedded.txt", "requirements-demo.txt")]
    (folder / venv.STAMP).write_text(json.dumps(venv.digests(lists)), encoding="utf-8")
    return folder


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(met: Callable[[], object], seconds: float = 30) -> None:
    """Waits until `met()`; fails after `seconds`."""
    end = time.monotonic() + seconds
    while not met():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)


@dataclass
class Home:
    """A project, its virtual environment, data folder and port, and how to start the launcher in it."""

    project: Path
    venv: Path
    data: Path
    port: int

    @classmethod
    def make(cls, folder: Path) -> Home:
        project = make_project(folder / "project")
        return cls(project, make_venv(folder / "venv", project), folder / "data", free_port())

    def environment(self, more: Mapping[str, str]) -> dict[str, str]:
        base = {key: os.environ[key] for key in ("PATH", "HOME", "TMPDIR") if key in os.environ}
        own = {"MEDIANEST_DATA": self.data, "MEDIANEST_VENV": self.venv, "PORT": self.port, "HOST": "127.0.0.1"}
        return {**base, "PYTHONPATH": str(HERE), **{k: str(v) for k, v in own.items()}, **more}

    def command(self, *words: str) -> list[str]:
        start = (
            "import sys; from pathlib import Path; from medianest.launch.cli import main; "
            f"sys.exit(main({list(words)!r}, project=Path({str(self.project)!r})))"
        )
        return [sys.executable, "-c", start]

    def refused(self, *words: str, **more: str) -> str:
        """Starts the launcher, expects it to refuse, and gives its sentence."""
        done = subprocess.run(
            self.command(*(words or ("run",))),
            env=self.environment(more),
            capture_output=True,
            text=True,
            timeout=90,
            check=False,
        )
        assert done.returncode == 1, (done.returncode, done.stdout, done.stderr)
        assert "Traceback" not in done.stderr + done.stdout, done.stderr
        return done.stderr.strip()

    @contextmanager
    def running(self, command: str = "run", **more: str) -> Iterator[Run]:
        """The launcher, up and answering; stopped at the end whatever happened."""
        log = self.data.parent / f"screen-{time.monotonic_ns()}"
        with log.open("wb") as screen:
            child = subprocess.Popen(
                self.command(command), env=self.environment(more), stdout=screen, stderr=screen, start_new_session=True
            )
        run = Run(self, child, log)
        try:
            until(lambda: "MediaNest is ready" in run.screen() or child.poll() is not None)
            assert child.poll() is None, run.screen()
            yield run
        finally:
            if child.poll() is None:
                child.terminate()
                child.wait(60)


@dataclass
class Run:
    home: Home
    child: subprocess.Popen[bytes]
    log: Path

    def screen(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")

    def get(self) -> str:
        link = http.client.HTTPConnection("127.0.0.1", self.home.port, timeout=5)
        try:
            link.request("GET", "/readyz", headers={"Connection": "close"})
            return link.getresponse().read().decode()
        finally:
            link.close()

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        self.child.send_signal(number)
        return self.child.wait(60)

    def processes(self) -> set[int]:
        return ours(self.home.data)


def ours(data: Path) -> set[int]:
    """All processes that belong to the installation in `data`, the database server included."""
    found = process.marked(DataFolder(data).identity)
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if (entry / "cwd").resolve().is_relative_to(data):
                found.add(int(entry.name))
        except OSError:
            continue
    return {pid for pid in found if process.alive(pid)}
