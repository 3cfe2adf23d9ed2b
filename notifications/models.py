"""What MediaNest tells people, and the ways it reaches them."""

from __future__ import annotations

import hashlib
import uuid
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from medianest.lib.crypto import EncryptedTextField
from medianest.lib.json_schema import SchemaJSONField
from medianest.lib.row_policies import own_rows
from notifications.querysets import ChannelQuerySet, NotificationQuerySet, PushQuerySet
from notifications.shapes import EVENT_SHAPE
from operations.audit import audited, untold

CHANNEL_CONFIG: dict[str, Any] = {
    "description": "settings of one channel, by name; its address and keys are kept apart, encrypted",
    "type": "object",
    "maxProperties": 30,
    "additionalProperties": {
        "type": ["string", "integer", "number", "boolean", "array"],
        "maxLength": 500,
        "maxItems": 50,
        "items": {"type": ["string", "integer"]},
    },
}


class Level(models.TextChoices):
    """How it should look."""

    INFO = "info", _("news")
    GOOD = "good", _("good news")
    WARN = "warn", _("warning")
    BAD = "bad", _("bad news")


@untold("Written by MediaNest and read; what people decide about them are their channels.")
class Notification(models.Model):
    """Something a person is told once. `url` leads to the page it is about; unread until `read_at`.

    `dedupe_key` names the occasion: telling of it twice makes one row.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notifications", db_index=False
    )
    event = models.CharField(_("event"), max_length=60)
    level = models.CharField(_("level"), max_length=4, choices=Level, default=Level.INFO)
    title = models.CharField(_("title"), max_length=200)
    body = models.CharField(_("text"), max_length=1000, blank=True)
    url = models.CharField(_("page"), max_length=300, blank=True)
    dedupe_key = models.CharField(_("occasion"), max_length=150, blank=True)
    read_at = models.DateTimeField(_("read"), null=True, blank=True)
    created_at = models.DateTimeField(_("told"), default=timezone.now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        db_table = "notifications"
        ordering = ["-created_at"]
        indexes = [
            models.Index(fields=["user", "read_at", "-created_at"], name="notifications_user_read"),
            models.Index(fields=["user", "-created_at", "-id"], name="notifications_user_created"),
            models.Index(fields=["-created_at"], name="notifications_created"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "dedupe_key"],
                condition=~Q(dedupe_key=""),
                name="notifications_told_once",
                violation_error_message=_("This person was told already."),
            ),
            models.CheckConstraint(
                condition=Q(event__regex=EVENT_SHAPE),
                name="notifications_event_shape",
                violation_error_message=_("Name the event as app.event, in small letters."),
            ),
            models.CheckConstraint(
                condition=Q(level__in=Level.values),
                name="notifications_level_known",
                violation_error_message=_("Choose one of the levels."),
            ),
            models.CheckConstraint(
                condition=Q(url="") | Q(url__regex=r"^/([^/\\]|$)"),
                name="notifications_url_is_ours",
                violation_error_message=_("Lead to a page of MediaNest: begin with one slash."),
            ),
            own_rows("notifications_own_rows"),
        ]

    def __str__(self) -> str:
        return self.title


@audited(exclude=["failures", "failure_reason", "failed_at"], personal=["name", "config"])
class NotificationChannel(models.Model):
    """A way to reach a person outside MediaNest, and what they want to hear there.

    `kind` names a file in notifications/channels. The address (a webhook, a topic, a mailbox) can be as good as a
    key, so it is encrypted and never shown again. Without `events` everything is sent.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notification_channels", db_index=False
    )
    kind = models.CharField(_("kind"), max_length=40)
    name = models.CharField(_("name"), max_length=80)
    address = EncryptedTextField(_("address"), blank=True, default="")
    config = SchemaJSONField(_("settings"), schema=CHANNEL_CONFIG, default=dict, blank=True)
    events = ArrayField(models.CharField(max_length=60), verbose_name=_("events"), default=list, blank=True)
    enabled = models.BooleanField(_("in use"), default=True)
    verified_at = models.DateTimeField(_("tried"), null=True, blank=True)
    failures = models.PositiveIntegerField(_("failures in a row"), default=0)
    failure_reason = models.CharField(_("last failure"), max_length=300, blank=True)
    failed_at = models.DateTimeField(_("failed"), null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = ChannelQuerySet.as_manager()

    class Meta:
        db_table = "notification_channels"
        verbose_name = _("channel")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "name"],
                name="channels_name_unique",
                violation_error_message=_("You have a channel of this name; choose another name."),
            ),
            models.CheckConstraint(
                condition=Q(kind__regex=r"^[a-z][a-z0-9_]*$"),
                name="channels_kind_shape",
                violation_error_message=_("Choose a kind of channel."),
            ),
            models.CheckConstraint(
                condition=~Q(name=""),
                name="channels_has_name",
                violation_error_message=_("Give the channel a name."),
            ),
            own_rows("channels_own_rows"),
        ]

    def __str__(self) -> str:
        return self.name


@audited(exclude=["endpoint_hash", "p256dh", "failed_at"], personal=["user_agent"])
class PushSubscription(models.Model):
    """A browser that agreed to receive notifications. Whoever knows the address could send to it: it is encrypted.

    `endpoint_hash` (SHA-256) finds a browser again without opening its address; its unique rule's btree serves for that,
    and a hash index beside it would only cost.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="push_subscriptions")
    endpoint = EncryptedTextField(_("address"))
    endpoint_hash = models.CharField(
        max_length=64,
        unique=True,
        editable=False,
        error_messages={"unique": _("This browser is subscribed already.")},
    )
    p256dh = models.CharField(_("public key"), max_length=120)
    auth = EncryptedTextField(_("secret"))
    user_agent = models.CharField(_("browser"), max_length=300, blank=True)
    last_used_at = models.DateTimeField(_("last sent"), null=True, blank=True)
    failed_at = models.DateTimeField(_("refused"), null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = PushQuerySet.as_manager()

    class Meta:
        db_table = "push_subscriptions"
        verbose_name = _("subscribed browser")
        verbose_name_plural = _("subscribed browsers")
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(endpoint_hash__regex=r"^[0-9a-f]{64}$"),
                name="push_endpoint_is_hashed",
                violation_error_message=_("Only the address's SHA-256 may be kept beside it."),
            ),
            own_rows("push_own_rows"),
        ]

    def __str__(self) -> str:
        return self.user_agent or str(self.pk)

    @staticmethod
    def hash_of(endpoint: str) -> str:
        """What `endpoint_hash` holds for this address."""
        return hashlib.sha256(endpoint.encode()).hexdigest()
