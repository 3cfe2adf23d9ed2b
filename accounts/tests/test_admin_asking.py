"""What cannot be taken back asks first; limits are set for several at once."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from operations.models import SecurityEvent

LIST = "/admin/accounts/user/"


def choose(client: Client, action: str, *people: User, **sent: Any) -> Any:
    chosen = [str(person.pk) for person in people]
    return client.post(LIST, {"action": action, "_selected_action": chosen, **sent}, follow=True)


@pytest.mark.parametrize("action", ["suspend_people", "end_sessions", "issue_passwords"])
def test_it_names_the_people_and_does_nothing_yet(
    action: str, administrators: Client, anna: User, annas: Client
) -> None:
    before = User.objects.values().get(pk=anna.pk)
    text = choose(administrators, action, anna).content.decode()
    assert "<li>Anna</li>" in text
    assert f'name="action" value="{action}"' in text
    assert User.objects.values().get(pk=anna.pk) == before
    assert annas.get("/account/").status_code == 200
    assert not SecurityEvent.objects.exists()


def test_the_page_sends_what_it_asked_about(administrators: Client, anna: User, annas: Client) -> None:
    choose(administrators, "end_sessions", anna, sure="yes")
    assert annas.get("/account/").status_code == 302
    anna.refresh_from_db()
    assert anna.is_active
    event = SecurityEvent.objects.get(kind="person.sessions_ended")
    assert (event.object, event.detail["ended"]) == ("anna", 1)


LIMITS: dict[str, Any] = {"limit_requests": "keep", "limit_playlists": "keep", "limit_api": "keep", "sure": "yes"}


def test_limits_are_set_for_several(administrators: Client, anna: User, moderator: User) -> None:
    assert "Set limits" in choose(administrators, "set_limits", anna, moderator).content.decode()
    wanted = {**LIMITS, "limit_playlists": "own", "limit_playlists_times": "50"}
    text = choose(administrators, "set_limits", anna, moderator, **wanted).content.decode()
    assert "2 people changed." in text
    anna.refresh_from_db()
    assert (anna.limit_playlists, anna.limit_requests, anna.limit_api) == (50, None, None)
    choose(administrators, "set_limits", anna, **{**LIMITS, "limit_playlists": "house"})
    anna.refresh_from_db()
    moderator.refresh_from_db()
    assert (anna.limit_playlists, moderator.limit_playlists) == (None, 50)
    assert SecurityEvent.objects.filter(kind="person.limits_changed").count() == 3


@pytest.mark.parametrize("times", ["", "0", "-1", "abc", "9" * 30])
def test_a_limit_that_is_none_is_said_beside_it(times: str, administrators: Client, anna: User) -> None:
    wanted = {**LIMITS, "limit_api": "own", "limit_api_times": times}
    text = choose(administrators, "set_limits", anna, **wanted).content.decode()
    assert "errorlist" in text
    anna.refresh_from_db()
    assert anna.limit_api is None


def test_only_administrators_get_there(moderators: Client, annas: Client, anna: User) -> None:
    for browser in (moderators, annas):
        choose(browser, "end_sessions", anna, sure="yes")
    assert annas.get("/account/").status_code == 200
