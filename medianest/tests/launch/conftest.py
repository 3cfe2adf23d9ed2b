"""Short folders that every account may pass through: sockets need short names, PostgreSQL is not run by root."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from medianest.launch import process
from medianest.tests.launch.standin import Home, ours


@pytest.fixture
def place() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="mn-"))
    folder.chmod(0o711)
    yield folder
    process.end(ours(folder / "data"))
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def home(place: Path) -> Home:
    return Home.make(place)
