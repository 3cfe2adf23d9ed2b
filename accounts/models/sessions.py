"""Browsers that are at work with MediaNest."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.querysets import SessionQuerySet
from medianest.lib.row_policies import own_rows
from operations.audit import untold

HASH_SHAPE = r"^[0-9a-f]{64}$"


@untold("Come and go with every visit; security events tell of signing in and out.")
class Session(models.Model):
    """One browser's session. Its key stands in the browser's cookie; here is only the key's SHA-256, in hex.

    `user` is empty before signing in. `expires` slides with use; `device` is the remembered device that began it.
    `data` is Django's signed text. `last_used_at` is written once in a while, not at each request.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    session_token = models.CharField(_("hash of the key"), max_length=64, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="sessions",
        db_index=False,
    )
    device = models.ForeignKey(
        "accounts.SessionToken", null=True, blank=True, on_delete=models.SET_NULL, related_name="sessions"
    )
    data = models.TextField(editable=False, blank=True)
    expires = models.DateTimeField(_("expires"))
    ip = models.GenericIPAddressField(_("address"), null=True, blank=True)
    user_agent = models.CharField(_("browser"), max_length=300, blank=True)
    last_used_at = models.DateTimeField(_("last used"), default=timezone.now)
    created_at = models.DateTimeField(_("begun"), default=timezone.now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    objects = SessionQuerySet.as_manager()

    class Meta:
        db_table = "sessions"
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        indexes = [
            models.Index(fields=["user", "-last_used_at", "-id"], name="sessions_user_used"),
            models.Index(fields=["-last_used_at", "-id"], name="sessions_used"),
            models.Index(fields=["expires"], name="sessions_expires"),
        ]
        constraints = [
            # The look-up of each request. A hash index beside it would find the same row no faster and cost twice.
            models.UniqueConstraint(
                fields=["session_token"],
                name="sessions_token_unique",
                violation_error_message=_("There is such a session already."),
            ),
            models.CheckConstraint(
                condition=Q(session_token__regex=HASH_SHAPE),
                name="sessions_token_is_hash",
                violation_error_message=_("Only the hash of a session's key is stored."),
            ),
            models.CheckConstraint(
                condition=Q(expires__gt=F("created_at")),
                name="sessions_expires_later",
                violation_error_message=_("A session must expire after it begins."),
            ),
            own_rows("sessions_own_rows"),
        ]

    def __str__(self) -> str:
        return f"{self.user or _('nobody')}, {self.ip or '–'}"  # noqa: RUF001  (a dash is what is meant)
