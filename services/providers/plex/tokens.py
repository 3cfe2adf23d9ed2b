"""Which kind of token plex.tv is asked for.

Plex has two: the one it has always had, which lives until it is replaced or signed out, and signed ones (JWT) that
live seven days and are renewed with a key of ours. Media servers have been reported to refuse the signed ones for
their own calls, and asking for one ends the other; so MediaNest asks for the old kind. The other would be one more
class here: it puts its public key into the request for a PIN, proves the key when it looks, and renews.
Described at https://developer.plex.tv (Authenticating with Plex), read 2026-11.
"""

from __future__ import annotations

import dataclasses
from datetime import datetime
from typing import Any, Protocol


@dataclasses.dataclass(frozen=True)
class Token:
    """A token of an account. `expires_at` is None for one that lives until it is ended."""

    value: str = dataclasses.field(repr=False)
    kind: str = "plex"
    expires_at: datetime | None = None


class TokenKind(Protocol):
    """What differs between the kinds of token."""

    def asking(self) -> dict[str, Any]:
        """What is added to the request for a PIN."""

    def looking(self) -> dict[str, str]:
        """What is added to the question whether a PIN was approved."""

    def read(self, value: str) -> Token:
        """The token that an approved PIN gave. Raises ValueError if it is none of this kind."""


class LastingTokens:
    """Tokens that live until the next sign-in under the same client identifier, or until they are signed out."""

    def asking(self) -> dict[str, Any]:
        return {}

    def looking(self) -> dict[str, str]:
        return {}

    def read(self, value: str) -> Token:
        return Token(value)
