"""What somebody is told of."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import Profile, User
from notifications import events
from notifications.models import NotificationChannel

PAGE = "/account/telling/"


def muted(anna: User) -> list[str]:
    return list(Profile.objects.get(user=anna).preferences.get("muted_events", []))


def test_all_that_apps_declare_can_be_muted_and_heard_again(annas: Client, anna: User) -> None:
    names = [event.name for event in events.known()]
    assert {"downloads.completed", "requests.available"} <= set(names)
    assert annas.post(PAGE, {"told": ["requests.available"]}).headers["Location"] == "/account/"
    assert muted(anna) == sorted(set(names) - {"requests.available"})
    text = annas.get("/account/").content.decode()
    assert text.count(" checked") == 1 + 1  # what is told, and the colours
    annas.post(PAGE, {"told": names})
    assert muted(anna) == []


def test_what_another_version_of_medianest_tells_stays_muted(annas: Client, anna: User) -> None:
    kept = {"muted_events": ["later.event"], "streaming_services": ["Arte"]}
    Profile.objects.create(user=anna, preferences=kept)
    annas.post(PAGE, {"told": [event.name for event in events.known()]})
    assert Profile.objects.get(user=anna).preferences == kept


def test_unknown_events_are_refused(annas: Client, anna: User) -> None:
    response = annas.post(PAGE, {"told": ["no.such"]})
    assert response.status_code == 200
    assert "not one of the available choices" in response.content.decode()
    assert not Profile.objects.filter(user=anna).exists()


def test_ones_own_channels_are_shown(annas: Client, bens: Client, anna: User) -> None:
    NotificationChannel.objects.create(user=anna, kind="ntfy", name="Annas phone")
    assert "Annas phone" in annas.get("/account/").content.decode()
    assert "Annas phone" not in bens.get("/account/").content.decode()


@pytest.mark.parametrize("name", ["Upper.case", "lonely", "downloads.completed"])
def test_an_event_of_another_shape_or_twice_is_a_mistake(name: str) -> None:
    with pytest.raises(ValueError, match=name):
        events.declare(name, "x")


def test_strangers_choose_nothing(stranger: Client, db: None) -> None:
    assert stranger.post(PAGE, {"told": []}).status_code == 302
    assert not Profile.objects.exists()
