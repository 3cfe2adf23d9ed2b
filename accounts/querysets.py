"""Which people, sign-ins, sessions and tokens."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Lower

from accounts.rights import Right, roles_with

if TYPE_CHECKING:
    from accounts.models import (  # noqa: F401  (named in quotes below)
        Account,
        RecoveryCode,
        RefreshToken,
        SecondStep,
        Session,
        SessionToken,
        User,
        VerificationToken,
    )

KEEP_DELETED_FOR = dt.timedelta(days=30)


class UserQuerySet(models.QuerySet["User"]):
    def present(self) -> UserQuerySet:
        """All but the deleted ones."""
        return self.filter(deleted_at__isnull=True)

    def active(self) -> UserQuerySet:
        return self.filter(status="active")

    def administrators(self) -> UserQuerySet:
        return self.active().filter(role__in=roles_with(Right.ADMINISTER))

    def known_as(self, login: str) -> UserQuerySet:
        """Those whose user name or e-mail is `login`, in whatever case. Deleted people have neither any more."""
        wanted = Lower(Value(login))  # PostgreSQL's lower() on both sides: Python's differs for some letters
        return (
            self.present()
            .annotate(email_lower=Lower("email"), username_lower=Lower("username"))
            .filter(Q(email_lower=wanted) | Q(username_lower=wanted))
        )

    def known_to_plex_as(self, plex_id: int) -> UserQuerySet:
        return self.present().filter(plex_id=plex_id)

    def deleted(self) -> UserQuerySet:
        """Put away, not purged."""
        return self.filter(deleted_at__isnull=False)

    def due_for_purging(self, now: dt.datetime) -> UserQuerySet:
        """Put away so long ago that nobody will want them back."""
        return self.filter(deleted_at__lt=now - KEEP_DELETED_FOR)


class AccountQuerySet(models.QuerySet["Account"]):
    def of(self, user: User) -> AccountQuerySet:
        return self.filter(user=user)

    def at(self, provider: str, provider_account_id: str) -> AccountQuerySet:
        """The sign-in with this number at this provider."""
        return self.filter(provider=provider, provider_account_id=provider_account_id)


class SessionQuerySet(models.QuerySet["Session"]):
    def of(self, user: User) -> SessionQuerySet:
        return self.filter(user=user)

    def live(self, now: dt.datetime) -> SessionQuerySet:
        return self.filter(expires__gt=now)

    def expired(self, now: dt.datetime) -> SessionQuerySet:
        return self.filter(expires__lte=now)

    def last_used_first(self) -> SessionQuerySet:
        return self.order_by("-last_used_at", "-pk")


class TokenQuerySet(models.QuerySet["SessionToken"]):
    def of(self, user: User) -> TokenQuerySet:
        return self.filter(user=user)

    def devices(self) -> TokenQuerySet:
        return self.filter(kind="device")

    def for_the_api(self) -> TokenQuerySet:
        return self.filter(kind="access")

    def live(self, now: dt.datetime) -> TokenQuerySet:
        """Neither revoked nor expired."""
        return self.filter(revoked_at__isnull=True, expires_at__gt=now)

    def over(self, before: dt.datetime) -> TokenQuerySet:
        """Expired before that."""
        return self.filter(expires_at__lt=before)

    def revoke(self, now: dt.datetime) -> int:
        """How many were not revoked until now."""
        return self.filter(revoked_at__isnull=True).update(revoked_at=now, updated_at=now)


class RefreshTokenQuerySet(models.QuerySet["RefreshToken"]):
    def of_family(self, family: uuid.UUID) -> RefreshTokenQuerySet:
        return self.filter(family=family)

    def of_tokens(self, tokens: Iterable[uuid.UUID]) -> RefreshTokenQuerySet:
        return self.filter(session_token__in=list(tokens))

    def unused(self) -> RefreshTokenQuerySet:
        return self.filter(used_at__isnull=True, revoked_at__isnull=True)

    def revoke(self, now: dt.datetime) -> int:
        return self.filter(revoked_at__isnull=True).update(revoked_at=now)


class VerificationQuerySet(models.QuerySet["VerificationToken"]):
    def for_(self, identifier: str, purpose: str) -> VerificationQuerySet:
        return self.filter(identifier=identifier, purpose=purpose)

    def live(self, now: dt.datetime) -> VerificationQuerySet:
        return self.filter(expires__gt=now)

    def expired(self, now: dt.datetime) -> VerificationQuerySet:
        return self.filter(expires__lte=now)


class SecondStepQuerySet(models.QuerySet["SecondStep"]):
    def in_force(self) -> SecondStepQuerySet:
        """Set up to the end: a code was given."""
        return self.filter(confirmed_at__isnull=False)


class RecoveryCodeQuerySet(models.QuerySet["RecoveryCode"]):
    def unused(self) -> RecoveryCodeQuerySet:
        return self.filter(used_at__isnull=True)
