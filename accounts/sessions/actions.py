"""What people do about their devices."""

from __future__ import annotations

import uuid

from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest

from accounts.models import Session, SessionToken, User
from accounts.sessions.ending import end, revoke
from accounts.sessions.store import hash_of
from operations import security


@transaction.atomic
def end_device(*, user: User, device_id: uuid.UUID, request: HttpRequest | None = None) -> bool:
    """Sign one device out and forget it: a remembered device's id, or a session's. False when it is gone already."""
    ended = revoke(SessionToken.objects.of(user).devices().filter(pk=device_id, revoked_at__isnull=True))
    ended += end(Session.objects.of(user).filter(Q(pk=device_id) | Q(device=device_id)))
    if ended:
        security.record("device.ended", request=request, actor=user, about=str(device_id))
    return bool(ended)


@transaction.atomic
def end_other_devices(*, user: User, session_key: str, request: HttpRequest | None = None) -> int:
    """Sign out and forget every device but the one with this session; how many sessions ended."""
    this = Session.objects.of(user).filter(session_token=hash_of(session_key)).first()
    spared = Q(pk=this.device_id) if this and this.device_id else Q(pk__in=())
    ended = end(Session.objects.of(user).exclude(session_token=hash_of(session_key)))
    revoke(SessionToken.objects.of(user).devices().exclude(spared))
    security.record("device.ended_others", request=request, actor=user, about=user.username, sessions=ended)
    return ended
