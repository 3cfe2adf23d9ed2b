"""The buttons: order, cancel, retry, retry one, publish, discard. All by POST, all without JavaScript."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from downloads.models import DownloadProfile, YoutubeDownload
from downloads.tests.views import making

BUTTONS = ["order", "cancel", "retry", "publish", "discard"]


def address(name: str, download: YoutubeDownload) -> str:
    return reverse(f"downloads:{name}", args=[download.pk])


def press(client: Client, name: str, download: YoutubeDownload, **data: Any) -> str:
    """Press a button, follow to the page it leads to, and give that page's text."""
    response = client.post(address(name, download), data, follow=True)
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize("name", BUTTONS)
def test_signed_out_it_leads_to_sign_in(stranger: Client, anna: User, name: str) -> None:
    made = making.preview(anna)
    assert stranger.post(address(name, made)).status_code == 302
    made.refresh_from_db()
    assert made.status == "pending"


@pytest.mark.parametrize("name", BUTTONS)
def test_another_person_finds_nothing_there(bens: Client, anna: User, name: str) -> None:
    made = making.ordered(anna)
    assert bens.post(address(name, made)).status_code == 404
    made.refresh_from_db()
    assert made.status == "downloading"


@pytest.mark.parametrize("name", ["order", "retry", "publish"])
def test_they_cannot_be_pressed_by_a_link(annas: Client, anna: User, name: str) -> None:
    assert annas.get(address(name, making.preview(anna))).status_code == 405


def test_order_queues_it(annas: Client, anna: User) -> None:
    made = making.preview(anna)
    press(annas, "order", made)
    made.refresh_from_db()
    assert made.status == "queued"


def test_order_takes_the_chosen_profile(annas: Client, anna: User) -> None:
    making.profiles()
    smaller = DownloadProfile.objects.get(slug="720p")
    made = making.preview(anna)
    press(annas, "order", made, profile=str(smaller.pk))
    made.refresh_from_db()
    assert made.profile == smaller


def test_order_with_an_unknown_profile_says_so_beside_the_field(annas: Client, anna: User) -> None:
    making.profiles()
    made = making.preview(anna)
    text = press(annas, "order", made, profile="nonsense")
    assert 'id="id_profile_error"' in text
    made.refresh_from_db()
    assert made.status == "pending"


def test_order_refused_says_why(annas: Client, anna: User) -> None:
    made = making.preview(anna, "unavailable")
    assert "nothing in this list that YouTube would give" in press(annas, "order", made)


def test_a_moderator_may_order_for_somebody(moderators: Client, anna: User) -> None:
    made = making.preview(anna)
    press(moderators, "order", made)
    made.refresh_from_db()
    assert made.status == "queued"


@pytest.mark.parametrize("name", ["cancel", "discard"])
def test_what_cannot_be_undone_asks_first(annas: Client, anna: User, name: str) -> None:
    made = making.ordered(anna)
    response = annas.get(address(name, made))
    text = response.content.decode()
    assert response.status_code == 200
    assert "csrfmiddlewaretoken" in text
    assert 'method="post"' in text
    made.refresh_from_db()
    assert made.status == "downloading"


def test_cancel_stops_it_and_says_what_stays(annas: Client, anna: User) -> None:
    made = making.ordered(anna)
    assert "What was already downloaded stays." in press(annas, "cancel", made)
    made.refresh_from_db()
    assert made.status == "cancelled"


def test_cancel_twice_says_that_there_is_nothing_left(annas: Client, anna: User) -> None:
    made = making.ordered(anna)
    press(annas, "cancel", made)
    assert "nothing to cancel" in press(annas, "cancel", made)


def test_retry_queues_what_failed(annas: Client, anna: User) -> None:
    made = making.ordered(anna, "in_collection", "failed", status="completed")
    press(annas, "retry", made)
    assert sorted(made.entries.values_list("status", flat=True)) == ["in_collection", "queued"]


def test_retry_one_entry_leaves_the_others(annas: Client, anna: User) -> None:
    made = making.ordered(anna, "failed", "failed", status="completed")
    first = made.entries.get(position=1)
    annas.post(reverse("downloads:retry-entry", args=[first.pk]))
    assert list(made.entries.in_order().values_list("status", flat=True)) == ["queued", "failed"]


def test_another_person_cannot_retry_an_entry(bens: Client, anna: User) -> None:
    entry = making.ordered(anna, "failed", status="completed").entries.get()
    assert bens.post(reverse("downloads:retry-entry", args=[entry.pk])).status_code == 404


def test_publish_asks_plex_again(annas: Client, anna: User) -> None:
    made = making.ordered(anna, "downloaded", status="completed", plex_state="failed", plex_note="No.")
    assert "Plex is being asked again." in press(annas, "publish", made)
    made.refresh_from_db()
    assert made.plex_state == "scanning"


def test_discard_removes_it_and_leads_to_the_list(annas: Client, anna: User) -> None:
    made = making.ordered(anna, "in_collection", status="completed")
    response = annas.post(address("discard", made))
    assert response.headers["Location"] == reverse("downloads:list")
    assert not YoutubeDownload.objects.filter(pk=made.pk).exists()


def test_discard_under_way_is_refused(annas: Client, anna: User) -> None:
    made = making.ordered(anna)
    assert "Cancel it first" in press(annas, "discard", made)
    assert YoutubeDownload.objects.filter(pk=made.pk).exists()
