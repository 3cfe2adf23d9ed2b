"""What the simulated server knows and how it is set: shared by its views and by the tests."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from sandbox.plex.library import Library
from sandbox.plex.records import Section
from sandbox.plex.scanner import Scanner
from sandbox.world import PEOPLE, Person

MACHINE_ID = "5ad0f2b41c7e4c6c9d1f8be2a7340cfe10b2d3c4"
OWNER_TOKEN = "owner-token-of-the-nest"  # noqa: S105  (invented, for loopback only)
FRIENDLY_NAME = "The Nest"

# Section titles that a person was given; None is all of them. Carl has no series, so that lists differ.
SHARES: dict[str, tuple[str, ...] | None] = {"ben": None, "anna": None, "carl": ("Films", "YouTube"), "mia": None}


@dataclasses.dataclass(frozen=True)
class Viewer:
    """Whoever asks; `sections` are the titles they may see, None for all."""

    username: str
    admin: bool
    sections: tuple[str, ...] | None

    def sees(self, section: Section) -> bool:
        return self.sections is None or section.title in self.sections


def server_token(username: str) -> str:
    """The token that plex.tv hands to a person for this server."""
    return OWNER_TOKEN if username == "olive" else f"server-token-of-{username}"


def _viewer(person: Person) -> Viewer | None:
    if person.relation == "owner":
        return Viewer(person.username, True, None)
    if person.relation in ("shared", "home"):
        return Viewer(person.username, False, SHARES[person.username])
    return None


@dataclasses.dataclass
class State:
    """Settable while it runs: `version`, and whose account tokens plex.tv holds for good."""

    library: Library
    scanner: Scanner
    version: str = "1.43.2.10687-563d026ea"
    account_of: Callable[[str], Person | None] = lambda token: None

    def viewer_of(self, token: str) -> Viewer | None:
        """Friends are known by their server token; the owner's account tokens count as well."""
        for person in PEOPLE:
            if token == server_token(person.username):
                return _viewer(person)
        person_or_none = self.account_of(token)
        if person_or_none is not None and person_or_none.relation == "owner":
            return _viewer(person_or_none)
        return None
