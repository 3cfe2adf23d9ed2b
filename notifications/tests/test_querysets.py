"""Which notifications and channels are a person's."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from accounts.models import User
from notifications.models import Notification, NotificationChannel, PushSubscription

pytestmark = pytest.mark.django_db


def test_reading_counts_what_was_unread(anna: User, ben: User) -> None:
    now = timezone.now()
    old, new, bens = (
        Notification.objects.create(
            user=user, event="requests.available", title="There", created_at=now - dt.timedelta(hours=hours)
        )
        for user, hours in ((anna, 2), (anna, 1), (ben, 0))
    )
    mine = Notification.objects.of(anna)
    assert list(mine.unread().newest_first()) == [new, old]
    assert mine.mark_read(now) == 2
    assert mine.mark_read(now) == 0
    assert list(Notification.objects.unread()) == [bens]


def test_a_channel_hears_what_it_asked_for(anna: User, ben: User) -> None:
    everything, some, other, off = (
        NotificationChannel.objects.create(user=anna, kind="ntfy", name=name, events=events, enabled=enabled)
        for name, events, enabled in (
            ("everything", [], True),
            ("some", ["requests.available", "downloads.failed"], True),
            ("other", ["downloads.failed"], True),
            ("off", [], False),
        )
    )
    wanting = NotificationChannel.objects.of(anna).wanting("requests.available")
    assert set(wanting) == {everything, some}
    assert {other, off} <= set(NotificationChannel.objects.of(anna))
    assert not NotificationChannel.objects.of(ben).exists()


def test_a_browser_is_found_by_its_address(anna: User) -> None:
    address = "https://push.example.org/1"
    mine = PushSubscription.objects.create(
        user=anna, endpoint=address, endpoint_hash=PushSubscription.hash_of(address), p256dh="k", auth="a"
    )
    assert PushSubscription.objects.of(anna).at(address).get() == mine
    assert not PushSubscription.objects.at("https://push.example.org/2").exists()
