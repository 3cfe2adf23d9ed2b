"""The account behind a token, its household, and signing in and out."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request

from sandbox.plex.nodes import Node, Value
from sandbox.plex.pictures import png
from sandbox.plextv.accounts import HOME, person_named, uuid_of
from sandbox.plextv.replies import client_id, fail, person, reply, state, token, xml
from sandbox.world import Person

views = Blueprint("accounts", __name__)


def _data(who: Person, auth_token: str) -> dict[str, Any]:
    home = who.relation in HOME
    return {
        "id": who.plex_id,
        "uuid": uuid_of(who),
        "username": "" if who.email is None else who.username,
        "title": who.title,
        "email": who.email,
        "friendlyName": who.title,
        "locale": None,
        "confirmed": who.email is not None,
        "emailOnlyAuth": False,
        "hasPassword": who.email is not None,
        "protected": False,
        "thumb": f"https://plex.tv/users/{uuid_of(who)}/avatar?c=1780000000",
        "authToken": auth_token,
        "mailingListStatus": "unsubscribed",
        "mailingListActive": False,
        "scrobbleTypes": "",
        "country": "DE",
        "restricted": who.relation == "home",
        "anonymous": False,
        "home": home,
        "guest": False,
        "homeSize": 2 if home else 1,
        "homeAdmin": who.relation == "owner",
        "maxHomeSize": 15,
        "rememberExpiresAt": 1_900_000_000,
        "joinedAt": 1_400_000_000 + who.plex_id,
        "twoFactorEnabled": False,
        "backupCodesCreated": False,
        "subscription": _subscription(who),
        "profile": {
            "autoSelectAudio": True,
            "defaultAudioLanguage": None,
            "defaultSubtitleLanguage": None,
            "autoSelectSubtitle": 0,
            "defaultSubtitleAccessibility": 0,
            "defaultSubtitleForced": 0,
        },
        "roles": ["plexpass"] if who.relation == "owner" else [],
        "entitlements": [],
        "services": [],
    }


def _subscription(who: Person) -> dict[str, Any]:
    """The owner alone has a Plex Pass."""
    return {
        "active": who.relation == "owner",
        "subscribedAt": None,
        "status": "Active" if who.relation == "owner" else "Inactive",
        "paymentService": None,
        "plan": "lifetime" if who.relation == "owner" else None,
        "features": ["pass"] if who.relation == "owner" else [],
    }


@views.get("/api/v2/user")
def user() -> Response:
    return reply("user", _data(person(), token()))


@views.post("/api/v2/users/signin")
def sign_in() -> Response:
    """Name and password; managed people have none of their own here."""
    asking, body = client_id(), request.get_json(silent=True) or request.form
    who = person_named(str(body.get("login", "")))
    if who is None or who.email is None or body.get("password") != who.password:
        fail(1001)
    return reply("user", _data(who, state().tokens.issue(who, asking)), 201)


@views.delete("/api/v2/users/signout")
def sign_out() -> Response:
    person()
    state().tokens.sign_out(token())
    return Response(status=204)


@views.get("/api/v2/ping")
def ping() -> Response:
    person()
    if "application/json" in request.headers.get("Accept", ""):
        return reply("pong", {"pong": "1"})
    return Response(
        '<?xml version="1.0" encoding="UTF-8"?>\n<pong>1</pong>', content_type="application/xml; charset=utf-8"
    )


def _home_user(who: Person, **more: Value) -> Node:
    attrs: dict[str, Value] = {
        "id": who.plex_id,
        "uuid": uuid_of(who),
        "admin": who.relation == "owner",
        "guest": False,
        "restricted": who.relation == "home",
        "protected": False,
        "title": who.title,
        "username": "" if who.email is None else who.username,
        "email": who.email or "",
        "thumb": f"https://plex.tv/users/{uuid_of(who)}/avatar?c=1780000000",
    }
    return Node("User", attrs | more)


@views.get("/api/home/users")
def home_users() -> Response:
    asking = person()
    shown = [who for who in state().people() if who.relation in HOME] if asking.relation in HOME else []
    attrs: dict[str, Value] = {"friendlyName": "myPlex", "identifier": "com.plexapp.plugins.myplex", "size": len(shown)}
    return xml(Node("MediaContainer", attrs, [_home_user(who) for who in shown]))


@views.post("/api/home/users/<int:plex_id>/switch")
def switch(plex_id: int) -> Response:
    """Become another member of the household; only its members can."""
    asking, client = person(), client_id()
    who = next((one for one in state().people() if one.plex_id == plex_id and one.relation in HOME), None)
    if asking.relation not in HOME or who is None:
        fail(1001)
    node = _home_user(who, authenticationToken=state().tokens.issue(who, client))
    node.tag = "user"
    return xml(node, 201)


@views.get("/users/<who>/avatar")
def avatar(who: str) -> Response:
    """Somebody's picture; here everybody who asks gets one."""
    return Response(png(who, 160, 160), mimetype="image/png")
