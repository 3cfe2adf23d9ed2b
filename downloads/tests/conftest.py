"""A download folder, a simulated YouTube and a simulated Plex, and workers that do not wait."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from downloads import pacing, transfer, ytdlp
from medianest.tests.people import (  # noqa: F401  (fixtures)
    _files_as_they_are,
    administrator,
    administrators,
    anna,
    ben,
    moderator,
)
from operations import jobs, lease
from sandbox.plex import Plex
from sandbox.youtube import YouTube
from services.models import ServiceConfig


@pytest.fixture(scope="session")
def media_dir(request: pytest.FixtureRequest) -> Path:
    """A folder for drawn clips that outlives the run."""
    cache = request.config.cache
    assert cache is not None
    return Path(cache.mkdir("sandbox-media"))


@pytest.fixture
def house(
    transactional_db: None, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """Committed data, folders of the test's own, no wake-ups, and a keeper that notices at once."""
    settings.DOWNLOAD_ROOT = tmp_path / "media"
    settings.DATA_DIR = tmp_path / "data"
    settings.DOWNLOAD_MIN_FREE_MB = 0
    settings.DOWNLOAD_BURST = 1000
    settings.LIMIT_PLAYLISTS_PER_HOUR = 1000
    settings.DOWNLOAD_STARTS_PER_HOUR = 360_000
    monkeypatch.setattr(jobs, "wake", lambda queue, *, count=1, seconds=0: True)
    monkeypatch.setattr(pacing, "DISK_SECONDS", 0.1)
    monkeypatch.setattr(lease, "RENEW_EVERY", 0.05)
    keeper = lease.LeaseKeeper()
    monkeypatch.setattr(lease, "keeper", keeper)
    monkeypatch.setattr("operations.runner.keeper", keeper)
    yield
    gc.collect()  # what yt-dlp leaves open ends with the test


@pytest.fixture
def youtube(house: None, media_dir: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[YouTube]:
    """A simulated YouTube; yt-dlp is patient with it for two seconds only."""
    service = YouTube(media_dir)
    service.start()
    settings.YTDLP_PROXY = service.url
    settings.YTDLP_NO_CHECK_CERTIFICATE = True
    monkeypatch.setattr(ytdlp, "SOCKET_SECONDS", 2)
    monkeypatch.setattr(ytdlp, "RETRIES", 1)
    monkeypatch.setattr(transfer, "LONGEST_PAUSE", 0.2)
    yield service
    service.stop()
    assert service.crashes == []
    assert service.refused_hosts == []


@pytest.fixture
def plex(house: None, settings: Settings) -> Iterator[Plex]:
    """A simulated Plex that sees the download folder, connected."""
    root = Path(settings.DOWNLOAD_ROOT)
    root.mkdir(parents=True, exist_ok=True)
    service = Plex({"YouTube": root})
    service.start()
    connect(service)
    yield service
    service.stop()


def connect(service: Plex) -> None:
    ServiceConfig.objects.create(service_name="plex", service_url=service.url, api_key=service.token)
