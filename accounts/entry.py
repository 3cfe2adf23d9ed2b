"""The door: local sign-in, throttled by account and by address, and written down."""

from __future__ import annotations

from django.contrib.auth import authenticate, login, logout
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from accounts.sessions import devices
from medianest.lib import throttle
from medianest.lib.errors import Cannot
from operations import security

WINDOW = 15 * 60  # seconds
TRIES_FOR_ACCOUNT = 10
TRIES_FROM_ADDRESS = 60  # a whole household may share one


class CannotSignIn(Cannot):
    """The user name and the password do not belong together. Which of them is wrong is not told."""


class TooManyTries(Cannot):
    """No more tries for `retry_after` seconds."""

    def __init__(self, retry_after: int) -> None:
        minutes = -(-retry_after // 60)
        super().__init__(
            ngettext(
                "Too many tries. Wait a minute, then try again.",
                "Too many tries. Wait %(minutes)s minutes, then try again.",
                minutes,
            )
            % {"minutes": minutes}
        )
        self.retry_after = retry_after


def sign_in(request: HttpRequest, *, username: str, password: str, remember: bool = False) -> User:
    """Sign the person in under a new session key; with `remember` for as long as the device is used. Raises CannotSignIn or TooManyTries."""
    account = f"sign-in:account:{username.lower()}"
    address = f"sign-in:address:{request.META.get('REMOTE_ADDR', '')}"
    _count(request, username, (address, TRIES_FROM_ADDRESS))
    _count(request, username, (account, TRIES_FOR_ACCOUNT))
    user = authenticate(request, username=username, password=password)
    if not isinstance(user, User):
        security.record("sign_in.failed", request=request, about=_shown(username))
        raise CannotSignIn(_("The user name or the password is not right."))
    throttle.forget(account)
    throttle.give_back(address)  # not forgotten: whoever has an account here could else guess at others without end
    devices.forget(request)
    login(request, user)
    if remember:
        devices.remember(request, user)
    security.record("sign_in", request=request, actor=user, about=user.username)
    return user


def sign_out(request: HttpRequest) -> None:
    """End this session; nothing happens to somebody who is not signed in."""
    if request.user.is_authenticated:
        security.record("sign_out", request=request, about=request.user.username)
        devices.forget(request)
    logout(request)


def count_password_try(request: HttpRequest, user: User) -> None:
    """Count a try at one's current password. Raises TooManyTries."""
    _count(request, user.username, (_password_key(user), TRIES_FOR_ACCOUNT))


def forget_password_tries(user: User) -> None:
    throttle.forget(_password_key(user))


def _password_key(user: User) -> str:
    return f"password:{user.pk}"


def _count(request: HttpRequest, username: str, window: tuple[str, int]) -> None:
    key, limit = window
    verdict = throttle.hit(key, limit, WINDOW)
    if verdict.allowed:
        return
    if throttle.hit(f"noted:{key}", 1, WINDOW).allowed:  # once: whoever goes on trying shall not fill the table
        security.record("sign_in.throttled", request=request, about=_shown(username))
    raise TooManyTries(verdict.retry_after)


def _shown(username: str) -> str:
    """What is written down of a name that may be anything, even a password typed into the wrong field."""
    known = User.objects.known_as(username).first()
    return known.username if known else "(unknown)"
