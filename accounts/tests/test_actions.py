"""Creating people, their roles, suspending and deleting; an active administrator is always left."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from accounts import actions
from accounts.models import Role, Status, User
from accounts.rules import CannotChangePerson
from accounts.sessions import end_sessions
from accounts.tests.conftest import PASSWORD
from medianest.tests.at_once import at_once
from operations.models import SecurityEvent

LAST = "is the last active administrator. Make somebody else an administrator first."


def refusals(results: list[Any]) -> list[str]:
    return [result.sentence for result in results if isinstance(result, CannotChangePerson)]


# --- the first administrator ------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_the_first_administrator_gets_a_one_time_password() -> None:
    issued = actions.bootstrap_administrator()
    assert issued is not None
    user = User.objects.get()
    assert (user.username, user.role, user.is_bootstrap_user) == ("admin", Role.ADMIN, True)
    assert user.requires_password_change
    assert user.check_password(issued.password)
    assert issued.password not in str(SecurityEvent.objects.values())


@pytest.mark.django_db
def test_with_an_administrator_no_other_first_one_is_made(administrator: User) -> None:
    assert actions.bootstrap_administrator() is None
    assert User.objects.get() == administrator


@pytest.mark.django_db
def test_somebody_else_named_admin_does_not_stand_in_the_way() -> None:
    User.objects.create_user("Admin")
    User.objects.create_user("admin2", role=Role.ADMIN, status=Status.SUSPENDED)
    issued = actions.bootstrap_administrator()
    assert issued is not None
    assert issued.user.username == "admin3"


@pytest.mark.django_db(transaction=True)
def test_two_starting_at_once_make_one_first_administrator() -> None:
    made = [issued for issued in at_once(*[actions.bootstrap_administrator] * 4) if issued]
    assert len(made) == 1
    assert User.objects.count() == 1


@pytest.mark.django_db
def test_recovery_brings_the_first_administrator_back() -> None:
    first = actions.bootstrap_administrator()
    assert first is not None
    User.objects.create_user("second", role=Role.ADMIN)  # one is always left
    lost = {"role": Role.USER, "status": Status.SUSPENDED, "requires_password_change": False}
    User.objects.filter(pk=first.user.pk).update(**lost)
    again = actions.recover_administrator()
    user = User.objects.get(pk=first.user.pk)
    assert again.user == user
    assert user.is_administrator
    assert user.requires_password_change
    assert user.check_password(again.password)
    assert not user.check_password(first.password)
    assert SecurityEvent.objects.filter(kind="password.recovered").exists()


@pytest.mark.django_db
def test_recovery_takes_the_oldest_administrator_where_there_was_no_first_one(administrator: User) -> None:
    User.objects.create_user("younger", role=Role.ADMIN)
    assert actions.recover_administrator().user == administrator


@pytest.mark.django_db
def test_recovery_of_an_empty_house_makes_the_first_administrator() -> None:
    assert actions.recover_administrator().user.username == "admin"


# --- an administrator is always left ----------------------------------------------------------------------------------
def test_the_last_administrator_cannot_be_demoted(administrator: User, moderator: User) -> None:
    with pytest.raises(CannotChangePerson, match=LAST):
        actions.set_role(by=administrator, person=administrator, role=Role.MODERATOR)
    administrator.refresh_from_db()
    assert administrator.role == Role.ADMIN


def test_the_last_administrator_cannot_be_suspended(administrator: User) -> None:
    User.objects.create_user("gone", role=Role.ADMIN, status=Status.SUSPENDED)
    with pytest.raises(CannotChangePerson, match=LAST):
        actions.suspend(by=administrator, person=administrator)
    administrator.refresh_from_db()
    assert administrator.is_active


def test_the_last_administrator_cannot_be_deleted(administrator: User, anna: User) -> None:
    with pytest.raises(CannotChangePerson, match=LAST):
        actions.delete_people(by=administrator, people=[anna, administrator])
    assert User.objects.present().count() == 2


def test_all_administrators_cannot_be_deleted_together(administrator: User) -> None:
    other = User.objects.create_user("other", role=Role.ADMIN)
    with pytest.raises(CannotChangePerson, match="are the last active administrators"):
        actions.delete_people(by=administrator, people=[other, administrator])
    assert User.objects.present().count() == 2


def test_one_of_two_administrators_may_go(administrator: User) -> None:
    other = User.objects.create_user("other", role=Role.ADMIN)
    actions.set_role(by=other, person=administrator, role=Role.USER)
    administrator.refresh_from_db()
    assert administrator.role == Role.USER


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("way", ["demote", "suspend", "delete"])
def test_two_administrators_removing_each_other_at_once_leave_one(way: str) -> None:
    def remove(by: User, person: User) -> None:
        if way == "demote":
            actions.set_role(by=by, person=person, role=Role.USER)
        elif way == "suspend":
            actions.suspend(by=by, person=person)
        else:
            actions.delete_people(by=by, people=[person])

    for number in range(5):
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE users CASCADE")  # deleting would leave one
        one = User.objects.create_user(f"one{number}", role=Role.ADMIN)
        two = User.objects.create_user(f"two{number}", role=Role.ADMIN)
        results = at_once(partial(remove, one, two), partial(remove, two, one), refusal=CannotChangePerson)
        assert len(refusals(results)) == 1
        assert User.objects.administrators().count() == 1


# --- what follows -----------------------------------------------------------------------------------------------------
def test_suspending_ends_all_sessions_for_good(administrator: User, olive: User) -> None:
    phone, desk = Client(), Client()
    for client in (phone, desk):
        client.post("/account/sign-in/", {"username": "olive", "password": PASSWORD})
        assert client.get("/account/").status_code == 200
    actions.suspend(by=administrator, person=olive)
    assert phone.get("/account/").status_code == 302
    actions.activate(by=administrator, person=olive)
    for client in (phone, desk):
        assert client.get("/account/").status_code == 302


def test_ending_one_persons_sessions_leaves_the_others(olive: User, annas: Client) -> None:
    client = Client()
    client.force_login(olive)
    assert end_sessions(olive) == 1
    assert client.get("/account/").status_code == 302
    assert annas.get("/account/").status_code == 200


def test_a_new_one_time_password_ends_the_old_one_and_all_sessions(administrator: User, olive: User) -> None:
    client = Client()
    client.force_login(olive)
    issued = actions.issue_one_time_password(by=administrator, person=olive)
    assert client.get("/account/").status_code == 302
    olive.refresh_from_db()
    assert olive.check_password(issued.password)
    assert not olive.check_password(PASSWORD)


def test_changes_are_written_down_with_before_and_after(administrator: User, anna: User) -> None:
    actions.set_role(by=administrator, person=anna, role=Role.MODERATOR)
    actions.suspend(by=administrator, person=anna)
    actions.set_role(by=administrator, person=anna, role=Role.MODERATOR)  # nothing new
    found = [
        (event.kind, event.actor, event.object, event.detail) for event in SecurityEvent.objects.order_by("created_at")
    ]
    assert found == [
        ("person.role_changed", administrator, "anna", {"before": "USER", "after": "MODERATOR"}),
        ("person.status_changed", administrator, "anna", {"before": "active", "after": "suspended"}),
    ]


def test_a_refused_change_is_not_written_down(administrator: User) -> None:
    with pytest.raises(CannotChangePerson):
        actions.suspend(by=administrator, person=administrator)
    assert not SecurityEvent.objects.exists()


def test_marking_as_deleted_keeps_the_time(administrator: User, anna: User) -> None:
    anna.status = Status.DELETED
    assert actions.edit_person(by=administrator, person=anna, fields=["status"]).deleted_at is not None
    assert actions.activate(by=administrator, person=anna).deleted_at is None


def test_only_named_fields_are_saved(administrator: User, anna: User) -> None:
    anna.name, anna.role = "Anna B.", Role.ADMIN
    actions.edit_person(by=administrator, person=anna, fields=["name"])
    anna.refresh_from_db()
    assert (anna.name, anna.role) == ("Anna B.", Role.USER)


# --- what the table itself refuses ------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "twin", [{"username": "OLIVE"}, {"username": "x", "email": "olive@NEST.example"}], ids=["user name", "e-mail"]
)
def test_names_and_addresses_are_unique_without_regard_to_case(twin: dict[str, str], olive: User) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create_user(**twin)


@pytest.mark.django_db
@pytest.mark.parametrize("wrong", [{"role": "OWNER"}, {"status": "asleep"}])
def test_unknown_roles_and_states_are_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create_user("x", **wrong)


@pytest.mark.django_db
def test_several_people_may_be_without_an_e_mail() -> None:
    User.objects.create_user("one")
    User.objects.create_user("two")
    assert User.objects.filter(email=None).count() == 2
