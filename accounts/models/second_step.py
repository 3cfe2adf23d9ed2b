"""What people prove themselves with beside a password: codes from an app, and spare ones on paper."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.sessions import HASH_SHAPE
from accounts.querysets import RecoveryCodeQuerySet, SecondStepQuerySet
from medianest.lib.crypto import EncryptedTextField
from medianest.lib.row_policies import RowSecurity, own_rows, with_parent
from operations.audit import audited, untold


@audited(exclude=["last_slot"])
class SecondStep(models.Model):
    """The secret that a person's app makes codes from. In force once a code of it was given (`confirmed_at`).

    `last_slot` is the half minute, counted since 1970, of the newest code that was accepted: no older one is again.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="second_step")
    secret = EncryptedTextField(_("secret"), editable=False)
    confirmed_at = models.DateTimeField(_("in force since"), null=True, blank=True)
    last_slot = models.BigIntegerField(_("newest code"), null=True, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = SecondStepQuerySet.as_manager()

    class Meta:
        db_table = "second_steps"
        verbose_name = _("second step")
        verbose_name_plural = _("second steps")
        constraints = [
            models.CheckConstraint(
                condition=Q(last_slot__isnull=True) | Q(confirmed_at__isnull=False, last_slot__gte=0),
                name="second_steps_slot_after_confirming",
                violation_error_message=_("Codes are counted once the second step is in force."),
            ),
            own_rows("second_steps_own_rows"),
        ]

    def __str__(self) -> str:
        return str(self.user)


@untold("Each works once; security events tell when.")
class RecoveryCode(models.Model):
    """A spare code for whoever lost the app. It was shown once; `code_hash` is its SHA-256, in hex."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    second_step = models.ForeignKey(SecondStep, on_delete=models.CASCADE, related_name="recovery_codes", db_index=False)
    code_hash = models.CharField(_("hash of the code"), max_length=64, editable=False)
    used_at = models.DateTimeField(_("used"), null=True, blank=True)
    created_at = models.DateTimeField(_("given out"), default=timezone.now, editable=False)

    objects = RecoveryCodeQuerySet.as_manager()

    class Meta:
        db_table = "recovery_codes"
        verbose_name = _("recovery code")
        verbose_name_plural = _("recovery codes")
        constraints = [
            models.UniqueConstraint(
                fields=["second_step", "code_hash"],
                name="recovery_codes_unique",
                violation_error_message=_("There is such a code already."),
            ),
            models.CheckConstraint(
                condition=Q(code_hash__regex=HASH_SHAPE),
                name="recovery_codes_is_hash",
                violation_error_message=_("Only the hash of a code is stored."),
            ),
            RowSecurity(name="recovery_codes_rows", see=with_parent("second_step_id", "second_steps")),
        ]

    def __str__(self) -> str:
        return f"{self.second_step}: {self.created_at:%Y-%m-%d}"
