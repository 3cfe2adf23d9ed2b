"""Looking again who may enter, and what is kept of the list."""

from __future__ import annotations

import datetime as dt

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from accounts import jobs
from accounts.models import GuestList, PlexGuest, Role, Session, SessionToken, SharedSection, TokenKind, User
from accounts.plex import checking, guests
from accounts.tasks import check_plex
from accounts.tests.plex.conftest import Visitor
from medianest.tests.people import person
from operations.models import Job, JobState, SecurityEvent
from operations.runner import work
from sandbox.plex import Plex
from services.models import ServiceConfig

pytestmark = pytest.mark.django_db(transaction=True)  # a worker sees what is committed


def check() -> Job:
    """A worker's whole run, as the scheduler brings it about."""
    check_plex()
    Job.objects.filter(kind=jobs.CHECK).update(run_after=timezone.now())
    work("default")
    return Job.objects.get(kind=jobs.CHECK)


def add_token(user: User) -> SessionToken:
    return SessionToken.objects.create(
        user=user,
        kind=TokenKind.ACCESS,
        name="script",
        token_hash="a" * 64,
        scopes=["read"],
        expires_at=timezone.now() + dt.timedelta(days=1),
    )


def test_whoever_lost_the_share_loses_everything_and_may_come_back(visitor: Visitor) -> None:
    visitor.enter("ben")
    ben = User.objects.get()
    mine, plex_token = add_token(ben), ben.plex_token
    assert check().state == JobState.DONE
    assert visitor.client.get("/account/").status_code == 200
    visitor.plextv.change("ben", relation="stranger")
    assert check().state == JobState.DONE
    assert visitor.client.get("/account/").status_code == 302
    ben.refresh_from_db()
    mine.refresh_from_db()
    assert (ben.status, ben.plex_token, mine.revoked_at is not None) == ("inactive", "", True)
    assert not Session.objects.filter(user=ben).exists()
    assert visitor.plextv.settings.tokens.person_of(plex_token) is None
    assert SecurityEvent.objects.filter(kind="person.access_lost", object="ben").count() == 1
    visitor.plextv.change("ben")
    assert Visitor(visitor.plextv).enter("ben").headers["Location"] == "/"
    ben.refresh_from_db()
    assert ben.status == "active"


def test_it_is_looked_at_often_enough_for_everybody_to_be_out_within_the_hour() -> None:
    """The turn that just missed it, the next one, and a second look at a list that suddenly is short."""
    (turn,) = [turn for turn in settings.CELERY_BEAT_SCHEDULE.values() if turn["task"] == check_plex.name]
    every = turn["schedule"]
    assert isinstance(every, float)
    assert 2 * dt.timedelta(seconds=every) + checking.SECOND_LOOK_AFTER < dt.timedelta(hours=1)


def test_an_invitation_that_was_taken_back_is_no_access(visitor: Visitor) -> None:
    visitor.enter("ben")
    visitor.plextv.change("ben", relation="pending")
    check()
    assert visitor.client.get("/account/").status_code == 302


def test_local_people_are_not_asked_about(visitor: Visitor, annas: Client) -> None:
    check()
    assert annas.get("/account/").status_code == 200


@pytest.mark.parametrize("ailing", ["plextv", "plex", "token"])
def test_while_it_cannot_be_asked_nobody_is_shut_out(visitor: Visitor, plex: Plex, ailing: str) -> None:
    visitor.enter("ben")
    visitor.plextv.change("ben", relation="stranger")
    if ailing == "token":
        visitor.plextv.revoke("olive")
    elif ailing == "plextv":
        visitor.plextv.turn("error")
    else:
        visitor.plextv.control({"failing": {"/api/users": 500}})
    assert check().state == JobState.DONE
    assert visitor.client.get("/account/").status_code == 200
    assert guests.needs_reconnecting() == (ailing == "token")


def test_the_last_administrator_stays(visitor: Visitor) -> None:
    visitor.enter("ben")
    User.objects.update(role=Role.ADMIN)
    visitor.plextv.change("ben", relation="stranger")
    check()
    assert visitor.client.get("/account/").status_code == 200
    person("ada", Role.ADMIN)
    check()
    assert visitor.client.get("/account/").status_code == 302


def test_a_list_that_suddenly_is_short_is_read_a_second_time(visitor: Visitor) -> None:
    """A slip at plex.tv must not sign everybody out."""
    for number, name in enumerate(("ben", "anna", "carl", "mia"), start=1):
        Visitor(visitor.plextv).enter(name)
        assert User.objects.filter(status="active").count() == number
    for name in ("ben", "anna", "carl", "mia"):
        visitor.plextv.change(name, relation="stranger")
    job = check()
    assert (job.state, job.error_code) == (JobState.QUEUED, "shrunk")
    assert check().state == JobState.QUEUED  # too soon to be a second look
    assert User.objects.filter(status="active").count() == 4
    GuestList.objects.update(shrunk_at=timezone.now() - checking.SECOND_LOOK_AFTER)
    assert check().state == JobState.DONE
    assert not User.objects.filter(status="active").exists()


def test_a_list_that_was_short_for_a_moment_harms_nobody(visitor: Visitor) -> None:
    names = ("ben", "anna", "carl", "mia")
    for name in names:
        Visitor(visitor.plextv).enter(name)
    for name in names:
        visitor.plextv.change(name, relation="stranger")
    check()
    for name in names:
        visitor.plextv.change(name)
    assert check().state == JobState.DONE
    assert User.objects.filter(status="active").count() == 4
    assert GuestList.objects.get().shrunk_at is None


def test_which_sections_are_shared_with_whom_is_kept(visitor: Visitor) -> None:
    visitor.enter("carl")
    check()
    shared = {(row.guest.name, row.title) for row in SharedSection.objects.select_related("guest")}
    assert {title for name, title in shared if name == "Carl"} == {"Films", "YouTube"}
    assert {title for name, title in shared if name == "Ben"} == {"Films", "Series", "YouTube"}
    carl = User.objects.get(plex_id=1004)
    keys = frozenset(SharedSection.objects.filter(title__in=["Films", "YouTube"]).values_list("key", flat=True))
    assert guests.sections_for(carl) == keys
    assert guests.sections_for(person("somebody")) == frozenset()
    assert guests.sections_for(person("ada", Role.ADMIN)) is None


def test_what_is_no_longer_shared_goes(visitor: Visitor) -> None:
    check()
    assert PlexGuest.objects.filter(plex_id=1002).exists()
    visitor.plextv.change("ben", relation="stranger")
    check()
    assert not PlexGuest.objects.filter(plex_id=1002).exists()
    assert not SharedSection.objects.filter(guest__plex_id=1002).exists()


def test_a_second_look_at_the_same_list_writes_no_guest_anew(visitor: Visitor) -> None:
    check()
    before = set(PlexGuest.objects.values_list("pk", "created_at")) | set(SharedSection.objects.values_list("pk"))
    check()
    assert (
        set(PlexGuest.objects.values_list("pk", "created_at")) | set(SharedSection.objects.values_list("pk")) == before
    )


def test_no_friends_token_and_no_address_is_kept(visitor: Visitor) -> None:
    check()
    kept = str(list(PlexGuest.objects.values())) + str(list(SharedSection.objects.values()))
    assert "@" not in kept
    assert "token" not in kept


def test_without_a_connection_there_is_nothing_to_do(visitor: Visitor, connected: ServiceConfig) -> None:
    visitor.enter("ben")
    connected.delete()
    assert check().state == JobState.DONE
    assert visitor.client.get("/account/").status_code == 200
