"""Deleting people: names are free at once, the row can come back for 30 days and is removed then."""

from __future__ import annotations

import datetime as dt
import threading
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts import actions
from accounts.models import Account, Profile, Status, User
from accounts.rules import CannotChangePerson
from accounts.tests.conftest import PASSWORD
from maintenance import jobs
from operations.models import SecurityEvent
from requests_app.models import MediaRequest
from requests_app.tests.rows import stored_film

MONTH = dt.timedelta(days=30)


def delete(by: User, *people: User) -> None:
    actions.delete_people(by=by, people=people)


def long_ago(person: User, ago: dt.timedelta) -> None:
    User.objects.filter(pk=person.pk).update(deleted_at=timezone.now() - ago)


class Breath:
    """A run that is never asked to stop."""

    def breathe(self) -> None:
        return None


def purge() -> None:
    run: Any = Breath()
    jobs.leaving(run)


def test_a_deleted_person_is_out_at_once_and_nothing_of_theirs_is_gone(administrator: User, olive: User) -> None:
    Profile.objects.create(user=olive)
    wish = stored_film(user=olive)
    browser = Client()
    browser.force_login(olive)
    delete(administrator, olive)
    assert browser.get("/account/").status_code == 302
    assert Client().post("/account/sign-in/", {"username": "olive", "password": PASSWORD}).status_code == 200
    olive.refresh_from_db()
    assert (olive.status, olive.is_deleted, olive.is_active) == (Status.DELETED, True, False)
    assert Profile.objects.get().user == olive
    assert MediaRequest.objects.get(user=olive) == wish
    assert not User.objects.known_as("olive").exists()


def test_names_addresses_and_plex_ids_are_free_again(administrator: User, olive: User) -> None:
    User.objects.filter(pk=olive.pk).update(plex_id=77)
    delete(administrator, olive)
    again = User.objects.create_user("OLIVE", email="olive@nest.example", plex_id=77)
    assert User.objects.known_as("Olive@Nest.example").get() == again
    assert User.objects.known_to_plex_as(77).get() == again


def test_the_keys_to_other_services_go_at_once(administrator: User, anna: User) -> None:
    anna.plex_token = "secret-of-plex"
    anna.save()
    Account.objects.create(user=anna, type="oauth", provider="plex", provider_account_id="7", access_token="secret")
    delete(administrator, anna)
    assert User.objects.get(pk=anna.pk).plex_token == ""
    assert not Account.objects.exists()


def test_deleting_twice_says_it_once(administrator: User, anna: User) -> None:
    delete(administrator, anna)
    before = User.objects.get(pk=anna.pk).deleted_at
    delete(administrator, anna)
    assert User.objects.get(pk=anna.pk).deleted_at == before
    assert SecurityEvent.objects.filter(kind="person.deleted").count() == 1


def test_restoring_brings_everything_back(administrator: User, olive: User) -> None:
    delete(administrator, olive)
    assert actions.restore(by=administrator, person=olive).is_active
    browser = Client()
    assert browser.post("/account/sign-in/", {"username": "olive", "password": PASSWORD}).status_code == 302
    assert SecurityEvent.objects.get(kind="person.restored").actor == administrator


@pytest.mark.parametrize(
    ("taken", "what"),
    [
        ({"username": "OLIVE"}, "user name"),
        ({"username": "x", "email": "olive@nest.example"}, "e-mail"),
        ({"username": "olive@nest.example"}, "e-mail"),
        ({"username": "x", "email": "x@nest.example", "plex_id": 77}, "Plex id"),
    ],
)
@pytest.mark.parametrize("way", [actions.restore, actions.activate])
def test_who_lost_a_name_does_not_come_back_under_it(
    taken: dict[str, Any], what: str, way: Any, administrator: User, olive: User
) -> None:
    User.objects.filter(pk=olive.pk).update(plex_id=77)
    delete(administrator, olive)
    User.objects.create_user(**taken)
    with pytest.raises(CannotChangePerson, match=f"Olive cannot come back: somebody else has the same {what} by now"):
        way(by=administrator, person=olive)
    assert User.objects.deleted().get() == olive


def test_who_is_not_deleted_is_not_restored(administrator: User, anna: User) -> None:
    with pytest.raises(CannotChangePerson, match="Anna is not deleted"):
        actions.restore(by=administrator, person=anna)


@pytest.mark.django_db(transaction=True)
def test_two_namesakes_coming_back_at_once_make_one(administrator: User) -> None:
    namesakes = []
    for number in range(2):
        someone = User.objects.create_user("sam", name=f"Sam {number}")
        delete(administrator, someone)
        namesakes.append(someone)
    gate, refused = threading.Barrier(2), []

    def bring_back(person: User) -> None:
        gate.wait()
        try:
            actions.restore(by=administrator, person=person)
        except CannotChangePerson as refusal:
            refused.append(refusal.sentence)
        finally:
            connection.close()

    threads = [threading.Thread(target=bring_back, args=[person]) for person in namesakes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 1
    assert "This user name is taken." in refused[0] or "somebody else has the same user name" in refused[0]
    assert User.objects.known_as("sam").count() == 1


def test_the_first_administrator_comes_back_though_the_name_is_taken(administrator: User) -> None:
    first = User.objects.create_user("admin", email="boss@nest.example", role="ADMIN", is_bootstrap_user=True)
    delete(administrator, first)
    User.objects.create_user("Admin", email="boss@nest.example")
    back = actions.recover_administrator().user
    assert (back.pk, back.username, back.email, back.is_administrator) == (first.pk, "admin2", None, True)


# --- after 30 days ----------------------------------------------------------------------------------------------------
def test_after_30_days_the_person_is_removed_and_what_they_shared_stays(administrator: User, anna: User) -> None:
    wish = stored_film(user=anna)
    Profile.objects.create(user=anna)
    delete(administrator, anna)
    long_ago(anna, MONTH + dt.timedelta(minutes=1))
    purge()
    assert not User.objects.filter(pk=anna.pk).exists()
    assert not Profile.objects.exists()
    assert MediaRequest.objects.get() == wish
    assert MediaRequest.objects.get().user is None
    assert SecurityEvent.objects.get(kind="person.erased").object == str(anna.pk)


def test_before_that_nobody_is_removed(administrator: User, anna: User) -> None:
    delete(administrator, anna)
    long_ago(anna, MONTH - dt.timedelta(minutes=1))
    purge()
    assert User.objects.deleted().get() == anna


@pytest.mark.parametrize("wrong", [{"status": "deleted"}, {"deleted_at": timezone.now()}])
def test_a_form_cannot_make_a_half_deleted_person(wrong: dict[str, Any], anna: User) -> None:
    for name, value in wrong.items():
        setattr(anna, name, value)
    with pytest.raises(ValidationError, match="has a time of deletion"):
        anna.validate_constraints()
