"""Between the password and the code: what the browser's session knows of whoever gave the right password."""

from __future__ import annotations

import time

from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

from accounts.models import User
from accounts.second_step import proving

LASTS = 10 * 60  # seconds
_KEY = "second_step"


def begin(request: HttpRequest, user: User, *, remember: bool = False) -> None:
    """Note that this browser gave the person's password, under a new session key; nobody is signed in yet."""
    request.session.cycle_key()  # whoever planted the old one would else come in with the code of another
    request.session[_KEY] = {
        "person": str(user.pk),
        "fits": user.get_session_auth_hash(),
        "since": int(time.time()),
        "remember": remember,
    }


def person(request: HttpRequest) -> User | None:
    """Who is half-way in; None when nobody is, it took too long, or the password or the person changed meanwhile."""
    noted = request.session.get(_KEY)
    if not noted or time.time() - noted["since"] > LASTS:
        return None
    user = User.objects.active().filter(pk=noted["person"]).first()
    if user is None or not constant_time_compare(user.get_session_auth_hash(), noted["fits"]):
        return None
    return user if proving.is_asked(user) else None


def wants_to_be_remembered(request: HttpRequest) -> bool:
    return bool(request.session.get(_KEY, {}).get("remember"))


def forget(request: HttpRequest) -> None:
    request.session.pop(_KEY, None)
