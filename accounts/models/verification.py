"""Proofs sent to people: that an address is theirs, that they may set a new password."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.sessions import HASH_SHAPE
from accounts.querysets import VerificationQuerySet
from medianest.lib.row_policies import NOBODY, RowSecurity
from operations.audit import untold


class Purpose(models.TextChoices):
    VERIFY_EMAIL = "verify_email", _("confirm an e-mail address")
    RESET_PASSWORD = "reset_password", _("set a new password")


@untold("Works once and goes; security events tell what it was used for.")
class VerificationToken(models.Model):
    """A link that was sent out and works once. Using it deletes the row.

    `identifier` is whom it was sent to: an e-mail address in small letters, or a person's id. `token` is the
    SHA-256, in hex, of what the link holds.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    identifier = models.CharField(_("sent to"), max_length=254)
    token = models.CharField(_("hash of the token"), max_length=64, editable=False)
    purpose = models.CharField(_("purpose"), max_length=14, choices=Purpose)
    expires = models.DateTimeField(_("expires"))
    created_at = models.DateTimeField(_("sent"), default=timezone.now, editable=False)

    objects = VerificationQuerySet.as_manager()

    class Meta:
        db_table = "verification_tokens"
        verbose_name = _("sent link")
        verbose_name_plural = _("sent links")
        indexes = [
            models.Index(fields=["expires"], name="verification_expires"),
            models.Index(fields=["-created_at"], name="verification_created"),
        ]
        constraints = [
            # Serves the look-up too, which names both; a hash index could neither be unique nor hold two columns.
            models.UniqueConstraint(
                fields=["identifier", "token"],
                name="verification_token_unique",
                violation_error_message=_("There is such a link already."),
            ),
            models.CheckConstraint(
                condition=Q(token__regex=HASH_SHAPE),
                name="verification_token_is_hash",
                violation_error_message=_("Only the hash of a link is stored."),
            ),
            models.CheckConstraint(
                condition=Q(purpose__in=Purpose.values),
                name="verification_purpose_known",
                violation_error_message=_("Choose one of the purposes."),
            ),
            models.CheckConstraint(
                condition=~Q(identifier=""),
                name="verification_has_identifier",
                violation_error_message=_("Say whom the link is for."),
            ),
            models.CheckConstraint(
                condition=Q(expires__gt=F("created_at")),
                name="verification_expires_later",
                violation_error_message=_("A link must expire after it is sent."),
            ),
            RowSecurity(name="verification_rows", see=NOBODY),  # looked up at the door only
        ]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()}: {self.identifier}"
