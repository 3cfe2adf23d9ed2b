from __future__ import annotations

from typing import Any

import pytest
from django.db import InterfaceError, OperationalError
from django.test import Client
from pytest_django.fixtures import Settings

from medianest import health


@pytest.fixture(autouse=True)
def _nothing_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_APPLIED", set())


def test_a_living_process_says_so_without_asking_anybody(client: Client) -> None:
    response = client.get("/healthz")  # no database fixture: a query would fail this test
    assert response.status_code == 200
    assert response.content == b"ok"
    assert "no-store" in response.headers["Cache-Control"]


def test_ready_means_database_redis_and_migrations(stranger: Client) -> None:
    response = stranger.get("/readyz")
    assert response.status_code == 200
    assert response.json() == {"ready": True, "checks": {"database": "ok", "migrations": "ok", "redis": "ok"}}


def test_without_redis_it_is_not_ready(stranger: Client, settings: Settings) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    response = stranger.get("/readyz")
    assert response.status_code == 503
    assert response.json()["checks"]["redis"] == "does not answer"


@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
def test_without_a_database_it_is_not_ready(
    stranger: Client, monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    def no(*args: Any) -> None:
        raise error("refused")

    with monkeypatch.context() as patch:
        patch.setattr("django.db.backends.base.base.BaseDatabaseWrapper.cursor", no)
        response = stranger.get("/readyz")
    assert response.status_code == 503
    assert response.json()["checks"]["database"] == "does not answer"


def test_with_migrations_waiting_it_is_not_ready(stranger: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "medianest.health.MigrationExecutor.migration_plan", lambda self, targets: [("one", False), ("two", False)]
    )
    response = stranger.get("/readyz")
    assert response.status_code == 503
    assert response.json()["checks"]["migrations"] == "2 not applied"


def test_migrations_seen_applied_are_not_looked_at_again(stranger: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    assert stranger.get("/readyz").status_code == 200
    monkeypatch.setattr("medianest.health.MigrationExecutor", None)
    assert stranger.get("/readyz").json()["checks"]["migrations"] == "ok"
