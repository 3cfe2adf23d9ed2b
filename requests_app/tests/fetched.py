"""A simulated Overseerr of each version, connected, with work done as a worker does it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import timezone

from accounts.models import User
from catalog.models import MediaItem
from catalog.tests.rows import stored_title
from medianest.lib.breaker import Breaker
from operations import jobs, runner
from operations.lease import Run
from operations.models import Job
from requests_app import asking, deciding, promises
from requests_app.models import MediaRequest, RequestEvent
from sandbox.overseerr import Overseerr
from services.models import ServiceConfig

VERSIONS = ("1.34.0", "2.7.3", "3.1.0")
BEN, ANNA = 1002, 1003  # Plex ids that the simulated one knows
SERIES = 92003  # not in the library at first


def connect(running: Overseerr, **settings: Any) -> ServiceConfig:
    config = ServiceConfig(service_name="overseerr", service_url=running.url, config_data=settings)
    config.api_key = running.api_key
    config.save()
    return config


def _running(version: str) -> Iterator[Overseerr]:
    cache.clear()
    Breaker("overseerr").succeeded()
    running = Overseerr(version=version)
    running.start()
    yield running
    running.stop()
    cache.clear()
    Breaker("overseerr").succeeded()


@pytest.fixture(params=VERSIONS)
def each_version(request: pytest.FixtureRequest, db: None) -> Iterator[Overseerr]:
    """Connected."""
    for running in _running(request.param):
        connect(running)
        yield running


@pytest.fixture
def alone(db: None) -> Iterator[Overseerr]:
    """The newest, running, not connected."""
    yield from _running("3.1.0")


@pytest.fixture
def newest(alone: Overseerr) -> Overseerr:
    """The newest, connected."""
    connect(alone)
    return alone


def known_there(user: User, plex_id: int) -> User:
    user.plex_id = plex_id
    user.save()
    return user


def shawshank() -> MediaItem:
    return MediaItem.objects.filter(tmdb_id=278, media_type="movie").first() or stored_title(
        tmdb_id=278, title="The Shawshank Redemption"
    )


def a_series(seasons: int = 3) -> MediaItem:
    told = [{"number": n, "episodes": 10, "name": f"Season {n}"} for n in range(1, seasons + 1)]
    return stored_title(tmdb_id=SERIES, media_type="tv", title="Tidewater", seasons=told)


def approved(user: User, by: User, item: MediaItem | None = None, **more: Any) -> MediaRequest:
    """Asked for and approved, not handed over yet."""
    asked = asking.ask(user=user, item=item or shawshank(), **more).request
    assert asked is not None
    return deciding.approve(request=asked, by=by)


def work() -> None:
    """All that is due; without the keeper of leases, whose own connection does not see a test's rows."""
    while (job := jobs.claim_next("default")) is not None:
        runner._settle(Run(job))


def later() -> None:
    """The time has come for all that waits, and it is done."""
    Job.objects.filter(state="queued").update(run_after=timezone.now())
    work()


def look_again() -> None:
    """As the schedule does every few minutes."""
    promises.follow()
    work()


def now(request: MediaRequest) -> MediaRequest:
    return MediaRequest.everything.get(pk=request.pk)


def story(request: MediaRequest) -> list[str]:
    """Statuses, and what else happened."""
    told = RequestEvent.objects.filter(request=request).order_by("created_at").values_list("kind", "new_status")
    return [status or kind for kind, status in told]
