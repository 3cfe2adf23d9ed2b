"""Who a user name and a password belong to."""

from __future__ import annotations

import time

import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.hashers import identify_hasher, make_password
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.models import Status, User
from accounts.tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db


def test_new_passwords_are_kept_as_argon2(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = [name for name in settings.PASSWORD_HASHERS if "MD5" not in name]
    assert identify_hasher(make_password("x")).algorithm == "argon2"


@pytest.mark.parametrize("status", [status for status in Status if status != Status.ACTIVE])
def test_only_active_people_come_in(status: Status, olive: User) -> None:
    olive.status, olive.deleted_at = status, timezone.now() if status == Status.DELETED else None
    olive.save()
    assert authenticate(username="olive", password=PASSWORD) is None


def test_a_person_without_a_password_cannot_come_in_by_any() -> None:
    User.objects.create_user("plexonly")
    for password in ("", "!", "None"):
        assert authenticate(username="plexonly", password=password) is None


def test_a_user_name_that_is_somebodys_e_mail_keeps_neither_out(olive: User) -> None:
    twin = User.objects.create_user("olive@nest.example", "another-password")
    assert authenticate(username="olive@nest.example", password=PASSWORD) == olive
    assert authenticate(username="olive@nest.example", password="another-password") == twin
    assert authenticate(username="olive@nest.example", password="neither") is None


def test_time_does_not_tell_whether_a_person_exists(olive: User, settings: Settings) -> None:
    settings.PASSWORD_HASHERS = [name for name in settings.PASSWORD_HASHERS if "MD5" not in name]
    olive.set_password(PASSWORD)
    olive.save()

    def seconds(username: str) -> float:
        samples = []
        for _ in range(5):
            started = time.process_time()
            authenticate(username=username, password="wrong-password")
            samples.append(time.process_time() - started)
        return min(samples)

    seconds("olive")
    known, unknown = seconds("olive"), seconds("nobody")
    assert 0.5 < known / unknown < 2
