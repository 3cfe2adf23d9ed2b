"""Ending sessions, and whatever else a person is known by."""

from __future__ import annotations

from functools import partial

from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import RefreshToken, Session, SessionToken, User
from accounts.sessions import store
from medianest.lib import fleeting
from operations.row_security import at_the_door


def end(sessions: QuerySet[Session]) -> int:
    """End these sessions at once; how many there were."""
    with at_the_door():
        hashes = list(sessions.values_list("session_token", flat=True))
        Session.objects.filter(session_token__in=hashes).delete()
    if hashes:
        names = [store.name_in_redis(key_hash) for key_hash in hashes]
        store.after_commit(partial(fleeting.drop, names))
    return len(hashes)


def revoke(tokens: QuerySet[SessionToken]) -> int:
    """Make these tokens worthless, with the sessions that remembered devices began; how many were good until now."""
    now = timezone.now()
    with at_the_door():
        chosen = list(tokens.values_list("pk", flat=True))
        RefreshToken.objects.of_tokens(chosen).revoke(now)
        end(Session.objects.filter(device__in=chosen))
        return SessionToken.objects.filter(pk__in=chosen).revoke(now)


def end_sessions(user: User) -> int:
    """Sign the person out everywhere, remembered devices and access tokens included; how many sessions ended."""
    ended = end(Session.objects.of(user))
    revoke(SessionToken.objects.of(user))
    return ended
