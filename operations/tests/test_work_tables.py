"""The tables of promised work and of security events: their rules, their JSON, and their indexes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import models, transaction

from accounts.models import User
from medianest.tests.plans import add_people, assert_uses, indexes_on, run
from medianest.tests.rules import NOW, assert_refused, rules_of
from operations.models import Job, SecurityEvent

pytestmark = pytest.mark.django_db


def job(**said: Any) -> Job:
    return Job(**{"kind": "a.b", "queue": "default", "idempotency_key": "a", "run_after": NOW, **said})


BROKEN: dict[str, Callable[[], models.Model]] = {
    "jobs_state_known": lambda: job(state="asleep"),
    "jobs_running_has_lease": lambda: job(state="running"),
    "jobs_named": lambda: job(kind=""),
    "security_events_has_kind": lambda: SecurityEvent(kind=""),
}


def test_no_rule_of_the_two_tables_is_forgotten_here() -> None:
    assert set(BROKEN) == {name for name in rules_of("operations") if name.startswith(("jobs_", "security_"))}


@pytest.mark.parametrize("rule", BROKEN)
def test_a_broken_rule_is_refused_with_its_sentence(rule: str) -> None:
    assert_refused(BROKEN[rule](), rule)


@pytest.mark.parametrize("value", [["a"], {"a": {"b": 1}}, {"a": [{"b": 1}]}, {"a": "x" * 2001}])
@pytest.mark.parametrize("field", ["args", "progress"])
def test_what_work_is_about_is_plain(field: str, value: object) -> None:
    with pytest.raises(ValidationError) as said:
        job(**{field: value}).save()
    assert list(said.value.message_dict) == [field]


def test_what_an_event_tells_is_plain() -> None:
    with pytest.raises(ValidationError) as said, transaction.atomic():
        SecurityEvent(kind="sign_in", detail={"headers": {"Cookie": "x"}}).save()
    assert list(said.value.message_dict) == ["detail"]
    SecurityEvent(kind="settings.changed", detail={"fields": ["key", "enabled"], "by": None}).save()


@pytest.fixture
def years() -> None:
    """A hundred thousand jobs, nearly all done, and as many events, of a thousand people."""
    add_people()
    person = "md5('person' || (n % 1000 + 1))::uuid"
    run(
        "INSERT INTO jobs (id, kind, queue, args, idempotency_key, state, attempt, failures, max_attempts, run_after,"
        " owner, lease_until, progress, error_code, error_text, correlation_id, created_by_id, created_at, updated_at)"
        " SELECT gen_random_uuid(), 'a.b', (ARRAY['default', 'downloads', 'control'])[1 + n % 3], '{}', 'key' || n,"
        " CASE WHEN n % 1000 = 1 THEN 'queued' WHEN n % 10000 = 2 THEN 'running' ELSE 'done' END, 1, 0, 5,"
        " now() - n * interval '1 second', 'owner' || n % 7, CASE WHEN n % 10000 = 2 THEN now() END, '{}', '', '', '',"
        f" {person}, now() - n * interval '1 second', now() FROM generate_series(1, 100000) n"
    )
    run(
        "INSERT INTO security_events (id, actor_id, kind, object, detail, correlation_id, created_at)"
        f" SELECT gen_random_uuid(), {person}, CASE WHEN n % 1000 = 7 THEN 'person.erased' ELSE 'sign_in' END, '', '{{}}', '', now() - n * interval '1 second'"
        " FROM generate_series(1, 100000) n"
    )
    run("ANALYZE users, jobs, security_events")


@pytest.mark.slow
@pytest.mark.usefixtures("years")
def test_lists_and_look_ups_use_their_indexes() -> None:
    jobs, events = Job.objects, SecurityEvent.objects
    due = jobs.filter(queue="downloads", state="queued", run_after__lte=NOW)
    assert_uses(due.order_by("run_after", "created_at")[:1], "jobs_state_run_after")
    assert_uses(jobs.filter(state="queued", run_after__lte=NOW).order_by(), "jobs_state_run_after")
    assert_uses(jobs.filter(state="running", lease_until__lt=NOW), "jobs_running_lease")
    assert_uses(jobs.filter(idempotency_key="key7"), *indexes_on("jobs", "idempotency_key"))
    assert_uses(jobs.live().filter(idempotency_key__in=["key7", "key8"]), *indexes_on("jobs", "idempotency_key"))
    assert_uses(jobs.order_by("-created_at", "-id")[:50], "jobs_created")
    waiting = jobs.filter(queue="downloads", kind="a.b", state="queued", error_code="pace", run_after__gt=NOW)
    assert_uses(waiting, "jobs_state_run_after")
    person = User.objects.get(username="person7")
    assert_uses(jobs.filter(created_by=person), *indexes_on("jobs", "created_by_id"))
    assert_uses(events.order_by("-created_at", "-id")[:50], "security_created")
    assert_uses(events.filter(kind="person.erased").order_by("-created_at")[:50], "security_kind_created")
    assert_uses(events.filter(created_at__gte=NOW - timedelta(minutes=5)), "security_created")
    assert_uses(events.filter(actor=person), *indexes_on("security_events", "actor_id"))
