from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest
import stamina
from django.core.cache import cache
from flask import Flask
from pytest_django.fixtures import Settings

from medianest.tests.people import (  # noqa: F401  (fixtures)
    _files_as_they_are,
    administrator,
    administrators,
    anna,
    annas,
    moderator,
    moderators,
    stranger,
)
from sandbox.plex import Plex
from sandbox.server import ServiceServer
from services.models import ServiceConfig
from services.providers import base
from services.providers.plex import door


@pytest.fixture(autouse=True)
def _nothing_remembered() -> Iterator[None]:
    """Redis outlives a test."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch, settings: Settings, tmp_path: Path) -> Iterator[None]:
    """A simulated service is only slow because the machine is. Nothing is waited for between two tries."""
    _wait(monkeypatch, 20.0, 20.0)
    settings.DOWNLOAD_ROOT = tmp_path / "videos"
    with stamina.set_testing(True, attempts=2, cap=True):
        yield


@pytest.fixture
def impatient(_patient: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Services that do not answer are given up within a second."""
    _wait(monkeypatch, 0.4, 0.6)


def _wait(monkeypatch: pytest.MonkeyPatch, connect: float, total: float) -> None:
    for room in (base, door):  # Plex's has it under a name of its own
        monkeypatch.setattr(room, "LOOK", dataclasses.replace(base.LOOK, connect=connect, total=total))


@pytest.fixture
def videos(settings: Settings) -> Path:
    """The download folder."""
    folder = Path(settings.DOWNLOAD_ROOT)
    folder.mkdir()
    return folder


@pytest.fixture
def plex(videos: Path) -> Iterator[Plex]:
    """A simulated Plex that holds the download folder in its library YouTube."""
    server = Plex({"YouTube": videos})
    server.start()
    server.scan_delay = 0.05
    yield server
    server.stop()


@pytest.fixture
def anything() -> Iterator[ServiceServer]:
    """A server of no kind in particular; for misbehaving."""
    server = ServiceServer("anything", Flask("anything"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def connected(db: None, plex: Plex) -> ServiceConfig:
    """Plex as an administrator connected it."""
    return ServiceConfig.objects.create(service_name="plex", service_url=plex.url, api_key=plex.token)
