"""Starting, watching and ending processes: who they are, whose children, and what to do with those left behind."""

from __future__ import annotations

import contextlib
import ctypes
import functools
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

INSTANCE = "MEDIANEST_INSTANCE"
_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
# Loaded before any fork: looking a library up between fork and exec could wait for a lock for ever.
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


@dataclass(frozen=True)
class Account:
    """The user and group a process runs as."""

    name: str
    uid: int
    gid: int


@dataclass(frozen=True)
class Spec:
    """What to run: the command, its environment, and how it is asked to end.

    `stop` asks it to end, `grace` seconds later it is killed. `death` is what the kernel sends when the launcher itself
    dies. `before` runs ahead of each start. `terse` keeps its ordinary chatter off the screen (the log has all).
    """

    name: str
    argv: tuple[str, ...]
    env: Mapping[str, str]
    cwd: Path
    account: Account | None = None
    stop: signal.Signals = signal.SIGTERM
    hurry: signal.Signals = signal.SIGKILL
    death: signal.Signals = signal.SIGTERM
    grace: float = 30.0
    terse: bool = False
    before: Callable[[], None] | None = field(default=None, compare=False)


def _bind_to_parent(parent: int, death: int) -> None:
    """Between fork and exec: the kernel sends `death` to this process when its parent dies."""
    if _libc is not None:
        _libc.prctl(_PR_SET_PDEATHSIG, death, 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)


def spawn(spec: Spec, *, stdout: int | None = None, stderr: int | None = None) -> subprocess.Popen[bytes]:
    """Starts `spec` in a session of its own.

    Call it from the main thread: the kernel's notice of a parent's death is bound to the thread that started the child.
    Raises OSError when the program cannot be started.
    """
    if spec.before is not None:
        spec.before()
    return subprocess.Popen(
        spec.argv,
        env=dict(spec.env),
        cwd=spec.cwd,
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=stderr,
        start_new_session=True,
        preexec_fn=functools.partial(_bind_to_parent, os.getpid(), spec.death),  # noqa: PLW1509  (one thread only)
        user=spec.account.uid if spec.account else None,
        group=spec.account.gid if spec.account else None,
        extra_groups=[] if spec.account else None,
    )


def call(argv: Sequence[str], account: Account | None, *, cwd: Path, env: Mapping[str, str]) -> tuple[int, str]:
    """Runs a short command as `account` (None: as ourselves) and gives its exit code and all it wrote."""
    try:
        done = subprocess.run(
            argv,
            env=dict(env),
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
        )
    except OSError as error:
        return 126, str(error)
    return done.returncode, done.stdout.decode(errors="replace").strip()


def become_subreaper() -> None:
    """From now on, processes that lose their parent below us become our children (Linux)."""
    if _libc is not None:
        _libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def alive(pid: int) -> bool:
    """Whether a process of that number runs (one that ended and waits to be collected does not count)."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return _stat(pid)[:1] != ["Z"]


def children_of(pid: int) -> set[int]:
    """The direct children of `pid` that still run or wait to be collected."""
    return {int(p.name) for p in Path("/proc").glob("[0-9]*") if _stat(int(p.name))[1:2] == [str(pid)]}


def _stat(pid: int) -> list[str]:
    """The fields of /proc/PID/stat from the state on; empty when there is no such process."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return []
    return text.rpartition(")")[2].split()


def marked(instance: str) -> set[int]:
    """Processes anywhere that carry this installation's mark in their environment."""
    mark = f"{INSTANCE}={instance}".encode()
    found = set()
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if mark in (entry / "environ").read_bytes().split(b"\0"):
                found.add(int(entry.name))
    return found - {os.getpid()}


def end(pids: Iterable[int], *, first: signal.Signals = signal.SIGTERM, patience: float = 5.0) -> None:
    """Asks the processes to end, and kills those that have not after `patience` seconds."""
    left = set(pids)
    for step, wait in ((first, patience), (signal.SIGKILL, 5.0)):
        for pid in left:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, step)
        until = time.monotonic() + wait
        while left and time.monotonic() < until:
            left = {pid for pid in left if alive(pid)}
            time.sleep(0.02 if left else 0)
        if not left:
            return


def signal_group(leader: int, number: signal.Signals) -> None:
    """Sends a signal to every process of the group that `leader` started; quiet when none is left."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, number)
