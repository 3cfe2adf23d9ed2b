"""Downloads in the Django admin: to be looked at, with few queries, and the pause can be ended."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.fixtures import DjangoAssertNumQueries

from accounts.models import User
from downloads.models import DownloadEntry, DownloadProfile, DownloadQueue, Video, YoutubeDownload

pytestmark = pytest.mark.django_db
LISTS = ["youtubedownload", "downloadentry", "video", "downloadprofile", "downloadqueue"]


def fill(user: User, count: int) -> None:
    for number in range(count):
        download = YoutubeDownload.objects.create(
            user=user, playlist_id=f"PL{number:012}", playlist_title=f"List {number}"
        )
        video = Video.objects.create(video_id=f"video{number:06}", title=f"Video {number}")
        DownloadEntry.objects.create(download=download, video=video, position=1)
        DownloadProfile.objects.create(slug=f"p{number}", name=f"Profile {number}")
    DownloadQueue.objects.create(pause_code="bot_check", paused_until=timezone.now() + timedelta(hours=1))


@pytest.mark.parametrize("name", LISTS)
def test_lists_open_with_few_queries_whatever_their_length(
    name: str, administrator: User, administrators: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    fill(administrator, 30)
    with django_assert_max_num_queries(10):
        page = administrators.get(reverse(f"admin:downloads_{name}_changelist"))
    assert page.status_code == 200


@pytest.mark.parametrize("name", ["youtubedownload", "downloadentry", "video", "downloadprofile"])
def test_lists_can_be_searched(name: str, administrator: User, administrators: Client) -> None:
    fill(administrator, 12)
    page = administrators.get(reverse(f"admin:downloads_{name}_changelist"), {"q": "7"})
    assert b"1 result" in page.content or page.content.count(b"action-checkbox") <= 3


@pytest.mark.parametrize("name", ["youtubedownload", "downloadentry", "video", "downloadqueue"])
def test_nothing_is_made_or_changed_by_hand(name: str, administrators: Client) -> None:
    assert administrators.get(reverse(f"admin:downloads_{name}_add")).status_code == 403


def test_the_pause_can_be_ended(administrator: User, administrators: Client) -> None:
    fill(administrator, 0)
    page = administrators.post(
        reverse("admin:downloads_downloadqueue_changelist"),
        {"action": "go_on", "_selected_action": ["True"]},
        follow=True,
    )
    assert b"The pause has ended" in page.content
    assert DownloadQueue.objects.get().paused_until is None
