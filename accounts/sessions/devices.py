"""Remembered devices: a cookie that brings its person back after their session ended.

The cookie holds the device's own text and the latest link of its chain. Each link works once and is followed by the
next; one that comes a second time was copied, and the device is forgotten. Two requests of one browser may carry the
same link at once, so for half a minute it leads both to the same next one.
"""

from __future__ import annotations

import base64
import datetime as dt
import secrets
import uuid
from typing import cast

from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from accounts.models import RefreshToken, Session, SessionToken, TokenKind, User
from accounts.sessions import ending, freshness
from accounts.sessions.store import SessionStore, hash_of
from medianest.lib import browsers
from operations import security
from operations.row_security import at_the_door

AGE = dt.timedelta(days=90)
GRACE = dt.timedelta(seconds=30)
_BACKEND = "accounts.backends.LocalBackend"


def remember(request: HttpRequest, person: User) -> None:
    """Remember the device that has just signed in."""
    now, own, link = timezone.now(), secrets.token_urlsafe(32), secrets.token_urlsafe(32)
    with at_the_door():
        device = SessionToken.objects.create(
            user=person,
            kind=TokenKind.DEVICE,
            name=browsers.name_of(request.headers.get("User-Agent", "")),
            token_hash=hash_of(own),
            expires_at=now + AGE,
            last_used_at=now,
            created_at=now,
        )
        _add_link(device, link, family=uuid.uuid4(), now=now)
    _of(request).device_id = device.pk
    request.session.modified = True
    _answer_with(request, f"{own}.{link}")


def forget(request: HttpRequest) -> None:
    """Forget the device whose cookie this browser carries, and take the cookie away."""
    if settings.DEVICE_COOKIE_NAME not in request.COOKIES:
        return
    own, _dot, _link = request.COOKIES[settings.DEVICE_COOKIE_NAME].partition(".")
    ending.revoke(SessionToken.objects.devices().filter(token_hash=hash_of(own)))
    _answer_with(request, "")


def come_in(request: HttpRequest) -> None:
    """Sign in whoever this device remembers. A cookie that is good for nothing is taken away."""
    own, _dot, link = request.COOKIES[settings.DEVICE_COOKIE_NAME].partition(".")
    now = timezone.now()
    with at_the_door():
        found = _locked(own, link)
        if found is None or not _is_good(found, now):
            _answer_with(request, "")
            return
        if found.used_at is not None and not _is_the_same_browser(found, request, now):
            _was_copied(found, request)
            _answer_with(request, "")
            return
        following = _following(link)
        if found.used_at is None:
            _go_on(found, following, now)
        _sign_in(request, found.session_token)
    _answer_with(request, f"{own}.{following}")


def set_cookie(request: HttpRequest, response: HttpResponseBase) -> None:
    """Put on the answer what became of the device's cookie, if anything."""
    value = getattr(request, "device_cookie", None)
    name = settings.DEVICE_COOKIE_NAME
    if value:
        response.set_cookie(
            name,
            value,
            max_age=int(AGE.total_seconds()),
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
    elif value == "":
        response.delete_cookie(name, samesite="Lax")


# --- the chain --------------------------------------------------------------------------------------------------------
def _locked(own: str, link: str) -> RefreshToken | None:
    rows = RefreshToken.objects.select_for_update(of=("self",)).select_related("session_token__user")
    found = rows.filter(token_hash=hash_of(link)).first()
    fits = found is not None and constant_time_compare(found.session_token.token_hash, hash_of(own))
    return found if fits else None


def _is_good(link: RefreshToken, now: dt.datetime) -> bool:
    device = link.session_token
    is_open = link.revoked_at is None and device.revoked_at is None
    return is_open and min(link.expires_at, device.expires_at) > now and device.user.is_active


def _is_the_same_browser(link: RefreshToken, request: HttpRequest, now: dt.datetime) -> bool:
    """Whether a used link comes again with a request that was under way beside the first."""
    if link.used_at is None or now - link.used_at > GRACE:
        return False
    agent = _of(request).user_agent
    return Session.objects.filter(device=link.session_token, created_at__gte=link.used_at, user_agent=agent).exists()


def _following(link: str) -> str:
    """The next link. It follows from this one, so that two requests that carry the same get the same."""
    made = salted_hmac("accounts.sessions.devices", link, algorithm="sha256").digest()
    return base64.urlsafe_b64encode(made).decode().rstrip("=")


def _go_on(link: RefreshToken, following: str, now: dt.datetime) -> None:
    device = link.session_token
    RefreshToken.objects.filter(pk=link.pk).update(used_at=now, updated_at=now)
    SessionToken.objects.filter(pk=device.pk).update(expires_at=now + AGE, last_used_at=now, updated_at=now)
    _add_link(device, following, family=link.family, now=now)
    ending.end(Session.objects.filter(device=device))  # this browser's earlier ones, which it has lost


def _add_link(device: SessionToken, link: str, *, family: uuid.UUID, now: dt.datetime) -> None:
    RefreshToken.objects.create(
        session_token=device, token_hash=hash_of(link), family=family, created_at=now, expires_at=now + AGE
    )


def _was_copied(link: RefreshToken, request: HttpRequest) -> None:
    device = link.session_token
    RefreshToken.objects.of_family(link.family).revoke(timezone.now())
    ending.revoke(SessionToken.objects.filter(pk=device.pk))
    security.record("device.reused", request=request, actor=device.user, about=device.name)


def _sign_in(request: HttpRequest, device: SessionToken) -> None:
    login(request, device.user, backend=_BACKEND)
    store = _of(request)
    store.device_id = device.pk
    freshness.is_not_fresh(request)  # nobody typed a password: staff pages ask for one
    store.save()  # with the link in one transaction
    security.record("sign_in.device", request=request, actor=device.user, about=device.user.username)


def _of(request: HttpRequest) -> SessionStore:
    return cast(SessionStore, request.session)


def _answer_with(request: HttpRequest, value: str) -> None:
    request.device_cookie = value  # type: ignore[attr-defined]
