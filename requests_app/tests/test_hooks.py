"""Overseerr's webhook is a hint: whoever knows the address makes MediaNest look, and can do nothing else."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import User
from medianest.lib import hooks
from operations.models import Job
from requests_app.tests.fetched import approved, connect, later, now, work
from requests_app.views.hooks import LARGEST
from sandbox.overseerr import Overseerr

SAID = {"notification_type": "MEDIA_AVAILABLE", "media": {"tmdbId": "278"}, "request": {"request_id": "1"}}


@pytest.fixture
def outside(db: None) -> Client:
    """Another program: it has neither a session nor a token against forgery."""
    return Client(enforce_csrf_checks=True)


def test_a_hint_makes_medianest_look_and_is_not_believed(
    newest: Overseerr, anna: User, moderator: User, outside: Client
) -> None:
    wish = approved(anna, moderator)
    work()
    newest.advance(now(wish).overseerr_id or 0)
    for _ in range(3):
        assert outside.post(hooks.path("overseerr"), SAID, content_type="application/json").status_code == 204
    assert Job.objects.get(kind="requests.follow").state == "queued"
    later()
    assert now(wish).status == "processing"


@pytest.mark.parametrize("secret", ["wrong", "é", "0" * 40])
def test_a_wrong_secret_is_a_page_that_is_not_there(outside: Client, secret: str) -> None:
    assert outside.post(f"/hooks/overseerr/{secret}", SAID, content_type="application/json").status_code == 404
    assert not Job.objects.exists()


def test_too_much_is_not_read(outside: Client) -> None:
    much = outside.post(hooks.path("overseerr"), b"x" * (LARGEST + 1), content_type="application/json")
    assert much.status_code == 413
    assert not Job.objects.exists()


def test_nothing_is_told_to_a_browser(outside: Client) -> None:
    assert outside.get(hooks.path("overseerr")).status_code == 405


def test_administrators_see_the_address_on_the_setup_page_once_it_is_connected(
    alone: Overseerr, administrators: Client
) -> None:
    assert hooks.path("overseerr") not in administrators.get("/setup/").content.decode()
    connect(alone)
    assert f"http://testserver{hooks.path('overseerr')}" in administrators.get("/setup/").content.decode()
    assert hooks.secret("overseerr") != hooks.secret("plex")
