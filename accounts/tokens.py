"""Keys to the API that people make for their scripts: shown once, kept as a hash, for some time and some purpose."""

from __future__ import annotations

import dataclasses
import datetime as dt
import secrets
import uuid
from collections.abc import Collection

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Scope, SessionToken, TokenKind, User
from accounts.rights import Right, may
from accounts.sessions.ending import revoke
from accounts.sessions.store import TOUCH_AFTER, hash_of
from medianest.lib.errors import Cannot
from operations import security
from operations.row_security import at_the_door

PREFIX = "mn_"
"""What every token begins with, so that it is known when it turns up where it should not."""
AT_MOST = 20
LONGEST = dt.timedelta(days=365)
_SHOWN = 8  # characters of it that are kept to know it by


class CannotMakeToken(Cannot):
    """There are too many, or it would allow more than its person may do."""


@dataclasses.dataclass(frozen=True)
class Issued:
    """A new token, and its text, which is told this one time."""

    token: SessionToken
    text: str


@transaction.atomic
def make(
    *, user: User, name: str, scopes: Collection[str], lasts: dt.timedelta, request: HttpRequest | None = None
) -> Issued:
    """A new access token. Raises CannotMakeToken, and ValueError for a life longer than a year."""
    if not dt.timedelta(0) < lasts <= LONGEST:
        raise ValueError(lasts)
    person = User.objects.select_for_update().get(pk=user.pk)  # so that two taps cannot pass the limit
    now = timezone.now()
    if Scope.ADMIN in scopes and not may(person, Right.SEE_EVERYBODYS):
        raise CannotMakeToken(_("Only moderators and administrators can make tokens for their duties."))
    if SessionToken.objects.of(person).for_the_api().live(now).count() >= AT_MOST:
        raise CannotMakeToken(_("You have %(count)s tokens. Revoke one that you do not need.") % {"count": AT_MOST})
    text = PREFIX + secrets.token_urlsafe(32)
    token = SessionToken.objects.create(
        user=person,
        kind=TokenKind.ACCESS,
        name=name,
        token_hash=hash_of(text),
        hint=text[:_SHOWN],
        scopes=sorted(scopes),
        created_at=now,
        expires_at=now + lasts,
    )
    security.record("token.made", request=request, actor=person, about=name, scopes=token.scopes)
    return Issued(token, text)


@transaction.atomic
def end(*, user: User, token_id: uuid.UUID, request: HttpRequest | None = None) -> bool:
    """Revoke one of the person's access tokens. False when there is no such one."""
    chosen = SessionToken.objects.of(user).for_the_api().filter(pk=token_id)
    ended = revoke(chosen.live(timezone.now()))
    if ended:
        security.record("token.revoked", request=request, actor=user, about=str(chosen.get()))
    return bool(ended)


def recognise(text: str) -> SessionToken | None:
    """The good token with this text, with its person; None for all others."""
    now = timezone.now()
    good = SessionToken.objects.for_the_api().live(now).select_related("user")
    with at_the_door():
        token = good.filter(token_hash=hash_of(text)).first()
        if token is None or not token.user.is_active or token.user.requires_password_change:
            return None
        if token.last_used_at is None or now - token.last_used_at > TOUCH_AFTER:
            SessionToken.objects.filter(pk=token.pk).update(last_used_at=now, updated_at=now)
    return token


def allows(token: SessionToken, scope: Scope) -> bool:
    """Whether the token is good for `scope`. Write includes read, admin includes both."""
    rank = list(Scope)
    return any(rank.index(Scope(given)) >= rank.index(scope) for given in token.scopes)
