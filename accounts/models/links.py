"""The accounts people sign in with."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.querysets import AccountQuerySet
from medianest.lib.crypto import EncryptedTextField
from medianest.lib.row_policies import own_rows
from operations.audit import audited


class LinkType(models.TextChoices):
    OAUTH = "oauth", _("through another service")
    CREDENTIALS = "credentials", _("by password")


class Provider(models.TextChoices):
    PLEX = "plex", _("Plex")
    LOCAL = "local", _("MediaNest")


@audited(exclude=["session_state", "expires_at", "token_type"], personal=["provider_account_id"])
class Account(models.Model):
    """A way in: this person is who that provider knows under that number. Goes when the person is deleted.

    Tokens are the provider's, bound to this row and never shown; `expires_at` is the access token's.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="accounts")
    type = models.CharField(_("type"), max_length=11, choices=LinkType)
    provider = models.CharField(_("provider"), max_length=10, choices=Provider)
    provider_account_id = models.CharField(_("number at the provider"), max_length=100)
    access_token = EncryptedTextField(_("access token"), blank=True, default="", editable=False)
    refresh_token = EncryptedTextField(_("refresh token"), blank=True, default="", editable=False)
    id_token = EncryptedTextField(_("identity token"), blank=True, default="", editable=False)
    expires_at = models.DateTimeField(_("token expires"), null=True, blank=True)
    token_type = models.CharField(_("token type"), max_length=20, blank=True)
    scope = models.CharField(_("scope"), max_length=300, blank=True)
    session_state = models.CharField(_("session state"), max_length=200, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    objects = AccountQuerySet.as_manager()

    class Meta:
        db_table = "accounts"
        verbose_name = _("linked sign-in")
        verbose_name_plural = _("linked sign-ins")
        indexes = [models.Index(fields=["-created_at"], name="accounts_created")]
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "provider_account_id"],
                name="accounts_one_per_provider_id",
                violation_error_message=_("Someone signs in with this account already."),
            ),
            models.CheckConstraint(
                condition=Q(type__in=LinkType.values),
                name="accounts_type_known",
                violation_error_message=_("Choose one of the types."),
            ),
            models.CheckConstraint(
                condition=Q(provider__in=Provider.values),
                name="accounts_provider_known",
                violation_error_message=_("Choose one of the providers."),
            ),
            models.CheckConstraint(
                condition=~Q(provider_account_id=""),
                name="accounts_has_provider_id",
                violation_error_message=_("Give the number the provider knows the person by."),
            ),
            models.CheckConstraint(
                condition=Q(expires_at__isnull=True) | Q(expires_at__gt=F("created_at")),
                name="accounts_expires_later",
                violation_error_message=_("The token must expire after it was stored."),
            ),
            own_rows("accounts_own_rows"),
        ]

    def __str__(self) -> str:
        return f"{self.get_provider_display()} {self.provider_account_id}"
