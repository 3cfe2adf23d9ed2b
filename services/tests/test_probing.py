from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from medianest.lib.breaker import Breaker
from operations.models import Job
from sandbox.plex import Plex
from sandbox.switches import Mode
from services import internals, jobs, probing, tasks, verdicts
from services.models import ServiceCheck, ServiceConfig, ServiceState, ServiceStatus
from services.providers.base import Condition, Health
from services.providers.plex import Plex as PlexProvider

WELL, ILL, AWAY = Health(Condition.WELL), Health(Condition.ILL, "Its key is wrong."), Health(Condition.AWAY, "Refused.")


def status(name: str = "plex") -> ServiceStatus:
    return ServiceStatus.objects.get(service_name=name)


def judged(*looks: tuple[Health, int]) -> ServiceStatus:
    """A row after looks that took so many milliseconds each; slow is more than 100."""
    row = ServiceStatus(service_name="plex")
    for health, ms in looks:
        verdicts.judge(row, health, ms, slow_after_ms=100, now=timezone.now())
    return row


# --- the verdict ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("looks", "state"),
    [
        ([(WELL, 10)], ServiceState.ONLINE),
        ([(AWAY, 10)], ServiceState.OFFLINE),  # never seen online: at once
        ([(WELL, 10), (AWAY, 10)], ServiceState.ONLINE),
        ([(WELL, 10), (AWAY, 10), (AWAY, 10)], ServiceState.OFFLINE),
        ([(WELL, 10), (AWAY, 10), (WELL, 10), (AWAY, 10)], ServiceState.ONLINE),
        ([(WELL, 10), (AWAY, 10), (AWAY, 10), (AWAY, 10)], ServiceState.OFFLINE),
        ([(AWAY, 10), (WELL, 10)], ServiceState.OFFLINE),  # one answer is not yet a recovery
        ([(AWAY, 10), (WELL, 10), (WELL, 10)], ServiceState.ONLINE),
        ([(AWAY, 10), (WELL, 10), (AWAY, 10), (WELL, 10)], ServiceState.OFFLINE),
        ([(AWAY, 10), (ILL, 10), (ILL, 10)], ServiceState.DEGRADED),
        ([(ILL, 10)], ServiceState.DEGRADED),
        ([(ILL, 10), (AWAY, 10)], ServiceState.DEGRADED),
        ([(ILL, 10), (AWAY, 10), (AWAY, 10)], ServiceState.OFFLINE),
        ([(ILL, 10), (WELL, 10)], ServiceState.ONLINE),
        ([(WELL, 101), (WELL, 101)], ServiceState.ONLINE),
        ([(WELL, 101), (WELL, 101), (WELL, 101)], ServiceState.DEGRADED),
        ([(WELL, 101), (WELL, 101), (WELL, 10), (WELL, 101)], ServiceState.ONLINE),
        ([(WELL, 101), (WELL, 101), (WELL, 101), (WELL, 10)], ServiceState.ONLINE),
    ],
)
def test_the_state_follows_from_the_latest_looks(looks: list[tuple[Health, int]], state: ServiceState) -> None:
    assert judged(*looks).status == state


def test_what_is_known_is_written_down() -> None:
    row = judged((WELL, 42), (WELL, 43), (AWAY, 600))
    assert (row.response_time_ms, row.message, row.failures, row.successes) == (None, "Refused.", 1, 0)


def test_a_change_is_dated_and_staying_is_not() -> None:
    row = judged((WELL, 10))
    first = row.changed_at
    verdicts.judge(row, WELL, 10, slow_after_ms=100, now=timezone.now() + timedelta(minutes=1))
    assert row.changed_at == first
    verdicts.judge(row, ILL, 10, slow_after_ms=100, now=timezone.now() + timedelta(minutes=2))
    assert row.changed_at is not None
    assert first is not None
    assert row.changed_at > first


def test_slowness_is_said() -> None:
    assert judged((WELL, 200), (WELL, 200), (WELL, 200)).message == "Slow: its last 3 answers took too long."


def test_a_message_of_any_length_fits() -> None:
    assert len(judged((Health(Condition.AWAY, "x" * 1000), 1)).message) == 300


# --- a round --------------------------------------------------------------------------------------------------------------
def test_a_round_fills_a_row_for_everything(connected: ServiceConfig) -> None:
    assert probing.probe() == []
    states = dict(ServiceStatus.objects.values_list("service_name", "status"))
    assert states == {
        "plex": ServiceState.ONLINE,
        "overseerr": ServiceState.UNKNOWN,
        "tmdb": ServiceState.UNKNOWN,
        "uptime-kuma": ServiceState.UNKNOWN,
        "redis": ServiceState.ONLINE,
        "database": ServiceState.ONLINE,
    }
    assert status().response_time_ms is not None
    assert status().last_check_at is not None
    assert status("overseerr").message == "Not connected yet."
    assert set(ServiceCheck.objects.values_list("service_name", flat=True)) == {"plex", "redis", "database"}


def test_a_service_goes_offline_after_two_failures_and_comes_back(connected: ServiceConfig, plex: Plex) -> None:
    probing.probe()
    plex.turn(Mode.DOWN)
    assert probing.probe() == ["plex"]  # to be looked at again soon
    assert status().status == ServiceState.ONLINE
    assert probing.probe() == []
    assert status().status == ServiceState.OFFLINE
    assert "connection was refused" in status().message
    plex.turn(Mode.UP)
    assert probing.probe() == ["plex"]
    assert (status().status, "one more look" in status().message) == (ServiceState.OFFLINE, True)
    assert probing.probe() == []
    assert (status().status, status().message) == (ServiceState.ONLINE, "")


def test_a_wrong_key_is_degraded(connected: ServiceConfig) -> None:
    connected.api_key = "wrong"
    connected.save()
    probing.probe()
    assert (status().status, "key" in status().message) == (ServiceState.DEGRADED, True)


def test_an_unreadable_key_is_degraded_and_no_crash(connected: ServiceConfig) -> None:
    ServiceConfig.objects.create(service_name="overseerr", service_url=connected.service_url, api_key="x")
    rows = ServiceConfig.objects.in_bulk(field_name="service_name")
    moved = rows["overseerr"].__dict__["api_key"]
    plex = rows["plex"]
    plex.__dict__["api_key"] = moved  # as someone with the database in hand would
    plex.save()
    probing.probe(["plex"])
    assert (status().status, "needs a key" in status().message) == (ServiceState.DEGRADED, True)


def test_a_service_switched_off_is_not_looked_at(connected: ServiceConfig, plex: Plex) -> None:
    probing.probe()
    asked = plex.requests
    connected.enabled = False
    connected.save()
    probing.probe()
    assert plex.requests == asked
    assert (status().status, status().message) == (ServiceState.UNKNOWN, "Switched off by an administrator.")
    assert ServiceCheck.objects.of("plex").count() == 1


def test_only_those_named_are_looked_at(connected: ServiceConfig) -> None:
    probing.probe(["plex"])
    assert list(ServiceStatus.objects.values_list("service_name", flat=True)) == ["plex"]


def test_a_service_is_looked_at_once_at_a_time(connected: ServiceConfig, plex: Plex) -> None:
    plex.turn(Mode.SLOW, delay=0.1)
    assert cache.add("probing:plex", 1, timeout=30)  # as another process does
    probing.probe()
    assert not ServiceStatus.objects.filter(service_name="plex").exists()
    cache.delete("probing:plex")
    probing.probe()
    assert ServiceCheck.objects.of("plex").count() == 1
    assert cache.get("probing:plex") is None


@pytest.mark.usefixtures("impatient")
def test_one_that_hangs_holds_up_no_other(connected: ServiceConfig, plex: Plex) -> None:
    ServiceConfig.objects.create(service_name="overseerr", service_url=plex.url, api_key="x")
    ServiceConfig.objects.create(service_name="uptime-kuma", service_url=plex.url, config_data={"slug": "default"})
    plex.turn(Mode.HANG, delay=30)
    started = timezone.now()
    probing.probe()
    assert timezone.now() - started < timedelta(seconds=15)  # half of what one would hang
    assert status("redis").status == ServiceState.ONLINE


def test_a_mistake_in_one_provider_blinds_to_no_other(
    connected: ServiceConfig, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def crash(self: PlexProvider) -> Health:
        raise ZeroDivisionError

    monkeypatch.setattr(PlexProvider, "health", crash)
    probing.probe()
    assert status().status == ServiceState.OFFLINE
    assert "inside MediaNest" in status().message
    assert status("redis").status == ServiceState.ONLINE
    assert "probe_crashed" in caplog.text


def test_looks_happen_outside_of_the_callers_thread(connected: ServiceConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []

    def look(self: PlexProvider) -> Health:
        seen.append(threading.current_thread().name)
        return WELL

    monkeypatch.setattr(PlexProvider, "health", look)
    probing.probe()
    assert seen[0].startswith("probe")


def test_a_round_costs_few_queries(connected: ServiceConfig, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    probing.probe()
    with django_assert_num_queries(7):  # connections, the look at the database, and one transaction of three
        probing.probe()


def test_probes_open_and_close_the_breaker(connected: ServiceConfig, plex: Plex) -> None:
    plex.turn(Mode.DOWN)
    for _round in range(5):
        probing.probe(["plex"])
    assert not Breaker("plex").allows()
    plex.turn(Mode.UP)
    probing.probe(["plex"])
    assert Breaker("plex").allows()


def test_without_redis_everything_else_is_still_looked_at(
    connected: ServiceConfig, settings: Settings, tmp_path: object
) -> None:
    settings.REDIS_URL = settings.BROKER_URL = f"unix://{tmp_path}/nothing.sock"
    assert internals.REDIS.look().state is Condition.AWAY
    probing.probe()
    assert status("redis").status == ServiceState.OFFLINE
    assert status("plex").status == ServiceState.ONLINE


# --- when -----------------------------------------------------------------------------------------------------------------
def test_the_schedule_looks_every_minute(settings: Settings) -> None:
    entry = settings.CELERY_BEAT_SCHEDULE["probe"]
    assert (entry["task"], entry["schedule"], entry["options"]["queue"]) == (tasks.probe_all.name, 60.0, "control")


def test_a_first_failure_is_looked_at_again_in_a_few_seconds(connected: ServiceConfig, plex: Plex) -> None:
    tasks.probe_all()
    plex.turn(Mode.DOWN)
    tasks.probe_all()
    job = Job.objects.get(idempotency_key="services.probe:plex:again")
    assert timedelta(seconds=5) < job.run_after - timezone.now() <= probing.LOOK_AGAIN_AFTER
    assert (job.kind, job.args, job.queue) == (jobs.PROBE, {"names": ["plex"]}, "control")


def test_a_worker_that_starts_promises_a_look_at_everything(db: None) -> None:
    tasks.look_at_start()
    tasks.look_at_start()
    assert Job.objects.get().args == {}
