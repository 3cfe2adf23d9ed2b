"""A kind of job whose every instance does what its test says."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

from operations import jobs
from operations.lease import Run
from operations.models import Job

QUEUE = "tests"
KIND = "tests.act"
ATTEMPTS = 3

acts: dict[str, Callable[[Run], None]] = {}
given_up: list[tuple[dict[str, Any], str, str]] = []


def _giving_up(args: dict[str, Any], code: str, reason: str) -> None:
    given_up.append((args, code, reason))
    if args["act"] == "crash-on-giving-up":
        raise ValueError("a bug in the callback")


@jobs.kind(KIND, queue=QUEUE, max_attempts=ATTEMPTS, on_giving_up=_giving_up)
def _act(run: Run, act: str) -> None:
    acts[act](run)


def promised(act: str, does: Callable[[Run], None] = lambda run: None) -> Job:
    """A job under the key `act` that does what is given."""
    acts[act] = does
    return jobs.promise(KIND, key=act, args={"act": act})


def claimed() -> Job:
    """The next job. The keeper of leases may just be renewing what was given back a moment ago."""
    until = time.monotonic() + 60
    while (job := jobs.claim_next(QUEUE)) is None:
        assert time.monotonic() < until, "no job came up"
        time.sleep(0.01)
    return job


def raising(error: BaseException) -> Callable[[Run], None]:
    def act(run: Run) -> None:
        raise error

    return act


def until(what: Callable[[], object], seconds: float = 60) -> None:
    """Wait for a condition; fails after the given time."""
    deadline = time.monotonic() + seconds
    pause = threading.Event()
    while not what():
        assert time.monotonic() < deadline, "it did not happen in time"
        pause.wait(0.02)
