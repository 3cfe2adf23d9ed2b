"""The demo's people and connections, read from a file that whoever runs the simulated services writes.

Without that file there are three people with passwords made up on the spot, and no connections.
"""

from __future__ import annotations

import dataclasses
import json
import os
import secrets
from pathlib import Path
from typing import Any

from accounts.models import Role, User
from medianest.lib.crypto import CannotDecrypt
from services.actions import CannotSaveConnection, save_connection
from services.models import ServiceConfig

VARIABLE = "MEDIANEST_DEMO_CONNECTIONS"

# The simulated household's people who have a local password here too; the file may say otherwise.
_ROLES = {"olive": Role.ADMIN, "ben": Role.MODERATOR, "anna": Role.USER, "carl": Role.USER}


class BadDemo(Exception):
    """The demo's file is missing or not as it should be, or this database holds more than a demo."""


@dataclasses.dataclass(frozen=True)
class DemoPerson:
    username: str
    name: str
    email: str
    password: str
    role: Role
    plex_id: int | None = None


@dataclasses.dataclass(frozen=True)
class Demo:
    """People, connections by kind of service (url, key and the kind's own settings), playlists as (title, url)."""

    people: tuple[DemoPerson, ...]
    connections: dict[str, dict[str, Any]]
    playlists: tuple[tuple[str, str], ...]


def read() -> Demo:
    """The demo that MEDIANEST_DEMO_CONNECTIONS names. Raises BadDemo with what is wrong."""
    path = os.environ.get(VARIABLE, "")
    if not path:
        raise BadDemo(f"{VARIABLE} names no file; `make demo` sets it.")
    try:
        data = json.loads(Path(path).read_text(encoding="utf-8"))
        people = tuple(_person(p) for p in data["people"] if "role" in p or p["username"] in _ROLES)
        playlists = tuple(_playlist(given) for given in data.get("playlists", []))
        return Demo(people, dict(data["connections"]), playlists)
    except OSError as error:
        raise BadDemo(f"{path} cannot be read ({error.strerror}).") from error
    except (ValueError, KeyError, TypeError) as error:
        raise BadDemo(f"{path} is not a demo's description: {type(error).__name__} {error}") from error


def is_described() -> bool:
    """Whether the environment names such a file."""
    return bool(os.environ.get(VARIABLE))


def own() -> Demo:
    """An administrator, a moderator and a viewer, each with a new password."""
    people = (("olive", "Olive"), ("ben", "Ben"), ("anna", "Anna"))
    return Demo(
        people=tuple(
            DemoPerson(username, name, f"{username}@nest.example", secrets.token_urlsafe(9), _ROLES[username])
            for username, name in people
        ),
        connections={},
        playlists=(),
    )


def _person(given: dict[str, Any]) -> DemoPerson:
    name = str(given.get("name") or given.get("title") or given["username"])
    role = Role(given["role"]) if "role" in given else _ROLES[given["username"]]
    return DemoPerson(given["username"], name, given.get("email") or "", given["password"], role, given.get("plex_id"))


def _playlist(given: Any) -> tuple[str, str]:
    title, url = (given["title"], given["url"]) if isinstance(given, dict) else given
    return str(title), str(url)


def refuse_real_installation(demo: Demo) -> None:
    """Raises BadDemo when somebody who is not of the demo administers this database: known passwords would enter it."""
    names = [person.username for person in demo.people]
    if User.objects.administrators().exclude(username__in=names).exists():
        raise BadDemo(
            "This data belongs to a real installation; the demo needs a data folder of its own. "
            "Only `manage.py seed --demo --yes` puts made-up people beside real ones."
        )


def seed_people(demo: Demo) -> list[str]:
    """Create the demo's people who are missing; the user names created."""
    known = set(User.objects.values_list("username", flat=True))
    missing = [person for person in demo.people if person.username not in known]
    for person in missing:
        User.objects.create_user(
            person.username,
            person.password,
            name=person.name,
            email=person.email or None,
            role=person.role,
            plex_id=person.plex_id,
        )
    return [person.username for person in missing]


def connect_services(demo: Demo) -> list[str]:
    """Connect the services; the kinds that changed. Raises BadDemo when a connection is not one."""
    rows = {row.service_name: row for row in ServiceConfig.objects.all()}
    changed = []
    for kind, given in demo.connections.items():
        row, key = rows.get(kind), str(given.get("key", ""))
        own = {name: value for name, value in given.items() if name not in ("url", "key")}
        settings = {**(row.config_data if row else {}), **own}
        same_key = row is not None and _key_of(row) == key
        try:
            saved = save_connection(
                service_name=kind, url=given["url"], settings=settings, key=None if same_key else key, by=None
            )
        except CannotSaveConnection as refusal:
            raise BadDemo(f"{kind}: {refusal.sentence}") from refusal
        if row is None or saved.updated_at != row.updated_at:
            changed.append(kind)
    return changed


def _key_of(row: ServiceConfig) -> str | None:
    try:
        return row.api_key
    except CannotDecrypt:
        return None
