"""What workers do for services: look at them."""

from __future__ import annotations

from django.db import transaction

from operations import jobs
from operations.lease import Run
from services import history, probing

PROBE = "services.probe"
HISTORY = "services.history"


def probe_all() -> None:
    """Look at everything, and soon again at what failed for the first time."""
    _look_again(probing.probe())


@jobs.kind(PROBE, queue="control", max_attempts=1)
def probe_some(run: Run, names: list[str] | None = None) -> None:
    """Look at the services with these names, or at all."""
    _look_again(probing.probe(names))


def _look_again(names: list[str]) -> None:
    for name in names:
        promise_probe(name, again=True)


def promise_probe(name: str, *, again: bool = False) -> None:
    """Promise a look at one service: now, or `again` in a few seconds (which is a promise of its own)."""
    with transaction.atomic():
        if again:
            delay = probing.LOOK_AGAIN_AFTER
            jobs.promise(PROBE, key=f"{PROBE}:{name}:again", args={"names": [name]}, delay=delay)
        else:
            jobs.promise(PROBE, key=f"{PROBE}:{name}", args={"names": [name]})


def promise_first_probe() -> None:
    """Promise a look at everything; asked for when a worker starts."""
    with transaction.atomic():
        jobs.promise(PROBE, key=PROBE, args={})


@jobs.kind(HISTORY, queue="control", max_attempts=3)
def keep_history(run: Run) -> None:
    """Count the looks into hours and days, and delete what was kept long enough."""
    history.keep()


def promise_history() -> None:
    """Promise to bring the history up to date."""
    with transaction.atomic():
        jobs.promise(HISTORY, key=HISTORY)
