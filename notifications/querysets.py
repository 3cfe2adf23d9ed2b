"""Which notifications, channels and subscribed browsers."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from accounts.models import User
    from notifications.models import (  # noqa: F401  (named in quotes below)
        Notification,
        NotificationChannel,
        PushSubscription,
    )


class NotificationQuerySet(models.QuerySet["Notification"]):
    def of(self, user: User) -> NotificationQuerySet:
        return self.filter(user=user)

    def unread(self) -> NotificationQuerySet:
        return self.filter(read_at__isnull=True)

    def newest_first(self) -> NotificationQuerySet:
        return self.order_by("-created_at", "-pk")

    def mark_read(self, now: dt.datetime) -> int:
        """How many were unread until now."""
        return self.unread().update(read_at=now, updated_at=now)


class ChannelQuerySet(models.QuerySet["NotificationChannel"]):
    def of(self, user: User) -> ChannelQuerySet:
        return self.filter(user=user)

    def wanting(self, event: str) -> ChannelQuerySet:
        """Those in use that want to hear of this event."""
        return self.filter(Q(events=[]) | Q(events__contains=[event]), enabled=True)


class PushQuerySet(models.QuerySet["PushSubscription"]):
    def of(self, user: User) -> PushQuerySet:
        return self.filter(user=user)

    def at(self, endpoint: str) -> PushQuerySet:
        """The browser with this address."""
        return self.filter(endpoint_hash=self.model.hash_of(endpoint))
