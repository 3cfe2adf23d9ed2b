"""A whole house started as a person would start it, and people who use it: for journeys, benches and screenshots."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Self, TypeVar

import httpx2
import psutil
import psycopg
from celery import Celery

from medianest.env import celery_broker

ROOT = Path(__file__).resolve().parent.parent
_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
_PRIVATE_SETTINGS = (
    "DATABASE_URL",
    "REDIS_URL",
    "BROKER_URL",
    "DJANGO_",
    "ENCRYPTION_",
    "MEDIANEST_",
    "PLAIN_HTTP",
    "PUBLIC_URL",
)
T = TypeVar("T")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(condition: Callable[[], T | None], *, seconds: float = 60, what: str = "") -> T:
    """The first truthy answer of `condition`, asked ten times a second. Raises TimeoutError naming `what`."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        answer = condition()
        if answer:
            return answer
        time.sleep(0.1)
    raise TimeoutError(f"not within {seconds} s: {what or condition}")


class House:
    """One installation in a folder of its own; `mode` is `demo` or `run`, as after `make`."""

    def __init__(self, folder: Path, *, mode: str = "demo", environment: dict[str, str] | None = None) -> None:
        self.folder, self.mode, self.port = folder, mode, free_port()
        self.environment = environment or {}
        self.log = folder / "house.log"
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self, *, seconds: float = 180) -> Self:
        """Start and wait until `/readyz` says so. Raises RuntimeError with the log's end when it ends instead."""
        self.folder.mkdir(parents=True, exist_ok=True)
        inherited = {k: v for k, v in os.environ.items() if not k.startswith(_PRIVATE_SETTINGS)}
        own = {
            "PORT": str(self.port),
            "HOST": "127.0.0.1",
            "MEDIANEST_DATA": str(self.folder / "data"),
            "PYTHONUNBUFFERED": "1",
        }
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "medianest.launch", self.mode],
                cwd=ROOT,
                env={**inherited, **own, **self.environment},
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        until(self._answers, seconds=seconds, what=f"{self.url}/readyz")
        return self

    def _answers(self) -> bool:
        if self.process is not None and self.process.poll() is not None:
            raise RuntimeError(f"ended with {self.process.returncode}:\n{self.output()[-4000:]}")
        try:
            return httpx2.get(f"{self.url}/readyz", timeout=2, trust_env=False).status_code == 200
        except httpx2.HTTPError:
            return False

    def output(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace") if self.log.exists() else ""

    def processes(self) -> list[psutil.Process]:
        """Everything the house runs, the launcher first."""
        if self.process is None:
            return []
        launcher = psutil.Process(self.process.pid)
        return [launcher, *launcher.children(recursive=True)]

    def stop(self) -> int:
        """Stop as Ctrl-C would; the launcher's exit code. Raises RuntimeError when a process outlives it."""
        if self.process is None:
            return 0
        before = self.processes()
        self.process.send_signal(signal.SIGINT)
        code = self.process.wait(timeout=60)
        self.process = None
        left = [p for p in before if p.is_running() and p.status() != psutil.STATUS_ZOMBIE]
        if left:
            raise RuntimeError(f"left behind: {left}")
        return code

    @property
    def sandbox(self) -> dict[str, Any]:
        """What the simulated outside said of itself: `control`, `environment`, `connections`, `people`, `playlists`."""
        found: dict[str, Any] = json.loads((self.folder / "data" / "sandbox" / "sandbox.json").read_text())
        return found

    @property
    def settings(self) -> dict[str, str]:
        return dict(self.sandbox["environment"])

    @property
    def control_url(self) -> str:
        return str(self.sandbox["control"])

    def worker(self, name: str) -> psutil.Process | None:
        """The process that works on one queue; None while it is dead."""
        try:
            return psutil.Process(int((self.folder / "data" / "run" / f"worker-{name}.pid").read_text()))
        except (psutil.NoSuchProcess, ValueError):
            return None

    def sql(self, query: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """Rows straight from the house's own database, seen with its owner's eyes."""
        url = self.secret("database_owner_url")
        with psycopg.connect(url) as connection:
            return connection.execute(query, parameters).fetchall()

    def now(self, task: str, kind: str) -> None:
        """Let a regular task have its turn at once, and wait until the work it promises, of this kind, is done."""
        live = "select 1 from jobs where kind = %s and state in ('queued', 'running')"
        until(lambda: not self.sql(live, kind), seconds=120, what=f"no {kind} under way")
        ((before,),) = self.sql("select clock_timestamp()")
        self._send(task, queue="control")
        done = "select 1 from jobs where kind = %s and state = 'done' and finished_at > %s"
        until(lambda: self.sql(done, kind, before), seconds=180, what=f"{kind} done")

    def hurry(self, kind: str) -> None:
        """Let promised work of this kind that waits for its time be done now."""
        self.sql("update jobs set run_after = now() where kind = %s and state = 'queued' returning 1", kind)
        self._send("operations.work", "default", queue="default")

    def _send(self, task: str, *args: str, queue: str) -> None:
        with Celery(broker=celery_broker(self.secret("redis_url")), set_as_current=False) as sender:
            sender.send_task(task, args=args, queue=queue, ignore_result=True)

    def secret(self, name: str) -> str:
        return (self.folder / "data" / "secrets" / name).read_text().strip()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()


class Visitor:
    """A person at the house's door, with a cookie jar and no JavaScript."""

    def __init__(self, house: House, username: str, password: str) -> None:
        self.house = house
        self.client = httpx2.Client(base_url=house.url, timeout=30, trust_env=False, follow_redirects=True)
        self.post("/account/sign-in/", username=username, password=password)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.client.close()

    def get(self, path: str) -> httpx2.Response:
        return self.client.get(path)

    def post(self, path: str, *, page: str = "", **fields: str) -> httpx2.Response:
        """Submit a form to `path`, with the token from `page` (by default the path itself, else home)."""
        found = _TOKEN.search(self.client.get(page or path).text) or _TOKEN.search(self.client.get("/").text)
        token = found.group(1) if found else ""
        headers = {"Referer": self.house.url + path}
        return self.client.post(path, data={**fields, "csrfmiddlewaretoken": token}, headers=headers)

    def order(self, link: str) -> str:
        """Hand in a link, wait for the preview, order it; the download's path."""
        answer = self.post("/downloads/new/", link=link)
        path = answer.url.path
        download_id = path.strip("/").split("/")[-1]
        until(
            lambda: self.house.sql(
                "select 1 from youtube_downloads where id = %s and inspected_at is not null", download_id
            ),
            what="the preview",
        )
        ((profile,),) = self.house.sql("select id from download_profiles where is_default")
        answer = self.post(f"{path}order/", page=path, profile=str(profile))
        if answer.status_code != 200 or "order" in answer.url.path:
            raise RuntimeError(f"not ordered: {answer.status_code} {answer.url}")
        return path


def memory(processes: Iterator[psutil.Process] | list[psutil.Process]) -> int:
    """Bytes of memory the processes hold together, shared pages counted in proportion (PSS)."""
    return sum(p.memory_full_info().pss for p in processes)
