"""A worker process killed in the middle of a job: another one finishes it, once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import connection

from operations import jobs
from operations.models import Job, JobState
from operations.tests.acts import until
from operations.tests.worker_process import KIND, QUEUE, slow

pytestmark = pytest.mark.django_db(transaction=True)

jobs.kind(KIND, queue=QUEUE)(slow)
LEASE = 4  # renewed every second, so that a busy machine has three to spare

Start = Callable[[], "subprocess.Popen[bytes]"]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts a worker on the test's database, with leases of LEASE seconds. None is left behind."""
    database = urlsplit(settings.DATABASE_URL)._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
    environment = {**os.environ, "DATABASE_URL": database, "JOB_LEASE_SECONDS": str(LEASE)}
    environment.pop("DATABASE_URL_FILE", None)
    started: list[subprocess.Popen[bytes]] = []

    def worker() -> subprocess.Popen[bytes]:
        words = [sys.executable, "-m", "operations.tests.worker_process", str(tmp_path)]
        started.append(subprocess.Popen(words, env=environment, cwd=settings.BASE_DIR))
        return started[-1]

    yield worker
    (tmp_path / "stop").touch()
    (tmp_path / "go").touch()
    for process in started:
        process.wait(60)


def test_what_a_killed_worker_had_begun_is_finished_once_by_another(start: Start, tmp_path: Path) -> None:
    jobs.promise(KIND, key="slow", args={"folder": str(tmp_path)})
    first = start()
    until((tmp_path / "started-1").exists)
    first.send_signal(signal.SIGKILL)
    first.wait(60)
    assert Job.objects.get().state == JobState.RUNNING  # nobody could say goodbye

    start()
    until((tmp_path / "started-2").exists)
    (tmp_path / "go").touch()
    until(lambda: Job.objects.get().state == JobState.DONE)
    row = Job.objects.get()
    assert (row.attempt, row.failures) == (2, 1)
    assert (tmp_path / "done").read_text() == "2\n"


def test_a_living_worker_keeps_its_job_for_longer_than_a_lease(start: Start, tmp_path: Path) -> None:
    jobs.promise(KIND, key="slow", args={"folder": str(tmp_path)})
    start()
    until((tmp_path / "started-1").exists)
    start()  # sweeps as well, and finds nothing to bring back
    first_lease = Job.objects.get().lease_until
    assert first_lease is not None
    until(lambda: (Job.objects.get().lease_until or first_lease) > first_lease + timedelta(seconds=LEASE + 1))
    (tmp_path / "go").touch()
    until(lambda: Job.objects.get().state == JobState.DONE)
    assert (tmp_path / "done").read_text() == "1\n"
    assert not (tmp_path / "started-2").exists()
