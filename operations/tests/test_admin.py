"""Jobs and security events in the admin: to look at, to try again, to stop."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from medianest.tests.people import SCOPE
from operations import jobs, security
from operations.models import Job, JobState, SecurityEvent
from operations.tests.acts import claimed, promised

JOBS = "admin:operations_job_changelist"
EVENTS = "admin:operations_securityevent_changelist"


def make_jobs(count: int, by: User) -> None:
    Job.objects.bulk_create(
        Job(kind="tests.act", queue="tests", idempotency_key=f"k{n}", run_after=timezone.now(), created_by=by)
        for n in range(count)
    )


def chosen(action: str, *rows: Job) -> dict[str, object]:
    return {"action": action, "_selected_action": [str(row.pk) for row in rows]}


@pytest.mark.parametrize("address", [JOBS, EVENTS])
def test_only_administrators_look(
    address: str, administrators: Client, moderators: Client, annas: Client, stranger: Client
) -> None:
    address = reverse(address)
    assert administrators.get(address).status_code == 200
    for other in (moderators, annas):
        assert other.get(address, follow=True).status_code == 403
    assert stranger.get(address).status_code == 302


@pytest.mark.parametrize("address", [JOBS, EVENTS])
@pytest.mark.parametrize("rows", [1, 30])
def test_a_list_asks_the_database_as_often_for_many_rows_as_for_one(
    address: str,
    rows: int,
    administrators: Client,
    administrator: User,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    make_jobs(rows, administrator)
    for n in range(rows):
        security.record("sign_in", actor=administrator, about=f"person {n}")
    administrators.get(reverse(address))
    with django_assert_max_num_queries(8 + SCOPE):
        assert administrators.get(reverse(address)).status_code == 200


def test_nothing_can_be_added_changed_or_deleted(administrators: Client, administrator: User) -> None:
    make_jobs(1, administrator)
    security.record("sign_in", actor=administrator)
    for row in (Job.objects.get(), SecurityEvent.objects.get()):
        base = f"admin:operations_{row._meta.model_name}"
        assert administrators.get(reverse(f"{base}_add")).status_code == 403
        assert administrators.get(reverse(f"{base}_change", args=[row.pk])).status_code == 200
        assert administrators.post(reverse(f"{base}_change", args=[row.pk]), {"kind": "other"}).status_code == 403
        assert administrators.post(reverse(f"{base}_delete", args=[row.pk]), {"post": "yes"}).status_code == 403
        page = administrators.get(reverse(f"{base}_changelist")).content.decode()
        assert "delete_selected" not in page
    assert not Job.objects.exclude(kind="tests.act").exists()


def test_a_failed_job_is_tried_again(administrators: Client, woken: list[tuple[str, int, float]]) -> None:
    promised("one")
    jobs.fail(claimed(), code="no", reason="It is gone.", final=True)
    job = Job.objects.get()
    page = administrators.post(reverse(JOBS), chosen("try_again", job), follow=True)
    assert "1 job is queued again." in page.content.decode()
    assert Job.objects.get().state == JobState.QUEUED
    assert SecurityEvent.objects.get(kind="job.try_again").object == str(job.pk)


def test_a_job_is_cancelled(administrators: Client) -> None:
    job = promised("one")
    page = administrators.post(reverse(JOBS), chosen("cancel", job), follow=True)
    assert "1 job was asked to stop." in page.content.decode()
    assert Job.objects.get().state == JobState.CANCELLED


def test_a_reason_is_shown_as_text(administrators: Client) -> None:
    promised("one")
    jobs.fail(claimed(), code="no", reason="<svg onload=alert(1)>", final=True)
    page = administrators.get(reverse(JOBS)).content.decode()
    assert "<svg onload" not in page
    assert "&lt;svg onload" in page


@pytest.mark.parametrize(
    "query",
    ["o=-99", "p=-1", "p=9e99", "p=abc", "created_by__password__startswith=a", "_connector=x", "q=%00", "all=1&p=٣"],
)
def test_a_hostile_address_is_no_error(query: str, administrators: Client, administrator: User) -> None:
    make_jobs(2, administrator)
    response = administrators.get(f"{reverse(JOBS)}?{query}")
    assert response.status_code in (200, 302, 400)


def test_old_and_new_are_told_apart_by_time(administrators: Client) -> None:
    job = promised("one")
    Job.objects.filter(pk=job.pk).update(run_after=timezone.now() + timedelta(days=400))
    assert str(timezone.now().year + 1) in administrators.get(reverse(JOBS)).content.decode()
