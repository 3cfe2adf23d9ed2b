"""What notifications keep about a person."""

from __future__ import annotations

from medianest.lib.personal_data import export
from notifications.models import Notification, NotificationChannel, PushSubscription

export(Notification, "notifications", "user", leave_out={"dedupe_key": "A mark of ours that keeps out doubles."})
export(NotificationChannel, "notification-channels", "user")
export(
    PushSubscription,
    "push-subscriptions",
    "user",
    leave_out={"endpoint_hash": "A mark of ours.", "p256dh": "A browser's key: of use to nobody but it."},
)
