"""The simulated TMDB and Overseerr, connected as an administrator would."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.cache import cache
from pytest_django.fixtures import Settings

from medianest.lib.breaker import Breaker
from sandbox.overseerr import Overseerr
from sandbox.plex import Plex
from sandbox.tmdb import Tmdb
from services.models import ServiceConfig


def _nothing_remembered() -> None:
    """Neither answers nor failures of another test."""
    cache.clear()
    for name in ("tmdb", "tmdb-pictures", "overseerr", "plex"):
        Breaker(name).succeeded()


@pytest.fixture(scope="session")
def _tmdb_server() -> Iterator[Tmdb]:
    running = Tmdb()
    running.start()
    yield running
    running.stop()


@pytest.fixture
def tmdb(_tmdb_server: Tmdb, db: None, settings: Settings) -> Iterator[Tmdb]:
    """TMDB, connected, with its pictures; well again after the test."""
    _nothing_remembered()
    settings.TMDB_IMAGE_URL = _tmdb_server.url
    ServiceConfig.objects.update_or_create(
        service_name="tmdb", defaults={"service_url": _tmdb_server.url, "enabled": True}
    )
    config = ServiceConfig.objects.get(service_name="tmdb")
    config.api_key = _tmdb_server.token
    config.save()
    yield _tmdb_server
    _tmdb_server.turn("up")
    _tmdb_server.settings.gone.clear()
    _nothing_remembered()


@pytest.fixture(scope="session")
def _overseerr_server() -> Iterator[Overseerr]:
    running = Overseerr()
    running.start()
    yield running
    running.stop()


@pytest.fixture
def overseerr(_overseerr_server: Overseerr, db: None) -> Iterator[Overseerr]:
    """Overseerr, connected; well again after the test."""
    _nothing_remembered()
    config = ServiceConfig(service_name="overseerr", service_url=_overseerr_server.url)
    config.api_key = _overseerr_server.api_key
    config.save()
    yield _overseerr_server
    _overseerr_server.turn("up")
    _nothing_remembered()


@pytest.fixture
def plex(db: None, tmp_path: Path) -> Iterator[Plex]:
    """A Plex of the test's own, connected: its library is what the test makes of it."""
    _nothing_remembered()
    (tmp_path / "videos").mkdir()
    running = Plex({"YouTube": tmp_path / "videos"})
    running.start()
    config = ServiceConfig(service_name="plex", service_url=running.url)
    config.api_key = running.token
    config.save()
    yield running
    running.stop()
    _nothing_remembered()
