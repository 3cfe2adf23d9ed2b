"""Servers and who may use them: the owner's lists and each person's own."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from sandbox.plex.nodes import Node, Value
from sandbox.plex.records import Section
from sandbox.plex.state import FRIENDLY_NAME, MACHINE_ID, SHARES, server_token
from sandbox.plextv.accounts import OWNER
from sandbox.plextv.replies import fail, person, reply, state, xml
from sandbox.world import Person

views = Blueprint("shares", __name__)

INVITED = ("shared", "home", "pending")
FOREIGN_MACHINE = "0f2d5c7be88a41d3a6b1f00dcafe4242feedbeef"


def _sections() -> list[Section]:
    plex = state().plex
    return list(plex.library.sections.values()) if plex is not None else []


def _shared(who: Person, section: Section) -> bool:
    titles = SHARES.get(who.username)
    return titles is None or section.title in titles


@views.get("/api/users")
@views.get("/api/users/", endpoint="users_slash")
def users() -> Response:
    """XML only, whatever is accepted."""
    asking = person()
    shown = [who for who in state().people() if who.relation in INVITED] if asking.relation == "owner" else []
    attrs: dict[str, Value] = {
        "friendlyName": "myPlex",
        "identifier": "com.plexapp.plugins.myplex",
        "machineIdentifier": "2c0a2e2b5d4f4e6f8f5e0e4c1f2a3b4c5d6e7f80",
        "totalSize": len(shown),
        "size": len(shown),
    }
    return xml(Node("MediaContainer", attrs, [_user(who) for who in shown]))


def _user(who: Person) -> Node:
    attrs: dict[str, Value] = {
        "id": who.plex_id,
        "title": who.title,
        "username": "" if who.email is None else who.username,
        "email": who.email or "",
        "recommendationsPlaylistId": "",
        "thumb": f"https://plex.tv/users/{who.plex_id}/avatar?c=1780000000",
        "protected": False,
        "home": who.relation == "home",
        "allowTuners": False,
        "allowSync": True,
        "allowCameraUpload": False,
        "allowChannels": False,
        "allowSubtitleAdmin": False,
        "filterAll": "",
        "filterMovies": "",
        "filterMusic": "",
        "filterPhotos": "",
        "filterTelevision": "",
        "restricted": who.relation == "home",
    }
    count = sum(_shared(who, section) for section in _sections())
    server: dict[str, Value] = {
        "id": 80_000_000 + who.plex_id,
        "serverId": 8_000_000,
        "machineIdentifier": MACHINE_ID,
        "name": FRIENDLY_NAME,
        "lastSeenAt": 1_780_000_000,
        "numLibraries": count,
        "allLibraries": SHARES.get(who.username) is None,
        "owned": False,
        "pending": who.relation == "pending",
    }
    return Node("User", attrs, [Node("Server", server)])


@views.get("/api/servers/<machine_id>/shared_servers")
def shared_servers(machine_id: str) -> Response:
    """Holds every friend's token for the server, so the owner alone gets it."""
    if person().relation != "owner" or machine_id != MACHINE_ID:
        fail(1001)
    nodes = [_shared_server(who) for who in state().people() if who.relation in ("shared", "home")]
    attrs: dict[str, Value] = {"friendlyName": "myPlex", "machineIdentifier": MACHINE_ID, "size": len(nodes)}
    return xml(Node("MediaContainer", attrs, nodes))


def _shared_server(who: Person) -> Node:
    attrs: dict[str, Value] = {
        "id": 80_000_000 + who.plex_id,
        "username": "" if who.email is None else who.username,
        "email": who.email or "",
        "userID": who.plex_id,
        "accessToken": server_token(who.username),
        "name": FRIENDLY_NAME,
        "acceptedAt": 1_700_000_000,
        "invitedAt": 1_700_000_000,
        "allowSync": True,
        "allLibraries": SHARES.get(who.username) is None,
        "owned": False,
    }
    sections: list[dict[str, Value]] = [
        {"id": 900 + one.key, "key": one.key, "title": one.title, "type": one.type, "shared": _shared(who, one)}
        for one in _sections()
    ]
    return Node("SharedServer", attrs, [Node("Section", section) for section in sections])


@views.get("/api/v2/resources")
def resources() -> Response:
    who = person()
    found: list[dict[str, Any]] = []
    if who.relation == "owner" or who.relation in ("shared", "home"):
        found.append(_resource(who))
    if who.relation == "stranger":
        found.append(_foreign(who))
    return reply("resources", found)


def _resource(who: Person) -> dict[str, Any]:
    plex = state().plex
    port = plex.port if plex is not None else 32400
    return {
        "name": FRIENDLY_NAME,
        "product": "Plex Media Server",
        "productVersion": plex.version if plex is not None else "",
        "platform": "Linux",
        "platformVersion": "6.12",
        "device": "PC",
        "clientIdentifier": MACHINE_ID,
        "createdAt": "2024-05-04T10:00:00Z",
        "lastSeenAt": "2026-06-01T10:00:00Z",
        "provides": "server",
        "ownerId": None if who.relation == "owner" else OWNER.plex_id,
        "sourceTitle": None if who.relation == "owner" else OWNER.username,
        "publicAddress": "203.0.113.10",
        "accessToken": server_token(who.username),
        "owned": who.relation == "owner",
        "home": who.relation == "home",
        "synced": False,
        "relay": False,
        "presence": True,
        "httpsRequired": False,
        "publicAddressMatches": True,
        "dnsRebindingProtection": False,
        "natLoopbackSupported": False,
        "connections": [
            {
                "protocol": "http",
                "address": "127.0.0.1",
                "port": port,
                "uri": f"http://127.0.0.1:{port}",
                "local": True,
                "relay": False,
                "IPv6": False,
            }
        ],
    }


def _foreign(who: Person) -> dict[str, Any]:
    """A server of the person's own that has nothing to do with ours."""
    own = {"name": f"{who.title}'s server", "clientIdentifier": FOREIGN_MACHINE, "owned": True, "ownerId": None}
    return _resource(who) | own | {"accessToken": "token-of-another-server", "sourceTitle": None, "connections": []}
