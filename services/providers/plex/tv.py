"""plex.tv: PINs, accounts, and who is a guest on a server.

Nothing of what it says is believed further than it must be: numbers are numbers, texts are cut, lists have an end,
and a page of another kind is `Malformed`. Tokens stand in headers only, never in an address.
"""

from __future__ import annotations

import dataclasses
import re
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote
from xml.etree.ElementTree import Element, ParseError, fromstring

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from medianest.lib.breaker import Breaker
from medianest.lib.http import Answer, BadCredentials, Client, Limits, Malformed, Refused, not_the_service
from services.providers.base import Guest, Relation, SectionShare
from services.providers.plex.identity import Purpose, introduction
from services.providers.plex.tokens import LastingTokens, Token, TokenKind

LABEL = "plex.tv"
LIMITS = Limits(connect=3.0, total=6.0, body=8_000_000)
BUDGET = 12.0  # seconds for all calls of one visit: somebody waits for it
MOST_GUESTS = 2000  # Plex itself allows a hundred friends
LONGEST_PIN_LIFE = timedelta(minutes=30)
CODE = re.compile(r"[A-Za-z0-9_-]{4,120}")
_GONE = 404
_DOCTYPE = re.compile(rb"<!(DOCTYPE|ENTITY)", re.IGNORECASE)


class PinGone(Refused):
    """plex.tv no longer knows the PIN (or never did, or made it for another client)."""


@dataclasses.dataclass(frozen=True)
class Pin:
    """A PIN that a person approves at Plex. `code` goes into the address of Plex's page."""

    id: int
    code: str
    expires_at: datetime


@dataclasses.dataclass(frozen=True)
class Account:
    """Whom a token belongs to. `email` is "" where there is none, or it was never confirmed."""

    id: int
    username: str
    name: str
    email: str
    image: str
    is_managed: bool


class PlexTv:
    """A visit at plex.tv, under one of our two client identifiers. Use as a context manager.

    Methods raise Unreachable, BadCredentials (the token is dead), Refused or Malformed.
    """

    def __init__(self, purpose: Purpose, *, tokens: TokenKind | None = None) -> None:
        self._tokens = tokens or LastingTokens()
        headers = {**introduction(purpose), "Accept": "application/json"}
        self._client = Client(
            LABEL, settings.PLEX_TV_URL, headers=headers, limits=LIMITS, budget=BUDGET, breaker=Breaker(LABEL)
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    # --- PINs ---------------------------------------------------------------------------------------------------------
    def make_pin(self, *, origin: str) -> Pin:
        """A strong PIN. `origin` is where people come back to: Plex sends them back to no other place."""
        answer = self._client.send(
            "POST",
            "/api/v2/pins",
            params={"strong": "true"},
            headers={"Origin": origin} if origin else {},
            json=self._tokens.asking() or None,
        )
        found = _object(answer)
        number, code = _number(found.get("id")), str(found.get("code") or "")
        if not number or not CODE.fullmatch(code):
            raise not_the_service(LABEL)
        return Pin(number, code, _end(found))

    def look_at(self, pin_id: int, code: str) -> tuple[Pin, Token | None]:
        """The PIN, and the token of whoever approved it. Raises PinGone for one that is over or is not ours."""
        try:
            answer = self._client.get(f"/api/v2/pins/{pin_id:d}", params={"code": code, **self._tokens.looking()})
        except Refused as error:
            if error.code == _GONE:
                raise PinGone(_("Plex no longer knows this sign-in."), _GONE) from None
            raise
        found = _object(answer)
        if _number(found.get("id")) != pin_id or str(found.get("code") or "") != code:
            raise not_the_service(LABEL)
        value = found.get("authToken")
        if value is not None and not (isinstance(value, str) and len(value) <= 4000 and value.isprintable()):
            raise not_the_service(LABEL)
        return Pin(pin_id, code, _end(found)), self._tokens.read(value) if value else None

    # --- accounts -----------------------------------------------------------------------------------------------------
    def who(self, token: str) -> Account:
        """Whose token this is."""
        found = _object(self._client.get("/api/v2/user", headers=_with(token)))
        number = _number(found.get("id"))
        if not number:
            raise not_the_service(LABEL)
        username, name = _text(found.get("username"), 150), _text(found.get("title"), 150)
        email = _text(found.get("email"), 254) if found.get("confirmed") is not False else ""
        return Account(
            number,
            username,
            _text(found.get("friendlyName"), 150) or name or username,
            email if "@" in email else "",
            _picture(found.get("thumb")),
            bool(found.get("restricted")),
        )

    def sign_out(self, token: str) -> None:
        """End a token. One that is dead already is no error."""
        self._client.send("DELETE", "/api/v2/users/signout", headers=_with(token), accept=(401, 404))

    # --- servers ------------------------------------------------------------------------------------------------------
    def owns(self, token: str, server_id: str) -> bool:
        """Whether the server with this machine identifier belongs to the token's account."""
        answer = self._client.get("/api/v2/resources", headers=_with(token))
        found = answer.json()
        if not isinstance(found, list):
            raise not_the_service(LABEL)
        mine = [one for one in found if isinstance(one, dict) and one.get("clientIdentifier") == server_id]
        return any(one.get("owned") in (True, 1, "1") for one in mine)

    def guests(self, token: str, server_id: str) -> list[Guest]:
        """Everybody with whom the token's account shares this server, those included who have not accepted yet."""
        found = []
        for user in self._elements("/api/users", token, "User", MOST_GUESTS):
            server = next((one for one in user.iter("Server") if one.get("machineIdentifier") == server_id), None)
            number = _number(user.get("id"))
            if server is not None and number:
                found.append(_guest(number, user, is_pending=_is_set(server.get("pending"))))
        return found

    def section_shares(self, token: str, server_id: str) -> list[SectionShare]:
        """Which libraries of the server are shared with whom. The friends' own tokens in it are not kept."""
        found = []
        path = f"/api/servers/{quote(server_id, safe='')}/shared_servers"
        for share in self._elements(path, token, "SharedServer", MOST_GUESTS):
            number = _number(share.get("userID"))
            for section in share.iter("Section"):
                key = _text(section.get("key"), 20)
                if number and key:
                    title, kind = _text(section.get("title"), 200), _text(section.get("type"), 20)
                    found.append(SectionShare(number, key, title or key, kind, _is_set(section.get("shared"))))
        return found

    def _elements(self, path: str, token: str, tag: str, most: int) -> list[Element]:
        """The elements of a list that plex.tv gives as XML only. Raises Malformed for a longer list than can be."""
        answer = self._client.get(path, headers={**_with(token), "Accept": "application/xml"})
        if _DOCTYPE.search(answer.body):
            raise not_the_service(LABEL)
        try:
            root = fromstring(answer.body)  # noqa: S314  (no document type, so no entities; its size is limited)
        except (ParseError, ValueError, LookupError):
            raise not_the_service(LABEL) from None
        if root.tag != "MediaContainer":
            raise not_the_service(LABEL)
        found = root.findall(tag)
        if len(found) > most:
            raise Malformed(_("plex.tv names more people than a server can have."))
        return found


def _with(token: str) -> dict[str, str]:
    """Raises BadCredentials for what cannot be a token."""
    if not token or not token.isascii() or not token.isprintable():
        raise BadCredentials(_("There is no token for plex.tv."))
    return {"X-Plex-Token": token}


def _object(answer: Answer) -> dict[str, Any]:
    found = answer.json()
    if not isinstance(found, dict):
        raise not_the_service(LABEL)
    return found


def _guest(number: int, user: Element, *, is_pending: bool) -> Guest:
    username, name = _text(user.get("username"), 150), _text(user.get("title"), 150)
    email = _text(user.get("email"), 254)
    is_home = _is_set(user.get("home")) or _is_set(user.get("restricted"))
    return Guest(
        number,
        username,
        name or username,
        email if "@" in email else "",
        _picture(user.get("thumb")),
        Relation.HOME if is_home else Relation.FRIEND,
        is_pending,
    )


def _number(value: object) -> int:
    """A positive whole number that the database can hold; 0 for anything else."""
    text = str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""
    return int(text) if re.fullmatch(r"[0-9]{1,18}", text) else 0


def _text(value: object, longest: int) -> str:
    """Printable text without white space at its ends, cut; "" for anything else."""
    if not isinstance(value, str):
        return ""
    return "".join(c for c in value if c.isprintable()).strip()[:longest]


def _picture(value: object) -> str:
    address = _text(value, 500)
    return address if address.startswith("https://") else ""


def _is_set(value: str | None) -> bool:
    return value in ("1", "true")


def _end(found: dict[str, Any]) -> datetime:
    """When a PIN is over: as told, but never later than Plex lets any live."""
    told = found.get("expiresIn")
    life = timedelta(seconds=min(_number(told), 86_400)) if told is not None else LONGEST_PIN_LIFE
    return timezone.now() + min(life, LONGEST_PIN_LIFE)
