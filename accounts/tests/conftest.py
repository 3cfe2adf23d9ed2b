from __future__ import annotations

import uuid

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from accounts import actions
from accounts.models import Role, User
from medianest.lib import throttle
from medianest.tests.people import (  # noqa: F401  (fixtures)
    _files_as_they_are,
    administrator,
    administrators,
    anna,
    annas,
    ben,
    bens,
    moderator,
    moderators,
    stranger,
)

PASSWORD = "lamp-over-the-nest"


@pytest.fixture(autouse=True)
def _own_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test counts in windows of its own: Redis outlives a test."""
    mark = uuid.uuid4().hex
    name = throttle._name
    monkeypatch.setattr(throttle, "_name", lambda key: name(mark + key))


@pytest.fixture(autouse=True)
def _quick_passwords(settings: Settings) -> None:
    """Argon2 is slow on purpose; one test asks whether it is what is used."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *settings.PASSWORD_HASHERS]


@pytest.fixture
def olive(db: None) -> User:
    """A local person with a password."""
    return User.objects.create_user("olive", PASSWORD, name="Olive", email="Olive@Nest.example")


@pytest.fixture
def browser() -> Client:
    """One that checks for forgery, as a real one meets it."""
    return Client(enforce_csrf_checks=True)


@pytest.fixture
def newcomer(db: None) -> actions.Issued:
    """Somebody with a one-time password."""
    return actions.create_person(by=None, person=User(username="nina", name="Nina", role=Role.USER))
