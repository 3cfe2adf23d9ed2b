from __future__ import annotations

import datetime as dt

import pytest
from django.db import models
from django.test import Client
from django.urls import reverse

from medianest.tests.rules import assert_flat
from services.models import Incident, ServiceCheck, ServiceDay, ServiceHour, ServiceStatus, StateChange
from services.tests.test_models import NOON, change, check, day, hour, incident


@pytest.mark.parametrize("model", [ServiceCheck, ServiceHour, ServiceDay, StateChange])
def test_the_history_is_listed_for_one_service(administrators: Client, model: type[models.Model]) -> None:
    address = reverse(f"admin:services_{model._meta.model_name}_changelist")
    assert administrators.get(f"{address}?service=plex").status_code == 200


@pytest.mark.parametrize("model", [ServiceCheck, ServiceHour, ServiceDay, StateChange, ServiceStatus])
def test_what_probes_write_can_be_looked_at_only(administrators: Client, model: type[models.Model]) -> None:
    address = f"admin:services_{model._meta.model_name}"
    assert administrators.get(reverse(f"{address}_changelist")).status_code == 200
    assert administrators.get(reverse(f"{address}_add")).status_code == 403


def test_the_history_is_listed_with_few_queries(administrators: Client) -> None:
    def fill(count: int) -> None:
        first = ServiceCheck.objects.count()
        for n in range(first, first + count):
            change(changed_at=NOON + dt.timedelta(hours=n)).save()
            check(checked_at=NOON + dt.timedelta(hours=n)).save()
            hour(hour=NOON + dt.timedelta(hours=n), online_seconds=60).save()
            day(day=NOON.date() + dt.timedelta(days=n)).save()
            incident(started_at=NOON + dt.timedelta(hours=n)).save()

    for model in (StateChange, ServiceCheck, ServiceHour, ServiceDay, Incident):
        assert_flat(administrators, model, fill)


def test_an_administrator_explains_an_incident(administrators: Client) -> None:
    found = incident(is_automatic=True, cause="Refused.")
    found.save()
    page = administrators.get(reverse("admin:services_incident_change", args=[found.pk])).content.decode()
    assert "Refused." in page
    values = {"service_name": "plex", "severity": "offline", "title": "The power was out", "note": "Sorry."}
    times = {"started_at_0": "2026-11-20", "started_at_1": "12:00:00", "ended_at_0": "", "ended_at_1": ""}
    address = reverse("admin:services_incident_change", args=[found.pk])
    assert administrators.post(address, values | times).status_code == 302
    found.refresh_from_db()
    assert (found.title, found.is_automatic, found.cause) == ("The power was out", True, "Refused.")
    wrong = administrators.post(address, values | times | {"ended_at_0": "2026-11-19", "ended_at_1": "12:00:00"})
    assert "An incident ends after it began." in wrong.content.decode()
