"""The door to a Plex server, through plexapi.

plexapi's own network habits are not used: it gets a session that is limited in time and size, sends the token to
no other host and raises our errors. Its texts hold addresses, so none of them is passed on.
"""

from __future__ import annotations

from typing import Any
from xml.etree.ElementTree import Element, ParseError

from django.utils.translation import gettext as _
from plexapi.exceptions import NotFound as PlexNotFound
from plexapi.exceptions import PlexApiException
from plexapi.server import PlexServer

from medianest.lib.http import Limits, Malformed, Refused, not_the_service
from medianest.lib.requests_session import limited_session
from services.providers.base import LOOK, Connection
from services.providers.plex.identity import Purpose, introduction

WORK = Limits(connect=3.0, total=15.0, body=20_000_000)
# What plexapi does not catch itself when an answer is not what it expects.
_STUMBLES = (PlexApiException, ParseError, AttributeError, TypeError, ValueError)


class _Server(PlexServer):
    """A server that MediaNest introduces itself to under its own name, the same at every start."""

    def _headers(self, **more: str) -> dict[str, str]:
        return {
            **introduction(Purpose.SERVER),
            "X-Plex-Token": self._token,
            "Accept": "application/xml",
            **more,
        }


class Door:
    """One server, opened. It must say who it is: an empty or foreign answer makes plexapi a server as well.

    Raises Malformed for what is not Plex, and the ProviderError family.
    """

    def __init__(self, label: str, connection: Connection) -> None:
        hurried: dict[str, Any] = {"limits": LOOK, "budget": LOOK.total}
        patience = hurried if connection.hurried else {"limits": WORK, "attempts": 3}
        session = limited_session(label, connection.url, breaker=connection.breaker, **patience)
        try:
            self._server: Any = _Server(  # type: ignore[no-untyped-call]
                connection.url, connection.key, session=session, timeout=WORK.total
            )
        except _STUMBLES:
            raise not_the_service(label) from None
        if not self.machine_id:
            raise not_the_service(label)

    @property
    def machine_id(self) -> str:
        return str(getattr(self._server, "machineIdentifier", None) or "")

    def ask(self, path: str, params: dict[str, Any] | None, *, method: str) -> list[Element]:
        """The elements in an answer. Raises Refused(404) for what is not there, besides the family's others."""
        try:
            answer = self._server.query(path, method=getattr(self._server._session, method), params=params)
        except PlexNotFound:
            raise Refused(_("Plex no longer has what was asked for."), 404) from None
        except _STUMBLES:
            raise Malformed(_("Plex gave an answer that MediaNest does not understand.")) from None
        return list(answer) if answer is not None else []
