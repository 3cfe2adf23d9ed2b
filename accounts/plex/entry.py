"""From an approved PIN to a session."""

from __future__ import annotations

from django.contrib.auth import login
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts import jobs
from accounts.models import Status, User
from accounts.plex import door, people, pins
from accounts.sessions import devices
from medianest.lib.errors import Cannot
from medianest.lib.http import BadCredentials, ProviderError
from medianest.lib.locks import hold_until_commit
from operations import security
from services.providers.base import Guest
from services.providers.plex.identity import Purpose
from services.providers.plex.tokens import Token
from services.providers.plex.tv import Account, PlexTv

BACKEND = "accounts.backends.LocalBackend"  # it finds people again by the session, however they came


class UsedUp(Cannot):
    """This PIN signed somebody in already, or was ended in another tab."""


def enter(request: HttpRequest, pending: pins.Pending, token: Token) -> User:
    """Sign in whoever approved the PIN, under a new session key. Once: a second request with the same PIN is refused.

    Raises UsedUp or a Refusal. The token of whoever is turned away is ended at plex.tv again.
    """
    who = ""
    try:
        account = who_approved(token)
        who = account.username or account.name
        guest = door.judge(account)
        person = _sign_in(request, pending, told_by(guest, account), token)
    except door.Refusal as refusal:
        refusal.who = who
        _note(request, refusal)
        if not isinstance(refusal, door.PlexAway):  # the same PIN may do in a moment
            people.sign_out_at_plex(token.value)
        raise
    return person


def who_approved(token: Token) -> Account:
    """Whose token it is. Raises UsedUp for a dead one, PlexAway."""
    try:
        with PlexTv(Purpose.SIGN_IN) as tv:
            return tv.who(token.value)
    except BadCredentials:
        raise UsedUp(_("Plex has ended this sign-in already. Start again.")) from None
    except ProviderError:
        raise door.PlexAway from None


def told_by(guest: Guest, account: Account) -> Guest:
    """The owner's list decides; how somebody is called they say themselves."""
    return Guest(
        account.id,
        account.username or guest.username,
        account.name or guest.name,
        account.email,
        account.image or guest.image,
        guest.relation,
    )


@transaction.atomic
def _sign_in(request: HttpRequest, pending: pins.Pending, guest: Guest, token: Token) -> User:
    hold_until_commit(f"plex-pin:{pending.pin_id}")
    if pins.still_pending(request) != pending:
        raise UsedUp(_("This sign-in was used already. Start again."))
    person = people.welcome(guest, token=token, request=request)
    if person.status != Status.ACTIVE:
        raise door.ShutOut
    pins.forget(request)
    devices.forget(request)
    login(request, person, backend=BACKEND)
    if pending.remember:
        devices.remember(request, person)
    request.session.save()  # before the lock is gone: whoever waits for it must find the PIN used
    security.record("sign_in", request=request, actor=person, about=person.username, way="plex")
    jobs.promise_check()  # brings the sections that are shared with them
    return person


def _note(request: HttpRequest, refusal: door.Refusal) -> None:
    """Names nobody: whoever was turned away is no person of this house."""
    security.record("sign_in.refused", request=request, way="plex", reason=refusal.kind)
