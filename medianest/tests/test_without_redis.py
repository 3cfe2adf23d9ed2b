"""While Redis is away the workers go on by themselves."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone
from pytest_django.fixtures import Settings

from medianest import without_redis
from medianest.celery import app
from medianest.tests.wire import free_port
from medianest.without_redis import Fallback
from operations import jobs
from operations.models import Job, JobState
from services.models import ServiceCheck

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def no_redis(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither wake-ups nor the cache find a Redis."""
    app.loader.import_default_modules()  # as a worker does before it begins
    settings.BROKER_URL = f"redis://127.0.0.1:{free_port()}/0"
    monkeypatch.setattr(jobs, "wake", lambda queue, *, count=1, seconds=0: False)


@pytest.mark.usefixtures("no_redis")
def test_services_are_looked_at_and_due_work_is_done() -> None:
    jobs.promise("services.history", key="mine")
    assert Fallback(app, "control").turn()
    assert set(ServiceCheck.objects.values_list("service_name", flat=True)) >= {"database", "redis"}
    assert Job.objects.get(idempotency_key="mine").state == JobState.DONE


@pytest.mark.usefixtures("no_redis")
def test_lost_work_is_brought_back() -> None:
    job = jobs.promise("services.history", key="mine")
    past = timezone.now() - timedelta(minutes=5)
    Job.objects.filter(pk=job.pk).update(state=JobState.RUNNING, attempt=1, owner="gone", lease_until=past)
    Fallback(app, "control").turn()
    found = Job.objects.get(pk=job.pk)
    assert (found.state, found.attempt) == (JobState.DONE, 2)


@pytest.mark.usefixtures("no_redis")
def test_a_worker_of_another_queue_does_its_own_work_only() -> None:
    jobs.promise("services.history", key="not mine")
    Fallback(app, "downloads").turn()
    assert Job.objects.get().state == JobState.QUEUED
    assert not ServiceCheck.objects.exists()


@pytest.mark.usefixtures("no_redis")
def test_each_turn_of_the_scheduler_comes_in_its_time() -> None:
    fallback = Fallback(app, "control")
    everything = {(name, entry["task"]) for name, entry in app.conf.beat_schedule.items()}
    assert set(fallback._due()) == everything
    assert {task for _name, task in everything} <= set(app.tasks)
    with time_machine.travel(timezone.now() + timedelta(seconds=11)):
        assert [name for name, _task in fallback._due()] == ["sweep"]
    with time_machine.travel(timezone.now() + timedelta(seconds=61)):
        assert {"sweep", "probe"} <= {name for name, _task in fallback._due()}


def test_with_redis_there_nothing_is_done_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "wake", lambda queue, *, count=1, seconds=0: True)
    jobs.promise("services.history", key="mine")
    assert without_redis.is_there()
    assert not Fallback(app, "control").turn()
    assert Job.objects.get().state == JobState.QUEUED


@pytest.mark.usefixtures("no_redis")
def test_a_turn_that_fails_does_not_end_the_looking(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(queue: str) -> int:
        raise RuntimeError(queue)

    monkeypatch.setattr("operations.runner.work", broken)
    assert Fallback(app, "downloads").turn()
