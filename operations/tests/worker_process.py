"""A worker in a process of its own, for tests that kill it: `python -m operations.tests.worker_process FOLDER`.

Its jobs write `started-<attempt>` into the folder, go on until `go` is there, and add a line to `done`.
"""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "medianest.settings")

KIND = "tests.slow"
QUEUE = "tests-slow"


def slow(run: object, folder: str) -> None:
    from operations.lease import Run  # noqa: PLC0415  (models can be imported only after django.setup)

    assert isinstance(run, Run)
    place = Path(folder)
    (place / f"started-{run.job.attempt}").touch()
    pause = threading.Event()
    while not (place / "go").exists():
        run.breathe()
        pause.wait(0.02)
    with (place / "done").open("a", encoding="ascii") as lines:
        lines.write(f"{run.job.attempt}\n")


def main(folder: Path) -> None:
    django.setup()
    from operations import jobs, runner  # noqa: PLC0415  (models can be imported only after django.setup)

    jobs.kind(KIND, queue=QUEUE)(slow)
    pause = threading.Event()
    while not (folder / "stop").exists():
        runner.work(QUEUE)
        jobs.sweep()
        pause.wait(0.05)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
