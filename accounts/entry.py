"""The door: local sign-in, throttled by account and by address, and written down."""

from __future__ import annotations

from django.contrib.auth import authenticate, login, logout
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.second_step import pending, proving
from accounts.sessions import devices
from accounts.tries import TooManyTries
from medianest.lib import throttle
from medianest.lib.errors import Cannot
from operations import security

WINDOW = 15 * 60  # seconds
TRIES_FOR_ACCOUNT = 10
BACKEND = "accounts.backends.LocalBackend"
TRIES_FROM_ADDRESS = 60  # a whole household may share one


class CannotSignIn(Cannot):
    """The user name and the password do not belong together. Which of them is wrong is not told."""


def sign_in(request: HttpRequest, *, username: str, password: str, remember: bool = False) -> User | None:
    """Sign the person in under a new session key; with `remember` for as long as the device is used.

    None when a code is asked for next (`take_second_step`).

    Raises CannotSignIn or TooManyTries.
    """
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
    if proving.is_asked(user):
        pending.begin(request, user, remember=remember)
        return None
    return _come_in(request, user, remember=remember)


def take_second_step(request: HttpRequest, user: User, *, code: str) -> User:
    """Sign in whoever is half-way in (`pending.person`), by their code. Raises WrongCode or TooManyTries."""
    proving.prove(user, code, request=request)
    remember = pending.wants_to_be_remembered(request)
    pending.forget(request)
    return _come_in(request, user, remember=remember, second_step=True)


def _come_in(request: HttpRequest, user: User, *, remember: bool, **how: object) -> User:
    devices.forget(request)
    login(request, user, backend=BACKEND)
    if remember:
        devices.remember(request, user)
    security.record("sign_in", request=request, actor=user, about=user.username, **how)
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
