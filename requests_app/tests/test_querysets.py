"""Which requests, seasons and problems are found."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from accounts.models import User
from requests_app.models import MediaRequest, ProblemReport, RequestFollower
from requests_app.tests.rows import problem, stored_film

pytestmark = pytest.mark.django_db


def test_one_sees_ones_own_and_what_one_follows(anna: User, ben: User, moderator: User) -> None:
    own, followed, other = stored_film(user=anna), stored_film(user=ben), stored_film(user=ben)
    RequestFollower.objects.create(request=followed, user=anna)
    assert set(MediaRequest.objects.visible_to(anna)) == {own, followed}
    assert set(MediaRequest.objects.visible_to(moderator)) == {own, followed, other}
    assert list(MediaRequest.objects.of(anna)) == [own]


def test_open_pending_and_forgotten_by_overseerr_are_told_apart() -> None:
    now = timezone.now()
    pending = stored_film()
    approved = stored_film(status="approved")
    handed = stored_film(status="approved", overseerr_id=4)
    book = stored_film(status="approved", media_type="book", tmdb_id=None)
    stored_film(status="available", completed_at=now)
    assert set(MediaRequest.objects.open()) == {pending, approved, handed, book}
    assert list(MediaRequest.objects.pending()) == [pending]
    assert list(MediaRequest.objects.waiting_to_be_handed_over()) == [approved]


def test_the_newest_comes_first() -> None:
    now = timezone.now()
    old = stored_film(created_at=now - dt.timedelta(days=400))
    new = stored_film(created_at=now)
    assert list(MediaRequest.objects.newest_first()) == [new, old]


def test_a_deleted_request_is_out_of_sight_and_out_of_the_way() -> None:
    now = timezone.now()
    gone = stored_film(tmdb_id=550)
    assert MediaRequest.objects.filter(pk=gone.pk).put_away(now) == 1
    assert MediaRequest.everything.filter(pk=gone.pk).put_away(now) == 0
    assert not MediaRequest.objects.exists()
    assert list(MediaRequest.everything.deleted()) == [gone]
    assert stored_film(tmdb_id=550).is_open


def test_deleted_requests_are_kept_for_thirty_days() -> None:
    now = timezone.now()
    long_gone = stored_film(deleted_at=now - dt.timedelta(days=31))
    stored_film(deleted_at=now - dt.timedelta(days=29))
    assert list(MediaRequest.everything.due_for_purging(now)) == [long_gone]


def test_one_sees_the_problems_one_reported(anna: User, ben: User, moderator: User) -> None:
    now = timezone.now()
    own, other = problem(anna), problem(ben, status="resolved", resolved_at=now, created_at=now - dt.timedelta(days=1))
    own.save()
    other.save()
    assert list(ProblemReport.objects.visible_to(anna)) == [own]
    assert list(ProblemReport.objects.visible_to(moderator).newest_first()) == [own, other]
    assert list(ProblemReport.objects.open()) == [own]
