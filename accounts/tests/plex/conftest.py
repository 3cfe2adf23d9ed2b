"""A connected Plex server, its plex.tv, and people who come through that door."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import stamina
from django.core.cache import cache
from django.test import Client
from pytest_django.fixtures import Settings

from accounts.plex import pins
from medianest.lib import breaker
from sandbox.plex import Plex
from sandbox.plextv import PlexTv
from services.models import ServiceConfig
from services.providers import base
from services.providers.plex import door, tv

BEGIN, RETURN, WAITING = "/account/plex/begin/", "/account/plex/return/", "/account/plex/"
GO_ON, LOOK, STOP = "/account/plex/continue/", "/account/plex/look/", "/account/plex/stop/"
REFUSED, SIGN_IN = "/account/plex/refused/", "/account/sign-in/"


@pytest.fixture(autouse=True)
def _nothing_remembered() -> Iterator[None]:
    """Redis outlives a test."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The simulated Plex is never too late for a person, only slow on a busy machine."""
    _wait(monkeypatch, 30.0)
    monkeypatch.setattr(tv, "BUDGET", 60.0)
    monkeypatch.setattr(breaker, "_own", {})
    with stamina.set_testing(True, attempts=1):
        yield


@pytest.fixture
def impatient(_patient: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """For a Plex that does not answer at all."""
    _wait(monkeypatch, 3.0)


def _wait(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    for room in (base, door):  # Plex's has it under a name of its own
        monkeypatch.setattr(room, "LOOK", dataclasses.replace(base.LOOK, connect=seconds, total=seconds))
    monkeypatch.setattr(tv, "LIMITS", dataclasses.replace(tv.LIMITS, connect=seconds, total=seconds))


@pytest.fixture
def plex(tmp_path: Path) -> Iterator[Plex]:
    (tmp_path / "videos").mkdir()
    server = Plex({"YouTube": tmp_path / "videos"})
    server.start()
    yield server
    server.stop()


@pytest.fixture
def plextv(plex: Plex, settings: Settings) -> Iterator[PlexTv]:
    server = PlexTv(plex=plex)
    server.start()
    settings.PLEX_TV_URL = settings.PLEX_CLIENTS_URL = server.url
    settings.PLEX_AUTH_URL = server.auth_url
    yield server
    server.stop()


@pytest.fixture
def connected(db: None, plex: Plex, plextv: PlexTv) -> ServiceConfig:
    """Plex as an administrator connected it."""
    return ServiceConfig.objects.create(service_name="plex", service_url=plex.url, api_key=plex.token)


@dataclasses.dataclass
class Visitor:
    """A browser at the door. `begin` goes to Plex, `come_back` returns from there."""

    plextv: PlexTv
    client: Client = dataclasses.field(default_factory=Client)

    def begin(self, **fields: str) -> Any:
        return self.client.post(BEGIN, fields)

    @property
    def pending(self) -> pins.Pending:
        found = pins._read(self.client.session.get(pins._KEY))
        assert found is not None
        return found

    def approve(self, username: str) -> None:
        self.plextv.approve(self.pending.code, username)

    def come_back(self, state: str | None = None) -> Any:
        return self.client.get(RETURN, {"state": self.pending.state if state is None else state})

    def enter(self, username: str, **fields: str) -> Any:
        """The whole way, as that person; the last answer."""
        self.begin(**fields)
        self.approve(username)
        return self.come_back()

    @property
    def is_in(self) -> bool:
        return "_auth_user_id" in self.client.session


@pytest.fixture
def visitor(connected: ServiceConfig, plextv: PlexTv) -> Visitor:
    return Visitor(plextv)


def wishes(address: str) -> dict[str, str]:
    """What Plex's page is asked for, from its address."""
    return {name: values[0] for name, values in parse_qs(urlsplit(address).fragment.lstrip("?")).items()}
