"""Sign-ins, sessions and tokens for tests, whole but for what a test says otherwise."""

from __future__ import annotations

import datetime as dt
import hashlib
import itertools
import uuid
from typing import Any

from django.utils import timezone

from accounts.models import (
    Account,
    RecoveryCode,
    RefreshToken,
    SecondStep,
    Session,
    SessionToken,
    User,
    VerificationToken,
)

_number = itertools.count(1)
LATER = dt.timedelta(days=1)


def hashed(text: object) -> str:
    return hashlib.sha256(str(text).encode()).hexdigest()


def fresh() -> str:
    return hashed(uuid.uuid4())


def link(user: User, **said: Any) -> Account:
    """An unsaved linked sign-in."""
    return Account(
        user=user, **{"type": "oauth", "provider": "plex", "provider_account_id": str(next(_number)), **said}
    )


def session(user: User | None, **said: Any) -> Session:
    return Session(user=user, **{"session_token": fresh(), "expires": timezone.now() + LATER, **said})


def token(user: User, **said: Any) -> SessionToken:
    plain = {"kind": "access", "name": "Script", "token_hash": fresh(), "scopes": ["read"]}
    return SessionToken(user=user, **{**plain, "expires_at": timezone.now() + LATER, **said})


def device(user: User, **said: Any) -> SessionToken:
    return token(user, **{"kind": "device", "name": "Phone", "scopes": [], **said})


def refresh(of: SessionToken, **said: Any) -> RefreshToken:
    plain = {"token_hash": fresh(), "family": of.pk, "expires_at": timezone.now() + LATER}
    return RefreshToken(session_token=of, **{**plain, **said})


def verification(**said: Any) -> VerificationToken:
    plain = {"identifier": f"{next(_number)}@nest.example", "token": fresh(), "purpose": "verify_email"}
    return VerificationToken(**{**plain, "expires": timezone.now() + LATER, **said})


def second_step(user: User, **said: Any) -> SecondStep:
    return SecondStep(
        user=user, **{"secret": "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", "confirmed_at": timezone.now(), **said}
    )


def recovery_code(of: SecondStep, **said: Any) -> RecoveryCode:
    return RecoveryCode(second_step=of, **{"code_hash": fresh(), **said})
