"""An encryption key that is gone leads to "enter the key again", on every page and in every job, and to no error."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from medianest.lib import crypto
from operations import jobs as promises
from operations import runner
from operations.models import Job, JobState
from sandbox.plex import Plex
from services import connections, jobs
from services.models import ServiceConfig, ServiceState, ServiceStatus

AGAIN = "enter the key again"


@pytest.fixture
def lost(connected: ServiceConfig, settings: Settings) -> Iterator[ServiceConfig]:
    """Plex, connected once; the key that its token was encrypted with is gone."""
    settings.ENCRYPTION_KEYS = "other:" + base64.b64encode(b"o" * 32).decode()
    crypto.keyring.cache_clear()
    yield ServiceConfig.objects.get()
    crypto.keyring.cache_clear()


def text_of(response: Any, status: int = 200) -> str:
    assert response.status_code == status
    return str(response.content.decode())


def test_the_set_up_page_asks_for_it_again(lost: ServiceConfig, administrators: Client) -> None:
    assert AGAIN in text_of(administrators.get("/setup/"))


def test_the_set_up_page_does_not_take_the_old_one_for_an_answer(
    lost: ServiceConfig, administrators: Client, plex: Plex
) -> None:
    answer = administrators.post("/setup/plex/", {"service_url": plex.url, "key": ""})
    assert "This field is required" in text_of(answer, 422)


def test_entering_it_again_mends_the_connection(lost: ServiceConfig, administrators: Client, plex: Plex) -> None:
    answer = administrators.post("/setup/plex/", {"service_url": plex.url, "key": plex.token})
    assert answer.status_code == 302
    lost.refresh_from_db()
    assert (lost.api_key, lost.key_id) == (plex.token, "other")


@pytest.mark.parametrize("path", ["/status/", "/", "/admin/services/serviceconfig/"])
def test_other_pages_stand(lost: ServiceConfig, administrators: Client, path: str) -> None:
    assert "<main" in text_of(administrators.get(path))


def test_the_admin_says_so_and_tries_without_it(lost: ServiceConfig, administrators: Client) -> None:
    page = f"/admin/services/serviceconfig/{lost.pk}/"
    assert AGAIN in text_of(administrators.get("/admin/services/serviceconfig/"))
    assert AGAIN in text_of(administrators.get(f"{page}change/"))
    fields = {"service_url": lost.service_url, "key": "", "enabled": "on", "setting-section": ""}
    assert "needs a key" in text_of(administrators.post(f"{page}test/", fields))
    saved = administrators.post(f"{page}change/", {**fields, "enabled": ""}, follow=True)
    text_of(saved)
    lost.refresh_from_db()
    assert (lost.enabled, lost.key_id) == (False, "k1")  # the secret waits for its key to come back


def test_jobs_do_without_it(lost: ServiceConfig) -> None:
    provider = connections.get("plex")
    assert provider is not None
    assert provider.connection.key == ""
    jobs.promise_probe("plex")
    promised = promises.claim_next("control")
    assert promised is not None
    runner.run_one(promised)
    assert Job.objects.get().state == JobState.DONE
    status = ServiceStatus.objects.get(service_name="plex")
    assert status.status == ServiceState.DEGRADED
    assert "key" in status.message
