"""Each rule of the notifications' tables is broken once, and addresses are stored encrypted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, models, transaction

from accounts.models import User
from medianest.tests.rules import assert_refused, rules_of
from notifications.models import Notification, NotificationChannel, PushSubscription

pytestmark = pytest.mark.django_db
ADDRESS = "https://push.example.org/secret-address"


def someone() -> User:
    return User.objects.get_or_create(username="someone")[0]


def told(**said: Any) -> Notification:
    return Notification(**{"user": someone(), "event": "requests.available", "title": "It is there", **said})


def channel(**said: Any) -> NotificationChannel:
    return NotificationChannel(**{"user": someone(), "kind": "ntfy", "name": "Phone", "address": ADDRESS, **said})


def browser(**said: Any) -> PushSubscription:
    facts = {"endpoint": ADDRESS, "endpoint_hash": PushSubscription.hash_of(ADDRESS), "p256dh": "k", "auth": "secret"}
    return PushSubscription(user=someone(), **{**facts, **said})


def told_twice() -> models.Model:
    told(dedupe_key="request 1 available").save()
    return told(dedupe_key="request 1 available")


def named_twice() -> models.Model:
    channel().save()
    return channel()


BROKEN: dict[str, Callable[[], models.Model]] = {
    "notifications_told_once": told_twice,
    "notifications_event_shape": lambda: told(event="Something happened"),
    "notifications_level_known": lambda: told(level="lost"),
    "notifications_url_is_ours": lambda: told(url="//evil.example.org/"),
    "channels_name_unique": named_twice,
    "channels_kind_shape": lambda: channel(kind=""),
    "channels_has_name": lambda: channel(name=""),
    "push_endpoint_is_hashed": lambda: browser(endpoint_hash=ADDRESS),
}


def test_every_rule_is_tried() -> None:
    assert set(BROKEN) == rules_of("notifications")


@pytest.mark.parametrize("rule", BROKEN)
def test_a_broken_rule_is_told_and_refused(rule: str) -> None:
    assert_refused(BROKEN[rule](), rule)


@pytest.mark.parametrize("url", ["", "/", "/requests/42", "/downloads/?after=x"])
def test_pages_of_medianest_are_fine(url: str) -> None:
    good = told(url=url)
    good.full_clean()
    good.save()
    assert Notification.objects.get().url == url


@pytest.mark.parametrize("url", ["https://example.org", "//example.org", "/\\example.org", "javascript:alert(1)"])
def test_pages_elsewhere_are_refused(url: str) -> None:
    with pytest.raises(ValidationError, match="begin with one slash"):
        told(url=url).full_clean()


def test_a_browser_is_subscribed_once() -> None:
    browser().save()
    with pytest.raises(ValidationError, match="subscribed already"):
        browser().validate_unique()
    with pytest.raises(IntegrityError, match="endpoint_hash"), transaction.atomic():
        browser().save()


def test_addresses_and_secrets_are_not_in_the_database_in_clear() -> None:
    sent, subscribed = channel(), browser()
    sent.save()
    subscribed.save()
    with connection.cursor() as cursor:
        cursor.execute("SELECT n::text FROM notification_channels n UNION SELECT p::text FROM push_subscriptions p")
        stored = str(cursor.fetchall())
    assert "secret" not in stored
    assert NotificationChannel.objects.get().address == ADDRESS
    assert PushSubscription.objects.get().auth == "secret"


def test_settings_that_do_not_fit_are_named() -> None:
    with pytest.raises(ValidationError) as refused:
        channel(config={"priority": 3, "topic": {"name": "nest"}}).save()
    assert refused.value.message_dict == {
        "config": ["topic: must be text or a whole number or a number or true or false or a list."]
    }
