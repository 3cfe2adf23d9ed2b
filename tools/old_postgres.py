"""The PostgreSQL 15 of the machine, where there is one: the oldest that MediaNest runs on, for tests and tools."""

from __future__ import annotations

import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from medianest.launch import accounts, process, roles

MAJOR = "15"
PLACES = (Path("/usr/lib/postgresql/15"), Path("/usr/pgsql-15"), Path("/opt/homebrew/opt/postgresql@15"))
_PASSWORD = "of-a-server-that-lives-for-minutes"  # noqa: S105
# How a membership is kept from being inherited was said otherwise before PostgreSQL 16.
_GRANT = "GRANT mn_staff TO mn_app WITH INHERIT FALSE, SET TRUE;"
_GRANT_OF_OLD = "ALTER ROLE mn_app NOINHERIT; GRANT mn_staff TO mn_app;"


def find() -> Path | None:
    """The folder with its `bin`; None where the machine has none."""
    return next((place for place in PLACES if (place / "bin" / "initdb").exists()), None)


class OldPostgres:
    """A server in a folder of its own, with MediaNest's roles. It answers `url` and `psql` as `launch.Postgres` does."""

    def __init__(self, install: Path, folder: Path) -> None:
        self.install, self.folder = install, folder
        self.account = accounts.for_database(folder)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.folder.mkdir(exist_ok=True)
        if self.account is not None:
            shutil.chown(self.folder, self.account.uid, self.account.gid)
        data = self.folder / "data"
        command = [str(self.install / "bin" / "initdb"), "-D", str(data), "-U", "postgres", "-E", "UTF8", "--locale=C"]
        code, said = process.call([*command, "--auth=trust"], self.account, cwd=self.folder, env=accounts.PLAIN)
        if code:
            raise RuntimeError(said)
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.folder),
            "fsync": "off",
            "timezone": "UTC",
            "shared_buffers": "64MB",
            "max_connections": "60",
        }
        argv = [str(self.install / "bin" / "postgres"), "-D", str(data)]
        argv += [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
        with (self.folder / "log").open("ab") as log:
            self._process = process.spawn(
                process.Spec("postgres15", tuple(argv), accounts.PLAIN, data, self.account),
                stdout=log.fileno(),
                stderr=log.fileno(),
            )
        until = time.monotonic() + 60
        ready = [str(self.install / "bin" / "pg_isready"), "-q", "-h", str(self.folder)]
        while process.call(ready, None, cwd=Path("/"), env=accounts.PLAIN)[0]:
            if time.monotonic() > until or self._process.poll() is not None:
                raise RuntimeError((self.folder / "log").read_text(encoding="utf-8"))
            time.sleep(0.05)
        script = roles.script(dict.fromkeys(roles.LOGIN, _PASSWORD))
        self.psql(script.replace(_GRANT, _GRANT_OF_OLD))

    def stop(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait(30)
            self._process = None

    def url(self, role: str) -> str:
        return f"postgres://{role}:{_PASSWORD}@/medianest?host={quote(str(self.folder), safe='')}"

    def psql(self, script: str, database: str = "postgres") -> str:
        """Runs SQL as the superuser and gives what psql prints. Raises RuntimeError with its words."""
        command = [str(self.install / "bin" / "psql"), "-XqAt", "-v", "ON_ERROR_STOP=1", "-U", "postgres"]
        done = subprocess.run(
            [*command, "-h", str(self.folder), "-d", database],
            input=script,
            env=accounts.PLAIN,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(done.stderr)
        return done.stdout


@contextmanager
def server(install: Path) -> Iterator[OldPostgres]:
    """A running one, gone afterwards with all that is in it."""
    folder = Path(tempfile.mkdtemp(prefix="mn-old-"))
    folder.chmod(0o711)
    postgres = OldPostgres(install, folder / "pg")
    try:
        postgres.start()
        yield postgres
    finally:
        postgres.stop()
        shutil.rmtree(folder, ignore_errors=True)
