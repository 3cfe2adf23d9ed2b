"""What is kept of each backup: its rules, which ones are good, and the admin's list."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import models
from django.utils import timezone

from accounts.models import Role
from maintenance.models import BackupRun
from medianest.tests.people import browser_of, person
from medianest.tests.rules import assert_flat, assert_refused

pytestmark = pytest.mark.django_db
NOW = timezone.now()
HOUR = dt.timedelta(hours=1)


def run(**said: Any) -> BackupRun:
    return BackupRun(**{"started_at": NOW, **said})


def finished(**said: Any) -> BackupRun:
    facts = {"finished_at": NOW + HOUR, "path": "daily.dump", "bytes": 5_900_000, "sha256": "ab" * 32}
    return run(**{**facts, **said})


BROKEN: dict[str, Callable[[], models.Model]] = {
    "backup_runs_kind_known": lambda: run(kind="whim"),
    "backup_runs_end_after_start": lambda: finished(finished_at=NOW - HOUR),
    "backup_runs_sha256_shape": lambda: finished(sha256="unknown"),
    "backup_runs_finished_has_file": lambda: finished(path=""),
    "backup_runs_only_good_ones_proven": lambda: finished(error="disk full", verified_at=NOW + HOUR),
}


def test_every_rule_is_tried() -> None:
    assert set(BROKEN) == {rule.name for rule in BackupRun._meta.constraints}


@pytest.mark.parametrize("rule", BROKEN)
def test_a_broken_rule_is_told_and_refused(rule: str) -> None:
    assert_refused(BROKEN[rule](), rule)


def test_good_and_proven_backups_are_told_apart() -> None:
    running, good, proven = run(), finished(started_at=NOW - HOUR), finished(verified_at=NOW + 2 * HOUR)
    failed, gone = finished(error="disk full", path=""), finished(removed_at=NOW + HOUR)
    for each in (running, good, proven, failed, gone):
        each.full_clean()
        each.save()
    assert set(BackupRun.objects.good()) == {good, proven}
    assert list(BackupRun.objects.proven()) == [proven]
    assert list(BackupRun.objects.good().newest_first()) == [proven, good]
    assert list(BackupRun.objects.older_than(NOW)) == [good]
    assert [each.is_good for each in (running, good, failed, gone)] == [False, True, False, False]


def test_the_list_costs_the_same_whatever_its_length() -> None:
    def fill(count: int) -> None:
        BackupRun.objects.bulk_create(finished(started_at=NOW - number * HOUR) for number in range(count))

    assert_flat(browser_of(person("ada", Role.ADMIN)), BackupRun, fill)


def test_a_backup_is_named_by_its_file() -> None:
    assert str(finished()) == "daily.dump"
    assert str(run(started_at=dt.datetime(2030, 1, 2, 3, 4, tzinfo=dt.UTC))) == "by schedule 2030-01-02 03:04"
