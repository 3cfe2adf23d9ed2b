"""The data folder: what lies where, who may read it, and that only one MediaNest uses it at a time."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import os
import shutil
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

from medianest.launch.problems import Problem, from_os_error

# A unix socket's address holds 108 bytes on Linux and 104 on macOS, with the closing zero.
LONGEST_SOCKET = 100


class InUse(Problem):
    """Another MediaNest runs with this data folder."""


@dataclass(frozen=True)
class DataFolder:
    """Everything MediaNest keeps, below `root` (an absolute path)."""

    root: Path

    @property
    def secrets(self) -> Path:
        return self.root / "secrets"

    @property
    def pg(self) -> Path:
        return self.root / "pg"

    @property
    def redis(self) -> Path:
        return self.root / "redis"

    @property
    def run(self) -> Path:
        return self.root / "run"

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    @property
    def identity(self) -> str:
        """Twelve characters that stay the same for this folder and differ between folders."""
        return hashlib.sha256(str(self.root.resolve()).encode()).hexdigest()[:12]

    def create(self) -> None:
        """Makes the folders that are missing. Raises Problem when that cannot be done."""
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            for name, mode in (("secrets", 0o700), ("run", 0o711), ("redis", 0o700), ("logs", 0o700)):
                place = self.root / name
                place.mkdir(mode=mode, exist_ok=True)
                place.chmod(mode)
            for name in ("media", "static"):
                (self.root / name).mkdir(exist_ok=True)
            _prove_writable(self.root)
        except FileExistsError as error:
            raise Problem(
                f"{error.filename} is a file, not a folder. Move it away, or choose another folder: MEDIANEST_DATA=…"
            ) from error
        except NotADirectoryError as error:
            raise Problem(
                f"{self.root} lies below a file, not a folder. Choose another folder: MEDIANEST_DATA=…"
            ) from error
        except OSError as error:
            raise from_os_error(error, self.root) from error

    def lock(self) -> int:
        """Takes the folder for this process and gives the lock's file descriptor; it is let go when the process ends.

        Raises Problem when another MediaNest holds it.
        """
        handle = os.open(self.run / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            holder = os.read(handle, 32).decode(errors="replace").strip() or "?"
            os.close(handle)
            if error.errno not in (errno.EWOULDBLOCK, errno.EACCES):
                raise
            raise InUse(
                f"MediaNest already runs with the data folder {self.root} (process {holder}). "
                "Stop it first, or choose another folder: MEDIANEST_DATA=…"
            ) from error
        os.ftruncate(handle, 0)
        os.write(handle, f"{os.getpid()}\n".encode())
        return handle

    def sockets(self, *, short: bool = False) -> Path:
        """Where sockets lie: `run/`, or, when that name is too long, a short folder in the temporary place.

        `short` asks for the temporary place in any case. `make_sockets` makes it.
        """
        if not short and len(os.fsencode(self.run / "redis" / ".s.PGSQL.5432.lock")) <= LONGEST_SOCKET:
            return self.run
        base = Path(tempfile.gettempdir())
        if len(os.fsencode(base)) > LONGEST_SOCKET - 50:
            base = Path("/tmp")  # noqa: S108  (a folder of our own is made there, and its owner is checked)
        return base / f"medianest-{self.identity}"

    def make_sockets(self, place: Path) -> None:
        """Makes the folder that `sockets` gave. Raises Problem when somebody else made it before us."""
        if place == self.run:
            return
        place.mkdir(mode=0o711, exist_ok=True)
        found = place.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o022:
            raise Problem(f"{place} is not ours: somebody else made it. Remove it, or set TMPDIR to another folder.")
        place.chmod(0o711)

    def give_up(self, place: Path) -> None:
        """Removes `place`, a folder with sockets, if it was made in the temporary place."""
        if place.parent != self.run:
            shutil.rmtree(place, ignore_errors=True)
            with contextlib.suppress(OSError):  # the other server's sockets are still in there
                place.parent.rmdir()


def _prove_writable(folder: Path) -> None:
    """Writes and removes a small file: permission bits alone say nothing about read-only mounts and full disks."""
    handle, name = tempfile.mkstemp(prefix=".writable-", dir=folder)
    try:
        os.write(handle, b"x" * 4096)
        os.fsync(handle)
    finally:
        os.close(handle)
        Path(name).unlink()
