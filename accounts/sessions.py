"""Ending a person's sessions."""

from __future__ import annotations

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.cached_db import SessionStore
from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts.models import User


def end_sessions(user: User) -> int:
    """Sign the person out everywhere; how many sessions ended.

    Sessions do not name their person in a column, so all live ones are read; this happens when somebody is
    suspended, which is rare.
    """
    wanted = str(user.pk)
    ended = 0
    for row in Session.objects.filter(expire_date__gt=timezone.now()).iterator(chunk_size=500):
        if row.get_decoded().get(SESSION_KEY) == wanted:
            SessionStore(row.session_key).delete()
            ended += 1
    return ended
