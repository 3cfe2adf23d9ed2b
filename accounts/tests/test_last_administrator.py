"""The last active administrator stays one, whichever way somebody tries."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from accounts import actions
from accounts.models import Role, Status, User
from accounts.rules import CannotChangePerson
from medianest.lib.broken_rules import sentence_for
from medianest.tests.at_once import at_once
from medianest.tests.people import person


def saved(user: User) -> None:
    user.role = Role.USER
    user.save()


SHELL: dict[str, Callable[[User], Any]] = {
    "save": saved,
    "update": lambda user: User.objects.filter(pk=user.pk).update(status=Status.SUSPENDED),
    "update_all": lambda user: User.objects.all().update(role=Role.USER),
    "delete": lambda user: user.delete(),
    "delete_all": lambda user: User.objects.all().delete(),
    "sql": lambda user: connection.cursor().execute("UPDATE users SET role = 'MODERATOR'"),
    "sql_delete": lambda user: connection.cursor().execute("DELETE FROM users"),
}


@pytest.mark.parametrize("way", SHELL)
def test_no_way_on_the_shell_takes_the_last_one(way: str, administrator: User, anna: User) -> None:
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        SHELL[way](administrator)
    assert "last active administrator" in sentence_for(refusal.value)
    assert User.objects.administrators().count() == 1


@pytest.mark.parametrize("way", SHELL)
def test_with_another_one_left_the_shell_does_what_it_says(way: str, administrator: User) -> None:
    bob = person("bob", Role.ADMIN)
    if way in ("save", "update", "delete"):
        SHELL[way](bob)
        assert list(User.objects.administrators()) == [administrator]
    else:  # these take both
        with pytest.raises(IntegrityError), transaction.atomic():
            SHELL[way](bob)


def test_a_suspended_administrator_does_not_count(administrator: User) -> None:
    User.objects.create_user("sue", role=Role.ADMIN, status=Status.SUSPENDED)
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=administrator.pk).update(role=Role.USER)


def refusals_of(*acts: Callable[[], object]) -> list[Exception]:
    """How many acts that are begun together are refused, and how."""
    told = at_once(*[transaction.atomic(act) for act in acts], refusal=(IntegrityError, CannotChangePerson))
    return [each for each in told if isinstance(each, Exception)]


@pytest.mark.django_db(transaction=True)
def test_two_who_demote_each_other_at_once_leave_one() -> None:
    ada, bob = person("ada", Role.ADMIN), person("bob", Role.ADMIN)
    for _round in range(5):
        refusals = refusals_of(
            lambda: User.objects.filter(pk=ada.pk).update(role=Role.USER),
            lambda: User.objects.filter(pk=bob.pk).update(role=Role.USER),
        )
        assert len(refusals) == 1
        assert User.objects.administrators().count() == 1
        User.objects.all().update(role=Role.ADMIN)


@pytest.mark.django_db(transaction=True)
def test_the_shell_and_an_action_at_once_leave_one() -> None:
    ada, bob = person("ada", Role.ADMIN), person("bob", Role.ADMIN)
    refusals = refusals_of(
        lambda: User.objects.filter(pk=ada.pk).update(role=Role.USER),
        lambda: actions.suspend(by=ada, person=bob),
    )
    assert len(refusals) == 1
    assert User.objects.administrators().count() == 1


def test_the_admin_refuses_with_a_sentence(administrator: User, administrators: Client) -> None:
    page = "/admin/accounts/user/"
    for action in ("suspend_people", "make_viewers", "delete_selected"):
        sent = {"action": action, "_selected_action": str(administrator.pk), "sure": "yes", "post": "yes"}
        text = administrators.post(page, sent, follow=True).content.decode()
        assert "last active administrator" in text
    administrator.refresh_from_db()
    assert administrator.is_administrator
