"""Notifications in the admin: that people are told and reached. Addresses and keys are not shown."""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from medianest.lib.crypto import EncryptedTextField
from notifications.models import Notification, NotificationChannel, PushSubscription
from operations.admin import LookOnly


@admin.register(Notification)
class NotificationAdmin(LookOnly):
    list_display = ["created_at", "user", "event", "level", "title", "read_at"]
    list_filter = ["level", ("read_at", admin.EmptyFieldListFilter), "event"]
    list_select_related = ["user"]
    search_fields = ["title", "event", "user__username", "user__name"]
    date_hierarchy = "created_at"


@admin.register(NotificationChannel)
class NotificationChannelAdmin(LookOnly):
    list_display = ["name", "user", "kind", "enabled", "address_state", "verified_at", "failures", "failure_reason"]
    list_filter = ["kind", "enabled"]
    list_select_related = ["user"]
    search_fields = ["name", "user__username", "user__name"]
    exclude = ["address"]
    readonly_fields = ["address_state"]

    @admin.display(description=gettext_lazy("address"))
    def address_state(self, channel: NotificationChannel) -> str:
        field: EncryptedTextField = NotificationChannel._meta.get_field("address")
        if not field.is_set(channel):
            return _("none")
        if not field.opens(channel):
            return _("cannot be read: its owner has to enter it again")
        return _("stored, with encryption key “%(id)s”") % {"id": field.key_id(channel)}


@admin.register(PushSubscription)
class PushSubscriptionAdmin(LookOnly):
    list_display = ["user", "user_agent", "created_at", "last_used_at", "failed_at"]
    list_filter = [("failed_at", admin.EmptyFieldListFilter)]
    list_select_related = ["user"]
    search_fields = ["user__username", "user__name", "user_agent"]
    exclude = ["endpoint", "endpoint_hash", "p256dh", "auth"]
