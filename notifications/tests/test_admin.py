"""Notifications in the admin: flat lists, and no address shown."""

from __future__ import annotations

import pytest
from django.db import models
from django.test import Client
from django.urls import reverse

from accounts.models import User
from medianest.tests.rules import assert_flat
from notifications.models import Notification, NotificationChannel, PushSubscription

pytestmark = pytest.mark.django_db
MODELS = [Notification, NotificationChannel, PushSubscription]


def fill(count: int) -> None:
    for number in range(User.objects.count(), User.objects.count() + count):
        someone, address = User.objects.create_user(f"someone{number}"), f"https://push.example.org/secret{number}"
        Notification.objects.create(user=someone, event="requests.available", title="There")
        NotificationChannel.objects.create(user=someone, kind="ntfy", name="Phone", address=address)
        PushSubscription.objects.create(
            user=someone,
            endpoint=address,
            endpoint_hash=PushSubscription.hash_of(address),
            p256dh="secret",
            auth="secret",
        )


@pytest.mark.parametrize("model", MODELS)
def test_lists_cost_the_same_whatever_their_length(administrators: Client, model: type[models.Model]) -> None:
    assert_flat(administrators, model, fill)


@pytest.mark.parametrize("model", MODELS)
def test_no_address_or_key_is_shown(administrators: Client, model: type[models.Model]) -> None:
    fill(1)
    row = model._default_manager.get()
    name = model._meta.model_name
    for url in (
        reverse(f"admin:notifications_{name}_change", args=[row.pk]),
        reverse(f"admin:notifications_{name}_changelist"),
    ):
        page = administrators.get(url)
        assert page.status_code == 200
        assert "secret" not in page.text


def test_whether_an_address_is_stored_is_told(administrators: Client, anna: User) -> None:
    fill(1)
    NotificationChannel.objects.create(user=anna, kind="email", name="Mail")
    page = administrators.get(reverse("admin:notifications_notificationchannel_changelist"))
    assert "stored, with encryption key" in page.text
    assert ">none<" in page.text
