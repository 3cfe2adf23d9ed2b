"""What MediaNest gives out to be known by later: remembered devices and keys to the API. Only hashes are kept."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.sessions import HASH_SHAPE
from accounts.querysets import RefreshTokenQuerySet, TokenQuerySet
from medianest.lib.row_policies import RowSecurity, own_rows, with_parent
from operations.audit import audited, untold


class TokenKind(models.TextChoices):
    DEVICE = "device", _("remembered device")
    ACCESS = "access", _("access token")


class Scope(models.TextChoices):
    """What an access token allows, within what its person may do. Write includes read, admin includes both."""

    READ = "read", _("look at everything you can see")
    WRITE = "write", _("request, download, keep lists for you")
    ADMIN = "admin", _("do what only you as moderator or administrator may")


@audited(exclude=["token_hash", "hint", "expires_at"], personal=["name"])
class SessionToken(models.Model):
    """A device that stays signed in, or a key to the API, until it expires or is revoked.

    `token_hash` is the SHA-256, in hex, of a random text that was shown or set as a cookie once; `hint` is how that
    text begins, so that people know which it was. A device's changing half is in `RefreshToken`.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="session_tokens", db_index=False
    )
    kind = models.CharField(_("kind"), max_length=6, choices=TokenKind)
    name = models.CharField(_("name"), max_length=80)
    token_hash = models.CharField(_("hash of the token"), max_length=64, editable=False)
    hint = models.CharField(_("begins with"), max_length=12, blank=True)
    scopes = ArrayField(
        models.CharField(max_length=10, choices=Scope), verbose_name=_("allows"), default=list, blank=True
    )
    expires_at = models.DateTimeField(_("expires"))
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    created_at = models.DateTimeField(_("given out"), default=timezone.now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    objects = TokenQuerySet.as_manager()

    class Meta:
        db_table = "session_tokens"
        verbose_name = _("token")
        verbose_name_plural = _("tokens")
        indexes = [
            models.Index(fields=["user", "expires_at"], name="session_tokens_user_expires"),
            models.Index(fields=["expires_at"], name="session_tokens_expires"),
            models.Index(fields=["-created_at"], name="session_tokens_created"),
        ]
        constraints = [
            # The look-up of each API call. A hash index beside it would find the same row no faster and cost twice.
            # Serves the look-up too: a hash index could not be unique, and would find the same row at twice the upkeep.
            models.UniqueConstraint(
                fields=["token_hash"],
                name="session_tokens_hash_unique",
                violation_error_message=_("There is such a token already."),
            ),
            models.CheckConstraint(
                condition=Q(token_hash__regex=HASH_SHAPE),
                name="session_tokens_is_hash",
                violation_error_message=_("Only the hash of a token is stored."),
            ),
            models.CheckConstraint(
                condition=Q(kind__in=TokenKind.values),
                name="session_tokens_kind_known",
                violation_error_message=_("Choose one of the kinds."),
            ),
            models.CheckConstraint(
                condition=~Q(name=""),
                name="session_tokens_has_name",
                violation_error_message=_("Give the token a name, so that you know it again."),
            ),
            models.CheckConstraint(
                condition=(Q(kind=TokenKind.DEVICE) & Q(scopes=[]))
                | (Q(kind=TokenKind.ACCESS) & ~Q(scopes=[]) & Q(scopes__contained_by=Scope.values)),
                name="session_tokens_scopes_known",
                violation_error_message=_("Choose what the token allows."),
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at")),
                name="session_tokens_expires_later",
                violation_error_message=_("Choose an expiry in the future."),
            ),
            own_rows("session_tokens_own_rows"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def says_scopes(self) -> str:
        """What it allows, in words."""
        return ", ".join(str(Scope(scope).label) for scope in self.scopes)


@untold("Each is used once; security events tell of one that was used twice.")
class RefreshToken(models.Model):
    """One link in a remembered device's chain: used once, and followed by the next.

    `family` is the same along the chain. A link that is used a second time was copied: the family ends with it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    session_token = models.ForeignKey(SessionToken, on_delete=models.CASCADE, related_name="refresh_tokens")
    token_hash = models.CharField(_("hash of the token"), max_length=64, editable=False)
    family = models.UUIDField(_("family"), db_index=True)
    expires_at = models.DateTimeField(_("expires"))
    used_at = models.DateTimeField(_("used"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    created_at = models.DateTimeField(_("given out"), default=timezone.now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    objects = RefreshTokenQuerySet.as_manager()

    class Meta:
        db_table = "refresh_tokens"
        verbose_name = _("refresh token")
        verbose_name_plural = _("refresh tokens")
        indexes = [
            models.Index(fields=["-created_at"], name="refresh_tokens_created"),
            models.Index(fields=["expires_at"], name="refresh_tokens_expires"),
        ]
        constraints = [
            # Serves the look-up too: a hash index could not be unique, and would find the same row at twice the upkeep.
            models.UniqueConstraint(
                fields=["token_hash"],
                name="refresh_tokens_hash_unique",
                violation_error_message=_("There is such a token already."),
            ),
            models.CheckConstraint(
                condition=Q(token_hash__regex=HASH_SHAPE),
                name="refresh_tokens_is_hash",
                violation_error_message=_("Only the hash of a token is stored."),
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at")),
                name="refresh_tokens_expires_later",
                violation_error_message=_("A token must expire after it is given out."),
            ),
            RowSecurity(name="refresh_tokens_rows", see=with_parent("session_token_id", "session_tokens")),
        ]

    def __str__(self) -> str:
        return f"{self.session_token}: {self.created_at:%Y-%m-%d %H:%M}"
