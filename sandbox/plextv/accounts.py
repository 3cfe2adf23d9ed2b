"""Who has an account, and which tokens are alive."""

from __future__ import annotations

import secrets
import threading
import uuid

from sandbox.plex.state import MACHINE_ID, OWNER_TOKEN
from sandbox.world import PEOPLE, Person

OWNER = PEOPLE[0]
HOME = ("owner", "home")


def person_named(name: str) -> Person | None:
    """By user name or e-mail address, without regard to case."""
    wanted = name.strip().casefold()
    for person in PEOPLE:
        if wanted and wanted in (person.username, (person.email or "").casefold()):
            return person
    return None


def uuid_of(person: Person) -> str:
    return uuid.uuid5(uuid.NAMESPACE_URL, f"sandbox-plex-tv/{person.plex_id}").hex[:16]


class Tokens:
    """One living token for each account and client identifier: signing in again kills the one before."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._people: dict[str, Person] = {}
        self._issued: dict[tuple[int, str], str] = {}
        self._keep(OWNER, MACHINE_ID, OWNER_TOKEN)

    def _keep(self, person: Person, client_id: str, token: str) -> None:
        before = self._issued.get((person.plex_id, client_id))
        if before is not None:
            self._people.pop(before, None)
        self._issued[person.plex_id, client_id] = token
        self._people[token] = person

    def issue(self, person: Person, client_id: str) -> str:
        token = secrets.token_urlsafe(15)
        with self._lock:
            self._keep(person, client_id, token)
        return token

    def person_of(self, token: str) -> Person | None:
        with self._lock:
            return self._people.get(token)

    def sign_out(self, token: str) -> None:
        with self._lock:
            self._people.pop(token, None)

    def revoke(self, person: Person) -> None:
        """All of a person's tokens, as after a change of password with "sign out everywhere"."""
        with self._lock:
            self._people = {token: owner for token, owner in self._people.items() if owner is not person}
