"""Fixtures for page tests: a person, another one, a moderator, an administrator, and a browser for each.

A conftest.py imports what it needs from here.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from accounts.models import Role, User
from accounts.sessions import store
from medianest.tests.plain_files import PLAIN_FILES

SCOPE = 4
"""Statements around a signed-in page, to be added to the most that it may ask: one opens the person's scope; a savepoint,
leaving the scope and the savepoint's release are there only because a test's own transaction is around it."""


@pytest.fixture(autouse=True)
def _files_as_they_are(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages name stylesheets without digests: nothing was collected for a test.

    Redis is told of sessions at once: a test's own transaction is never committed.
    """
    monkeypatch.setattr(store, "after_commit", lambda work: work())
    settings.STORAGES = PLAIN_FILES
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)


def person(username: str, role: Role = Role.USER) -> User:
    return User.objects.create_user(username, name=username.title(), role=role)


def browser_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def anna(db: None) -> User:
    return person("anna")


@pytest.fixture
def ben(db: None) -> User:
    return person("ben")


@pytest.fixture
def moderator(db: None) -> User:
    return person("mona", Role.MODERATOR)


@pytest.fixture
def administrator(db: None) -> User:
    return person("ada", Role.ADMIN)


@pytest.fixture
def annas(anna: User) -> Client:
    return browser_of(anna)


@pytest.fixture
def bens(ben: User) -> Client:
    return browser_of(ben)


@pytest.fixture
def moderators(moderator: User) -> Client:
    return browser_of(moderator)


@pytest.fixture
def administrators(administrator: User) -> Client:
    return browser_of(administrator)


@pytest.fixture
def stranger(db: None) -> Client:
    """Somebody who is not signed in."""
    return Client()
