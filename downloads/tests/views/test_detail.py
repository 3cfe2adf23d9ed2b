from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from downloads.models import DownloadEntry, DownloadQueue, YoutubeDownload
from downloads.tests.views import making
from medianest.tests.people import SCOPE


def page(client: Client, download: YoutubeDownload, query: str = "") -> str:
    response = client.get(reverse("downloads:detail", args=[download.pk]) + query)
    assert response.status_code == 200
    return response.content.decode()


def test_signed_out_it_leads_to_sign_in(stranger: Client, anna: User) -> None:
    assert stranger.get(reverse("downloads:detail", args=[making.ordered(anna).pk])).status_code == 302


def test_another_person_sees_a_shared_list_without_its_buttons(bens: Client, anna: User) -> None:
    text = page(bens, making.ordered(anna, "failed", "queued"))
    assert "ordered by Anna" in text
    assert "Cancel" not in text
    assert "Try again" not in text


@pytest.mark.parametrize("make", [making.preview, making.download])
def test_another_person_does_not_see_what_was_not_ordered(bens: Client, anna: User, make: Any) -> None:
    assert bens.get(reverse("downloads:detail", args=[make(anna).pk])).status_code == 404


def test_another_person_does_not_see_a_private_list(bens: Client, anna: User) -> None:
    private = making.ordered(anna, visibility="private")
    assert bens.get(reverse("downloads:detail", args=[private.pk])).status_code == 404


def test_a_moderator_may_change_it(moderators: Client, anna: User) -> None:
    text = page(moderators, making.ordered(anna, visibility="private"))
    assert "Cancel" in text
    assert "ordered by Anna" in text


def test_while_looking_it_asks_again(annas: Client, anna: User) -> None:
    text = page(annas, making.download(anna, title=""))
    assert "A playlist on YouTube" in text
    assert "Looking at the list" in text
    assert 'hx-trigger="every 2s, look"' in text


def test_the_preview_tells_what_is_in_it_and_what_will_happen(annas: Client, anna: User) -> None:
    made = making.preview(anna, "queued", "queued", "unavailable", channel="The Bench")
    DownloadEntry.objects.create(download=made, position=4, status="queued", video=making.video(stored=True))
    text = page(annas, made)
    assert "from The Bench" in text
    assert "2 videos are downloaded" in text
    assert "already here" in text
    assert "left out" in text
    assert "40 min" in text
    assert reverse("downloads:order", args=[made.pk]) in text
    assert "hx-get" not in text


def test_the_preview_offers_profiles_when_there_is_a_choice(annas: Client, anna: User) -> None:
    made = making.preview(anna)
    assert 'name="profile"' not in page(annas, made)
    making.profiles()
    text = page(annas, made)
    assert 'name="profile"' in text
    assert "selected>Full HD" in text


def test_a_list_that_could_not_be_read_says_why(annas: Client, anna: User) -> None:
    made = making.download(anna, status="failed", failure_reason="The playlist is private.")
    text = page(annas, made)
    assert "The playlist is private." in text
    assert "Look again" in text


def test_ordered_it_shows_every_video_with_its_state(annas: Client, anna: User) -> None:
    made = making.ordered(anna, "in_collection", "downloading", "queued", "failed")
    entry = made.entries.get(status="downloading")
    type(entry.video).objects.filter(pk=entry.video.pk).update(
        total_bytes=400 * 2**20, downloaded_bytes=284 * 2**20, speed_bps=2 * 2**20, eta_seconds=58
    )
    text = page(annas, made)
    assert "71\xa0%" in text or "71 % of 400.0\xa0MB · 2.0\xa0MB/s · 1 minute left" in text
    assert 'value="71.0"' in text
    assert "Try again" in text
    assert "Cancel" in text


def test_waiting_for_plex_is_told_by_its_consequence(annas: Client, anna: User) -> None:
    note = "Plex does not answer. The collection is made as soon as it is back."
    made = making.ordered(anna, "downloaded", status="completed", plex_state="waiting", plex_note=note)
    text = page(annas, made)
    assert "The videos are downloaded and safe." in text
    assert note in text
    assert "Try Plex again" in text
    assert 'hx-trigger="every 10s, look"' in text


def test_a_paused_queue_says_so(annas: Client, anna: User) -> None:
    DownloadQueue.objects.update_or_create(
        pk=True, defaults={"pause_code": "disk_full", "paused_until": timezone.now()}
    )
    text = page(annas, making.ordered(anna))
    assert "too little free space" in text
    assert 'hx-trigger="every 10s, look"' in text


def test_a_pause_that_nobody_renews_is_not_told(annas: Client, anna: User) -> None:
    long_ago = timezone.now() - timedelta(minutes=2)
    DownloadQueue.objects.update_or_create(pk=True, defaults={"pause_code": "disk_full", "paused_until": long_ago})
    assert "too little free space" not in page(annas, making.ordered(anna))


@pytest.mark.parametrize(("code", "is_offered"), [("upcoming", True), ("members", True), ("gone", False)])
def test_what_was_left_out_can_be_tried_again_where_that_may_help(
    code: str, is_offered: bool, annas: Client, anna: User
) -> None:
    download = making.ordered(anna, "in_collection", "unavailable", status="completed", plex_state="done")
    left_out = download.entries.get(status="unavailable")
    DownloadEntry.objects.filter(pk=left_out.pk).update(reason_code=code)
    assert (reverse("downloads:retry-entry", args=[left_out.pk]) in page(annas, download)) == is_offered


def test_finished_it_no_longer_asks(annas: Client, anna: User) -> None:
    made = making.ordered(anna, "in_collection", status="completed", plex_state="done", completed_at=timezone.now())
    assert "hx-get" not in page(annas, made)


def test_long_lists_come_in_pages(annas: Client, anna: User) -> None:
    made = making.ordered(anna, *["queued"] * 120)
    assert "50 · Video" in page(annas, made)
    second = page(annas, made, "?from=51")
    assert "51 · Video" in second
    assert "50 · Video" not in second
    assert "of 120" in second
    assert "?from=101" in second
    assert "?from=1" in second


@pytest.mark.parametrize("query", ["?from=x", "?from=-4", "?from=0", "?from=99999999999"])
def test_a_strange_place_gives_the_first_page(annas: Client, anna: User, query: str) -> None:
    assert "1 · Video" in page(annas, making.ordered(anna), query)


@pytest.mark.parametrize("entries", [1, 30, 500])
@pytest.mark.parametrize("make", [making.preview, making.ordered])
def test_queries_and_size_do_not_grow(
    annas: Client, anna: User, make: Any, entries: int, django_assert_max_num_queries: Any
) -> None:
    making.profiles()
    made = make(anna, *["queued"] * entries)
    with django_assert_max_num_queries(8 + SCOPE):
        text = page(annas, made)
    assert len(text.encode()) < 60 * 1024


def test_a_page_of_the_longest_failures_stays_small(annas: Client, anna: User) -> None:
    made = making.ordered(anna, *["failed"] * 60, status="completed")
    made.entries.update(reason="It did not work because " + "x" * 150)
    text = page(annas, made)
    assert text.count("formaction=") == 50
    assert len(text.encode()) < 60 * 1024
