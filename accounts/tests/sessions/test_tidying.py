"""What is over is removed, and nothing else."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db.models import Model
from django.utils import timezone

from accounts import jobs, tasks
from accounts.models import RefreshToken, Session, SessionToken, User, VerificationToken
from accounts.sessions import tidying
from accounts.tests.rows import device, refresh, session, token, verification
from operations.models import Job

DAY = dt.timedelta(days=1)


def test_what_is_over_goes_and_what_is_good_stays(anna: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tidying, "_AT_ONCE", 2)
    now = timezone.now()
    long_ago = {"created_at": now - 200 * DAY}
    phone = device(anna)
    good: list[Model] = [session(anna), session(None), verification(), phone, token(anna), refresh(phone)]
    good += [
        token(anna, revoked_at=now - DAY),
        token(anna, expires_at=now - DAY, **long_ago),
        refresh(phone, used_at=now - DAY),
    ]
    over: list[Model] = [session(anna, expires=now - DAY, **long_ago) for _ in range(5)]
    over += [verification(expires=now - DAY, **long_ago), token(anna, expires_at=now - 31 * DAY, **long_ago)]
    over += [token(anna, revoked_at=now - 31 * DAY), refresh(phone, used_at=now - 31 * DAY)]
    for row in [*good, *over]:
        row.save()
    breaths: list[int] = []
    assert tidying.tidy(lambda: breaths.append(1)) == len(over)
    assert len(breaths) == 3 + 3
    left = [row for model in (Session, VerificationToken, SessionToken, RefreshToken) for row in model.objects.all()]
    assert {row.pk for row in left} == {row.pk for row in good}


@pytest.mark.django_db
def test_the_scheduler_promises_it_once() -> None:
    tasks.tidy()
    tasks.tidy()
    assert Job.objects.get().kind == jobs.TIDY
