"""One process that starts the others, hears what they say, starts the fallen again and leaves nobody behind.

Everything happens in the main thread around one `select`: children are bound to the thread that started them, and
code between fork and exec is only safe while there is a single thread.
"""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import IO

from medianest.launch import process
from medianest.launch.output import Output
from medianest.launch.process import Spec

FIRST_DELAY = 1.0
LONGEST_DELAY = 30.0
HEALTHY_AFTER = 60.0
ORPHANS_EVERY = 2.0
ORPHAN_GRACE = 5.0


class Stopped(Exception):
    """Somebody asked MediaNest to stop."""


@dataclass
class Child:
    """A process that is watched. `stage` orders the stop (highest first); `keep` has it started again when it falls."""

    spec: Spec
    stage: int
    keep: bool
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    delay: float = FIRST_DELAY
    again_at: float | None = None
    falls: int = 0
    code: int | None = None
    said: bytearray = field(default_factory=bytearray)

    @property
    def runs(self) -> bool:
        return self.process is not None and self.process.returncode is None


class Supervisor:
    """Watches children until told to stop. `instance` marks them all, so that strays are found (process.INSTANCE)."""

    def __init__(self, output: Output, instance: str) -> None:
        self.output = output
        self._instance = instance
        self._children: list[Child] = []
        self._by_pid: dict[int, Child] = {}
        self._orphans: dict[int, float] = {}
        self._orphans_at = 0.0
        self._stopping = False
        self._signals = 0
        self._selector = selectors.DefaultSelector()
        self._wake, self._waker = socket.socketpair()
        self._listen_for_signals()
        process.become_subreaper()

    # --- what callers do -------------------------------------------------------------------------------------------------
    def keep(self, spec: Spec, *, stage: int) -> Child:
        """Starts `spec` and starts it again whenever it ends, until `stop`."""
        child = Child(spec, stage, keep=True)
        self._children.append(child)
        self._launch(child)
        return child

    def once(self, spec: Spec, *, stage: int = 9) -> Child:
        """Runs `spec` to its end and gives the child with `code` and, in `said`, what it wrote to stdout.

        Raises Stopped when a stop is asked for meanwhile.
        """
        child = Child(spec, stage, keep=False)
        self._children.append(child)
        self._launch(child)
        while child.code is None:
            self._pump(1.0)
        self._children.remove(child)
        return child

    def wait_for(self, met: Callable[[], bool], seconds: float, child: Child, *, falls: int = 3) -> bool:
        """Waits until `met()`; gives up after `seconds`, or when `child` has fallen `falls` times. Raises Stopped."""
        until = time.monotonic() + seconds
        while not met():
            if time.monotonic() > until or child.falls >= falls:
                return False
            self._pump(0.1)
        return True

    def watch(self, seconds: float = float("inf")) -> None:
        """Watches for so long, by default for ever. Raises Stopped when a stop is asked for."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            self._pump(min(left, ORPHANS_EVERY))

    def fallen(self) -> list[str]:
        """The names of the kept children that have fallen at least once."""
        return [child.spec.name for child in self._children if child.falls]

    def stop(self) -> None:
        """Ends all children, the highest stage first; a signal meanwhile hurries. Nothing of ours runs afterwards."""
        self._stopping = True
        self._signals = 0
        for stage in sorted({child.stage for child in self._children}, reverse=True):
            self._stop_stage([c for c in self._children if c.stage == stage and c.runs])
        strays = process.children_of(os.getpid()) | process.marked(self._instance)
        process.end(strays, patience=1 if self._signals else ORPHAN_GRACE)
        self._reap()
        self._pump(0)
        self.output.close()

    # --- starting and falling --------------------------------------------------------------------------------------------
    def _launch(self, child: Child) -> None:
        child.again_at, child.started = None, time.monotonic()
        apart = not child.keep
        try:
            child.process = process.spawn(
                child.spec, stdout=subprocess.PIPE, stderr=subprocess.PIPE if apart else subprocess.STDOUT
            )
        except OSError as error:
            self.output.say(f"{child.spec.name} cannot be started: {error}.")
            self._fell(child, 127)
            return
        self._by_pid[child.process.pid] = child
        name = child.spec.name
        if apart:
            self._hear(child.process.stdout, child.said.extend, lambda: None)
            self._hear(child.process.stderr, partial(self.output.feed, name), partial(self.output.end, name))
        else:
            feed = partial(self.output.feed, name, terse=child.spec.terse)
            self._hear(child.process.stdout, feed, partial(self.output.end, name))

    def _hear(self, pipe: IO[bytes] | None, take: Callable[[bytes], object], close: Callable[[], object]) -> None:
        if pipe is not None:
            os.set_blocking(pipe.fileno(), False)
            self._selector.register(pipe, selectors.EVENT_READ, (take, close))

    def _fell(self, child: Child, code: int) -> None:
        child.falls += 1
        if self._stopping or not child.keep:
            child.code = code
            return
        if time.monotonic() - child.started >= HEALTHY_AFTER:
            child.delay = FIRST_DELAY
        self.output.say(f"{child.spec.name} {_how(code)}; it is started again in {child.delay:.0f} s.")
        child.again_at = time.monotonic() + child.delay
        child.delay = min(child.delay * 2, LONGEST_DELAY)

    # --- the loop --------------------------------------------------------------------------------------------------------
    def _pump(self, seconds: float) -> None:
        """One round: hears, collects the ended, starts again what is due. Raises Stopped once a signal asked for it."""
        due = [c.again_at - time.monotonic() for c in self._children if c.again_at is not None]
        for key, _ in self._selector.select(max(0.0, min([seconds, *due]))):
            self._read(key)
        self._reap()
        if self._stopping:
            return
        if self._signals:
            raise Stopped
        for child in self._children:
            if child.again_at is not None and time.monotonic() >= child.again_at:
                self._launch(child)
        if time.monotonic() >= self._orphans_at:
            self._orphans_at = time.monotonic() + ORPHANS_EVERY
            self._end_orphans()

    def _read(self, key: selectors.SelectorKey) -> None:
        if key.fileobj is self._wake:
            with contextlib.suppress(BlockingIOError):
                self._wake.recv(4096)
            return
        take, close = key.data
        with contextlib.suppress(BlockingIOError):
            data = os.read(key.fd, 65536)
            if data:
                take(data)
                return
            self._selector.unregister(key.fileobj)
            key.fileobj.close()  # type: ignore[union-attr]  # only pipes are registered besides the wake-up socket
            close()

    def _reap(self) -> None:
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if not pid:
                return
            self._orphans.pop(pid, None)
            child = self._by_pid.pop(pid, None)
            if child is not None and child.process is not None:
                child.process.returncode = code = os.waitstatus_to_exitcode(status)
                process.signal_group(pid, signal.SIGKILL)  # what it started and did not end
                self._drain(child)
                self._fell(child, code)

    def _drain(self, child: Child) -> None:
        """Hears the last words that wait in the pipes of a child that ended."""
        pipes = (child.process.stdout, child.process.stderr) if child.process else ()
        for pipe in pipes:
            while pipe is not None and not pipe.closed and _readable(pipe.fileno()):
                self._read(self._selector.get_key(pipe))

    def _end_orphans(self) -> None:
        """Ends processes that were handed to us when the child that started them died."""
        now = time.monotonic()
        for pid in process.children_of(os.getpid()) - self._by_pid.keys():
            if pid not in self._orphans:
                self._orphans[pid] = now + ORPHAN_GRACE
                self.output.say(f"Ending process {pid}, left behind by one that died.")
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGTERM)
            elif now > self._orphans[pid]:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)

    # --- the end -----------------------------------------------------------------------------------------------------------
    def _stop_stage(self, children: list[Child]) -> None:
        for child in children:
            self._signal(child, child.spec.stop)
        until = time.monotonic() + max((c.spec.grace for c in children), default=0)
        hurried = False
        while any(c.runs for c in children) and time.monotonic() < until:
            self._pump(0.5)
            if self._signals and not hurried:
                hurried, until = True, time.monotonic() + 5
                for child in children:
                    self._signal(child, child.spec.hurry)
        for child in children:
            if child.runs and child.process is not None:
                self.output.say(f"{child.spec.name} does not end by itself; it is killed.")
                process.signal_group(child.process.pid, signal.SIGKILL)
        until = time.monotonic() + 5
        while any(c.runs for c in children) and time.monotonic() < until:
            self._pump(0.1)

    def _signal(self, child: Child, number: signal.Signals) -> None:
        if child.process is not None and child.runs:
            if number == signal.SIGKILL:
                process.signal_group(child.process.pid, number)
            else:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(child.process.pid, number)

    def _listen_for_signals(self) -> None:
        for end in (self._wake, self._waker):
            end.setblocking(False)
        self._selector.register(self._wake, selectors.EVENT_READ)
        signal.set_wakeup_fd(self._waker.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if number is signal.SIGTERM or signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, self._asked)

    def _asked(self, *_: object) -> None:
        self._signals += 1


def _readable(fd: int) -> bool:
    with selectors.DefaultSelector() as one:
        one.register(fd, selectors.EVENT_READ)
        return bool(one.select(0))


def _how(code: int) -> str:
    """How a process ended, in words."""
    if code < 0:
        with contextlib.suppress(ValueError):
            return f"was ended by {signal.Signals(-code).name}"
    return f"ended with code {code}"
