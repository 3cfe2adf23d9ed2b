"""Which redis-server is run, and what happens when there is none."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from medianest.launch import redis
from medianest.launch.problems import Problem


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A PATH on which nothing is."""
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


def _program(folder: Path, name: str, says: str) -> Path:
    path = folder / name
    path.write_text(f"#!/bin/sh\necho '{says}'\n")
    path.chmod(0o755)
    return path


def test_a_missing_redis_is_told_how_to_get_one(bare: Path) -> None:
    with pytest.raises(Problem, match="apt install redis-server"):
        redis.find_program(bare)


def test_a_redis_that_is_too_old_is_passed_over(bare: Path) -> None:
    _program(bare, "redis-server", "Redis server v=5.0.7 sha=00000000:0")
    with pytest.raises(Problem):
        redis.find_program(bare)
    new = _program(bare, "redis-server", "Redis server v=7.0.15 sha=00000000:0")
    assert redis.find_program(bare) == new


def test_a_python_without_a_ready_made_redis_builds_one_or_says_what_is_missing(
    bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 13, 0))
    with pytest.raises(Problem, match="C compiler and make"):
        redis.must_be_built(bare)
    for name in ("cc", "make"):
        _program(bare, name, "")
    assert redis.must_be_built(bare)
    _program(bare, "redis-server", "Redis server v=7.0.15 sha=00000000:0")
    assert not redis.must_be_built(bare)


def test_a_ready_made_redis_needs_no_building(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 12, 1))
    monkeypatch.setattr("platform.machine", lambda: "x86_64")
    assert not redis.must_be_built(bare)
