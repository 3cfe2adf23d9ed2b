"""What a round of looks leaves behind: looks, changes, incidents."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
import time_machine

from services import recording
from services.models import Incident, ServiceCheck, ServiceState, ServiceStatus, StateChange
from services.providers.base import Condition, Health
from services.recording import Seen, Subject

pytestmark = pytest.mark.django_db
WELL, ILL, AWAY = Health(Condition.WELL), Health(Condition.ILL, "Its key is wrong."), Health(Condition.AWAY, "Refused.")
NOON = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)
PLEX = Subject("plex", 100, lambda: WELL)


def minute(n: float) -> dt.datetime:
    return NOON + dt.timedelta(minutes=n)


@pytest.fixture
def look() -> Callable[..., list[str]]:
    """Look at Plex `at` so many minutes after noon."""

    def look(health: Health, at: float, ms: int = 10) -> list[str]:
        with time_machine.travel(minute(at), tick=False):
            return recording.record([Seen(PLEX, health, ms, minute(at))], {})

    return look


Look = Callable[..., list[str]]


def counted() -> list[str]:
    return list(ServiceCheck.objects.order_by("checked_at").values_list("status", flat=True))


def test_each_look_is_written_down(look: Look) -> None:
    look(WELL, 0, 42)
    look(AWAY, 1)
    first, second = ServiceCheck.objects.order_by("checked_at")
    assert (first.checked_at, first.status, first.response_time_ms) == (NOON, "online", 42)
    assert (second.status, second.response_time_ms, second.message) == ("checking", None, "Refused.")


def test_an_outage_counts_from_its_first_failure(look: Look) -> None:
    look(WELL, 0)
    assert look(AWAY, 1) == ["plex"]
    assert look(AWAY, 1.25) == []
    assert counted() == ["online", "offline", "offline"]
    assert ServiceStatus.objects.get().changed_at == minute(1)
    change = StateChange.objects.latest_first()[0]
    assert (change.old_status, change.new_status, change.changed_at) == ("online", "offline", minute(1))


def test_a_single_failure_counts_as_what_it_was_before(look: Look) -> None:
    look(WELL, 0)
    look(AWAY, 1)
    look(WELL, 2)
    assert counted() == ["online", "online", "online"]
    assert not Incident.objects.exists()


def test_a_recovery_counts_from_its_first_answer(look: Look) -> None:
    look(AWAY, 0)
    assert look(WELL, 1) == ["plex"]
    look(WELL, 1.25)
    assert counted() == ["offline", "online", "online"]
    assert StateChange.objects.latest_first()[0].changed_at == minute(1)


def test_a_single_answer_is_no_recovery(look: Look) -> None:
    look(AWAY, 0)
    look(WELL, 1)
    look(AWAY, 2)
    assert counted() == ["offline", "offline", "offline"]
    assert StateChange.objects.count() == 1


def test_an_outage_opens_an_incident_and_its_end_ends_it(look: Look) -> None:
    for at, health in enumerate([WELL, AWAY, AWAY]):
        look(health, at)
    opened = Incident.objects.get()
    assert (opened.started_at, opened.ended_at, opened.severity) == (minute(1), None, "offline")
    assert (opened.is_automatic, opened.cause) == (True, "Refused.")
    look(WELL, 10)
    assert Incident.objects.open().exists()
    look(WELL, 11)
    opened.refresh_from_db()
    assert opened.ended_at == minute(10)


def test_an_incident_gets_worse_and_not_milder(look: Look) -> None:
    for at, (health, severity) in enumerate(
        [(ILL, "degraded"), (AWAY, "degraded"), (AWAY, "offline"), (ILL, "offline"), (ILL, "offline")]
    ):
        look(health, at)
        assert Incident.objects.get().severity == severity
    assert ServiceStatus.objects.get().status == ServiceState.DEGRADED


def test_an_administrators_words_and_incidents_stay_untouched(look: Look) -> None:
    own = Incident.objects.create(service_name="plex", started_at=NOON, title="New disks")
    look(AWAY, 0)
    Incident.objects.found_by_probes().update(title="The power was out", note="Sorry.")
    look(WELL, 1)
    look(WELL, 2)
    found = Incident.objects.found_by_probes().get()
    assert (found.title, found.note, found.ended_at) == ("The power was out", "Sorry.", minute(1))
    own.refresh_from_db()
    assert own.ended_at is None


def test_one_that_comes_and_goes_is_degraded_with_one_incident(look: Look) -> None:
    at = 0.0
    look(WELL, at)
    for _time in range(3):
        for health in (AWAY, AWAY, WELL, WELL):
            at += 0.5
            look(health, at)
    row = ServiceStatus.objects.get()
    assert (row.status, "comes and goes" in row.message) == (ServiceState.DEGRADED, True)
    assert Incident.objects.open().count() == 1
    assert Incident.objects.count() == 2  # the first outage was over before it was known to be unsteady
    look(WELL, at + 31)
    assert ServiceStatus.objects.get().status == ServiceState.ONLINE
    assert not Incident.objects.open().exists()


def test_what_nobody_looks_at_any_more_has_no_incident(look: Look) -> None:
    look(WELL, 0)
    look(AWAY, 1)
    look(AWAY, 2)
    look(WELL, 3)
    with time_machine.travel(minute(4), tick=False):
        recording.record([], {"plex": "Switched off by an administrator."})
        recording.record([], {"plex": "Switched off by an administrator."})
    assert Incident.objects.get().ended_at == minute(4)
    assert counted() == ["online", "offline", "offline", "unknown"]
    assert [c.new_status for c in StateChange.objects.latest_first()] == ["unknown", "offline", "online"]


def test_a_look_after_the_clock_was_set_back_counts(look: Look) -> None:
    look(WELL, 500)
    look(AWAY, 1)
    look(AWAY, 2)
    assert ServiceStatus.objects.get().status == ServiceState.OFFLINE


def test_a_look_that_another_overtook_is_left_out(look: Look) -> None:
    look(WELL, 5)
    with time_machine.travel(minute(6), tick=False):
        recording.record([Seen(PLEX, AWAY, 10, minute(4))], {})
    assert counted() == ["online"]
    assert ServiceStatus.objects.get().failures == 0
