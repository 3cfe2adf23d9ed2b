"""A PIN on its way: made for one browser, approved by a person at Plex, redeemed once.

All that is known of it stands in that browser's session. The address people come back to holds only `state`, which
says nothing to anybody else; a PIN's number alone would let a crafted link sign its victim in as somebody else.
"""

from __future__ import annotations

import dataclasses
import enum
import hmac
import secrets
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.sessions.store import SessionStore
from medianest.lib import throttle
from medianest.lib.errors import Cannot
from medianest.lib.http import ProviderError
from services.providers.plex.identity import PRODUCT, Purpose, client_id, introduction
from services.providers.plex.tokens import Token
from services.providers.plex.tv import CODE, Pin, PinGone, PlexTv

_KEY = "plex_pin"
_ASK_EVERY_SECONDS = 2  # plex.tv answers about one look a second from one address
_LOOKS, _LOOKS_WINDOW = 600, 30 * 60


class Aim(enum.StrEnum):
    """What the PIN is for."""

    SIGN_IN = "sign-in"
    LINK = "link"  # somebody who is signed in gets another way in
    RECONNECT = "reconnect"  # an administrator gives the server's own connection a new token

    @property
    def purpose(self) -> Purpose:
        """Under which of our client identifiers."""
        return Purpose.SERVER if self is Aim.RECONNECT else Purpose.SIGN_IN


class Expired(Cannot):
    """The PIN is over; a new one has to be made."""


class TooManyLooks(Cannot):
    """It was asked for again and again."""


@dataclasses.dataclass(frozen=True)
class Pending:
    """The PIN this browser waits for. `ends` is in seconds since 1970; `goal` is the page to go to afterwards."""

    pin_id: int
    code: str
    state: str
    ends: float
    goal: str
    aim: Aim = Aim.SIGN_IN
    remember: bool = False

    @property
    def is_over(self) -> bool:
        return time.time() >= self.ends


# --- where people come back to ----------------------------------------------------------------------------------------
def public_origin(request: HttpRequest) -> str:
    """PUBLIC_URL's origin; where none is set, the address under which this allowed host was asked."""
    parts = urlsplit(settings.PUBLIC_URL or request.build_absolute_uri("/"))
    return f"{parts.scheme}://{parts.netloc}"


def comes_back_here(request: HttpRequest) -> bool:
    """Whether Plex sends this browser back to the host it is at now, where its session is."""
    return urlsplit(public_origin(request)).netloc == request.get_host()


def page_at_plex(request: HttpRequest, pending: Pending) -> str:
    """Plex's page for this PIN. What it is asked for stands in the fragment, which goes to no server's log."""
    wishes = {
        "clientID": client_id(pending.aim.purpose),
        "code": pending.code,
        "forwardUrl": f"{public_origin(request)}{reverse('accounts:plex-return')}?{urlencode({'state': pending.state})}",
        "context[device][product]": PRODUCT,
    }
    return f"{settings.PLEX_AUTH_URL}#?{urlencode(wishes)}"


def pin_address(aim: Aim = Aim.SIGN_IN) -> str:
    """Where a browser asks for a PIN itself. Everything stands in the query: such a call needs no leave beforehand."""
    return f"{settings.PLEX_CLIENTS_URL}/api/v2/pins?{urlencode({'strong': 'true', **introduction(aim.purpose)})}"


def content_policy() -> dict[str, list[str]]:
    """What the page that leads to Plex may do besides: ask for a PIN, and send its form on to Plex's page."""
    return {"connect-src": [_origin(settings.PLEX_CLIENTS_URL)], "form-action": [_origin(settings.PLEX_AUTH_URL)]}


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


# --- begin, find, end -------------------------------------------------------------------------------------------------
def begin(request: HttpRequest, *, goal: str, aim: Aim = Aim.SIGN_IN, made: Mapping[str, Any] | None = None) -> Pending:
    """Take the PIN that the browser `made` (`pin_id`, `pin_code`), or make one, and keep it in the session.

    A browser's own has its address and its origin at Plex, which then warns of nothing. One that plex.tv does not
    know as ours, or that somebody has approved already, is not taken. Raises the ProviderError family.
    """
    pin = _browsers(aim, made or {})
    if pin is None:
        with PlexTv(aim.purpose) as tv:
            pin = tv.make_pin(origin=public_origin(request))
    pending = Pending(pin.id, pin.code, secrets.token_urlsafe(32), pin.expires_at.timestamp(), goal, aim)
    pending = dataclasses.replace(pending, remember=bool((made or {}).get("remember")))
    request.session[_KEY] = dataclasses.asdict(pending)
    return pending


def _browsers(aim: Aim, made: Mapping[str, Any]) -> Pin | None:
    number, code = str(made.get("pin_id", "")), str(made.get("pin_code", ""))
    if not (number.isascii() and number.isdigit() and len(number) <= 18 and CODE.fullmatch(code)):
        return None
    try:
        with PlexTv(aim.purpose) as tv:
            pin, token = tv.look_at(int(number), code)
    except ProviderError:
        return None
    return None if token else pin


def pending(request: HttpRequest) -> Pending | None:
    """The PIN this browser waits for, be it over or not."""
    return _read(request.session.get(_KEY))


def still_pending(request: HttpRequest) -> Pending | None:
    """The same, read afresh from where sessions are kept: another request of this browser may have used it."""
    key = request.session.session_key
    if not key:
        return None
    return _read(SessionStore(key, past_redis=True).get(_KEY))


def _read(kept: Any) -> Pending | None:
    try:
        return Pending(**{**kept, "aim": Aim(kept["aim"])})
    except (TypeError, KeyError, ValueError):
        return None


def forget(request: HttpRequest) -> None:
    """End what was under way in this browser."""
    request.session.pop(_KEY, None)


def is_state_of(pending: Pending, state: str) -> bool:
    return hmac.compare_digest(pending.state.encode(), state.encode("utf-8", "surrogatepass"))


# --- looking ----------------------------------------------------------------------------------------------------------
def look(pending: Pending, *, by_itself: bool = False) -> Token | None:
    """The token of whoever approved the PIN; None while nobody has.

    A page that looks `by_itself` is told None as well when somebody looked a moment ago. Raises Expired,
    TooManyLooks or the ProviderError family.
    """
    if pending.is_over:
        raise _expired()
    if not throttle.hit(f"plex:looks:{pending.pin_id}", _LOOKS, _LOOKS_WINDOW).allowed:
        raise TooManyLooks(_("This sign-in was looked at too often. Start again."))
    if by_itself and not throttle.hit(f"plex:look:{pending.pin_id}", 1, _ASK_EVERY_SECONDS).allowed:
        return None
    try:
        with PlexTv(pending.aim.purpose) as tv:
            return tv.look_at(pending.pin_id, pending.code)[1]
    except PinGone:
        raise _expired() from None


def _expired() -> Expired:
    return Expired(_("This sign-in has run out: Plex keeps it for half an hour at most. Start again."))
