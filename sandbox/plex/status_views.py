"""The server itself: who it is, what it is doing, who is watching, and search over everything."""

from __future__ import annotations

import time

from flask import Blueprint, Response, request

from sandbox.plex.nodes import Node, Value
from sandbox.plex.records import Item, Record
from sandbox.plex.replies import admin_only, container, refuse, section_or_404, state, viewer
from sandbox.plex.shapes import Extras, record_node
from sandbox.plex.state import FRIENDLY_NAME
from sandbox.world import PEOPLE

views = Blueprint("status", __name__)

HUB_SIZE = 3
_HUBS = {"movie": "Movies", "show": "Shows", "episode": "Episodes", "collection": "Collections"}


@views.get("/identity")
def identity() -> Response:
    machine_id = state().library.machine_id
    return container([], {"size": 0, "claimed": True, "machineIdentifier": machine_id, "version": state().version})


@views.get("/")
def root() -> Response:
    attrs: dict[str, Value] = {
        "allowMediaDeletion": False,
        "allowSharing": True,
        "allowSync": True,
        "backgroundProcessing": True,
        "countryCode": "eng",
        "eventStream": True,
        "friendlyName": FRIENDLY_NAME,
        "hubSearch": True,
        "itemClusters": True,
        "livetv": 7,
        "machineIdentifier": state().library.machine_id,
        "mediaProviders": True,
        "multiuser": True,
        "myPlex": True,
        "myPlexMappingState": "mapped",
        "myPlexSigninState": "ok",
        "myPlexSubscription": True,
        "myPlexUsername": "olive@nest.example",
        "ownerFeatures": "collections,downloads,pass,sync",
        "platform": "Linux",
        "platformVersion": "6.12",
        "transcoderActiveVideoSessions": 1,
        "transcoderVideo": True,
        "updatedAt": 1780000000,
        "version": state().version,
    }
    names = ["activities", "hubs", "library", "media", "playlists", "status", "statistics"]
    return container([Node("Directory", {"count": 1, "key": name, "title": name}) for name in names], attrs)


@views.get("/accounts")
@admin_only
def accounts() -> Response:
    known = [p for p in PEOPLE if p.relation in ("owner", "shared", "home")]
    return container(
        [
            Node(
                "Account",
                {"id": _account_id(p.plex_id), "key": f"/accounts/{_account_id(p.plex_id)}", "name": p.username},
            )
            for p in known
        ],
        {"identifier": "com.plexapp.system.accounts"},
    )


def _account_id(plex_id: int) -> int:
    """The owner is account 1 on a server, everyone else bears the plex.tv id."""
    return 1 if plex_id == PEOPLE[0].plex_id else plex_id


@views.get("/system/agents")
def agents() -> Response:
    known = [("tv.plex.agents.movie", "Plex Movie"), ("com.plexapp.agents.none", "Personal Media")]
    return container([Node("Agent", {"identifier": id, "name": name, "hasPrefs": False}) for id, name in known])


@views.get("/activities")
def activities() -> Response:
    nodes = []
    for scan in state().scanner.running():
        attrs: dict[str, Value] = {
            "uuid": scan.uuid,
            "type": "library.update.section",
            "cancellable": True,
            "userID": 1,
            "title": f"Scanning {scan.section.title}",
            "subtitle": scan.path,
            "progress": -1,
        }
        context = Node("Context", {"librarySectionID": str(scan.section.key)}, single=True)
        nodes.append(Node("Activity", attrs, [context]))
    return container(nodes)


@views.get("/status/sessions")
@admin_only
def sessions() -> Response:
    library = state().library
    films = library.items(type="movie")[:1]
    episodes = library.items(type="episode")[:1]
    nodes = [
        _session(number, item, username)
        for number, (item, username) in enumerate(zip([*films, *episodes], ("ben", "anna"), strict=False), 1)
    ]
    return container(nodes)


def _session(number: int, item: Item, username: str) -> Node:
    person = next(person for person in PEOPLE if person.username == username)
    node = record_node(state().library, item, Extras(streams=True))
    duration = item.duration or 1
    node.attrs |= {"sessionKey": str(number), "viewOffset": int(time.time() * 1000) % duration}
    remote = number == 1
    player: dict[str, Value] = {
        "address": "203.0.113.7" if remote else "192.168.1.20",
        "machineIdentifier": f"player-{username}",
        "platform": "Android" if remote else "webOS",
        "product": "Plex for Android" if remote else "Plex for LG",
        "state": "playing" if remote else "paused",
        "title": f"{person.title}'s {'phone' if remote else 'television'}",
        "local": not remote,
        "relayed": False,
        "secure": True,
        "remotePublicAddress": "203.0.113.7",
        "userID": person.plex_id,
    }
    parts = [
        Node("User", {"id": str(person.plex_id), "thumb": "", "title": person.username}, single=True),
        Node("Player", player, single=True),
        Node(
            "Session",
            {"id": f"session-{username}", "bandwidth": 4200, "location": "wan" if remote else "lan"},
            single=True,
        ),
    ]
    if remote:
        parts.append(_transcode(duration))
    node.children += parts
    return node


def _transcode(duration: int) -> Node:
    attrs: dict[str, Value] = {
        "key": "/transcode/sessions/ben-1",
        "throttled": False,
        "complete": False,
        "progress": 42.0,
        "speed": 2.1,
        "duration": duration,
        "videoDecision": "transcode",
        "audioDecision": "copy",
        "protocol": "dash",
        "container": "mp4",
        "videoCodec": "h264",
        "audioCodec": "aac",
    }
    return Node("TranscodeSession", attrs, single=True)


@views.get("/hubs/search")
def search() -> Response:
    query, limit = request.args.get("query", "").casefold(), request.args.get("limit") or str(HUB_SIZE)
    if not query or not limit.isdigit():
        refuse(400)
    wanted = request.args.get("sectionId", "")
    section = section_or_404(int(wanted)) if wanted.isdigit() else None
    nodes = []
    for kind, title in _HUBS.items():
        found = [record for record in _records(kind) if query in record.title.casefold()]
        seen = [r for r in found if viewer().sees(r.section) and section in (None, r.section)]
        nodes.append(_hub(kind, title, seen, int(limit)))
    return container(nodes, {"identifier": "com.plexapp.plugins.library"})


def _records(kind: str) -> list[Record]:
    library = state().library
    return list(library.collections()) if kind == "collection" else list(library.items(type=kind))


def _hub(kind: str, title: str, found: list[Record], limit: int) -> Node:
    attrs: dict[str, Value] = {
        "title": title,
        "type": kind,
        "hubIdentifier": kind,
        "context": "hub.search",
        "size": len(found[:limit]),
        "more": len(found) > limit,
        "style": "shelf",
    }
    if len(found) > limit:
        attrs["key"] = f"/hubs/search?query={request.args['query']}&limit={len(found)}"
    return Node("Hub", attrs, [record_node(state().library, record) for record in found[:limit]])


@views.get("/statistics/bandwidth")
@admin_only
def bandwidth() -> Response:
    """Two hours of invented use, in the spans that Plex numbers 6 (seconds) to 1 (months)."""
    span, now = request.args.get("timespan", "6"), int(time.time())
    devices = [
        Node(
            "Device",
            {
                "id": 1,
                "name": "phone",
                "platform": "Android",
                "clientIdentifier": "player-ben",
                "createdAt": now - 90000,
            },
        )
    ]
    known = [
        Node(
            "Account", {"id": _account_id(p.plex_id), "key": f"/accounts/{_account_id(p.plex_id)}", "name": p.username}
        )
        for p in PEOPLE[:3]
    ]
    uses = [
        Node(
            "StatisticsBandwidth",
            {
                "accountID": PEOPLE[1].plex_id,
                "deviceID": 1,
                "timespan": int(span),
                "at": now - 60 * step,
                "lan": step % 3 == 0,
                "bytes": 1_500_000 + 40_000 * (step % 11),
            },
        )
        for step in range(120)
    ]
    return container([*devices, *known, *uses])
