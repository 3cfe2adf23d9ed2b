"""What becomes of somebody's Plex token when they are erased, and what they take along of Plex."""

from __future__ import annotations

import pytest
from django.db import transaction

from accounts.models import PlexGuest, User
from accounts.plex import checking
from accounts.tests.plex.conftest import Visitor
from medianest.lib.personal_data import erase, exports
from medianest.tests.people import person

pytestmark = pytest.mark.django_db(transaction=True)


def leave(user: User) -> None:
    with transaction.atomic():
        erase(user)


def test_the_token_is_ended_at_plex_once_the_person_is_gone(visitor: Visitor) -> None:
    visitor.enter("ben")
    ben = User.objects.get()
    known = visitor.plextv.settings.tokens
    assert known.person_of(ben.plex_token) is not None
    token = ben.plex_token
    leave(ben)
    assert known.person_of(token) is None
    assert not User.objects.exists()
    assert not visitor.client.get("/account/").wsgi_request.user.is_authenticated


def test_an_erasure_that_is_undone_ends_nothing(visitor: Visitor) -> None:
    visitor.enter("ben")
    ben = User.objects.get()
    token = ben.plex_token
    with transaction.atomic():
        erase(ben)
        transaction.set_rollback(True)
    assert visitor.plextv.settings.tokens.person_of(token) is not None


def test_a_plex_that_is_away_keeps_nobody_here(visitor: Visitor) -> None:
    visitor.enter("ben")
    visitor.plextv.turn("down")
    leave(User.objects.get())
    assert not User.objects.exists()


def test_what_the_servers_owner_shares_is_taken_along_by_that_person_alone(visitor: Visitor) -> None:
    visitor.enter("ben")
    run = type("Run", (), {"breathe": lambda self: None})()
    checking.check(run)
    parts = {part.name: part for part in exports()}
    ben, local = User.objects.get(), person("local")
    assert PlexGuest.objects.count() > 1
    assert [row.username for row in parts["plex-share"].rows(ben)] == ["ben"]  # type: ignore[attr-defined]
    assert {row.title for row in parts["plex-shared-sections"].rows(ben)} >= {"Films", "Series"}  # type: ignore[attr-defined]
    assert not parts["plex-share"].rows(local).exists()
    assert not parts["plex-shared-sections"].rows(local).exists()
