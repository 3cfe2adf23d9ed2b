"""What the page of devices shows."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid

from django.utils import timezone

from accounts.models import Session, SessionToken, User
from accounts.sessions.store import hash_of
from medianest.lib import browsers

_AT_MOST = 100


@dataclasses.dataclass(frozen=True)
class Device:
    """A browser that is signed in, or may come back by itself until `remembered_until`.

    `id` is the remembered device's, or else the session's.
    """

    id: uuid.UUID
    name: str
    is_handheld: bool
    address: str | None
    last_used_at: dt.datetime
    since: dt.datetime
    remembered_until: dt.datetime | None
    is_this: bool


def devices_of(user: User, session_key: str | None) -> list[Device]:
    """The person's devices, this one first, then by last use; a remembered one once, whatever number of sessions."""
    now = timezone.now()
    mine = hash_of(session_key or "")
    found: dict[uuid.UUID, Device] = {}
    for session in Session.objects.of(user).live(now).select_related("device").last_used_first()[:_AT_MOST]:
        device = _of_session(session, is_this=session.session_token == mine)
        if device.id not in found or device.is_this:
            found[device.id] = device
    for token in SessionToken.objects.of(user).devices().live(now).order_by("-last_used_at", "pk")[:_AT_MOST]:
        found.setdefault(token.pk, _at_rest(token))
    return sorted(found.values(), key=lambda device: (not device.is_this, -device.last_used_at.timestamp()))


def _of_session(session: Session, *, is_this: bool) -> Device:
    token = session.device
    return Device(
        id=token.pk if token else session.pk,
        name=browsers.name_of(session.user_agent),
        is_handheld=browsers.is_handheld(session.user_agent),
        address=session.ip,
        last_used_at=session.last_used_at,
        since=token.created_at if token else session.created_at,
        remembered_until=token.expires_at if token and token.revoked_at is None else None,
        is_this=is_this,
    )


def _at_rest(token: SessionToken) -> Device:
    """One that has no session just now."""
    return Device(
        id=token.pk,
        name=token.name,
        is_handheld=False,
        address=None,
        last_used_at=token.last_used_at or token.created_at,
        since=token.created_at,
        remembered_until=token.expires_at,
        is_this=False,
    )
