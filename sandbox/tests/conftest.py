"""What the tests of several simulated services share."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.tests.youtube_client import Fetcher
from sandbox.youtube import YouTube


@pytest.fixture(scope="session")
def media_dir(request: pytest.FixtureRequest) -> Path:
    """A folder for drawn clips that outlives the run: drawing takes some seconds, once."""
    cache = request.config.cache
    assert cache is not None
    return Path(cache.mkdir("sandbox-media"))


@pytest.fixture
def youtube(media_dir: Path) -> Iterator[YouTube]:
    """A simulated YouTube, which must not have failed on the way. What yt-dlp left open ends with the test."""
    service = YouTube(media_dir)
    service.start()
    yield service
    service.stop()
    gc.collect()
    assert service.crashes == []


@pytest.fixture
def fetcher(youtube: YouTube, tmp_path: Path) -> Fetcher:
    return Fetcher(youtube, tmp_path)
