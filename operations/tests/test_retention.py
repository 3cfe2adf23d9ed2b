"""Old errors move into files, old counts are forgotten."""

from __future__ import annotations

import gzip
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.models import User
from operations import retention, runner, tasks
from operations.models import ErrorLog, Job, JobState, RateLimit

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _folder(settings: Settings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path


def error(days: int, **values: Any) -> ErrorLog:
    then = timezone.now() - timedelta(days=days)
    return ErrorLog.objects.create(error_code="x", created_at=then, last_seen_at=then, **values)


def archived() -> list[dict[str, Any]]:
    files = sorted(retention.archive().glob("error_logs-*.jsonl.gz"))
    return [json.loads(line) for file in files for line in gzip.decompress(file.read_bytes()).splitlines()]


def run_it() -> None:
    tasks.retain()
    runner.work("default")
    assert Job.objects.get(kind=retention.KIND).state == JobState.DONE


def test_errors_are_archived_after_six_months(anna: User) -> None:
    old = error(184, user=anna, metadata={"route": "downloads/", "address": "192.0.2.1"})
    young = error(180)
    run_it()
    assert [row.pk for row in ErrorLog.objects.all()] == [young.pk]
    (line,) = archived()
    assert (line["id"], line["metadata"]) == (str(old.pk), {"route": "downloads/"})
    assert "user_id" not in line
    (file,) = retention.archive().iterdir()
    assert file.name == f"error_logs-{old.created_at:%Y-%m}.jsonl.gz"
    assert file.stat().st_mode & 0o077 == 0


def test_what_is_archived_later_is_added(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "_BATCH", 2)
    for _ in range(5):
        error(200)
    run_it()
    error(200)
    run_it()
    assert len({line["id"] for line in archived()}) == 6
    assert not ErrorLog.objects.exists()


def test_nothing_old_leaves_no_file() -> None:
    error(1)
    run_it()
    assert not retention.archive().exists()


def test_counts_are_forgotten_when_no_window_reaches_them(anna: User) -> None:
    for hours in (1, 3):
        RateLimit.objects.create(user=anna, endpoint="playlists", window_start=timezone.now() - timedelta(hours=hours))
    run_it()
    assert RateLimit.objects.count() == 1
