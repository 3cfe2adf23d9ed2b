"""What Overseerr says about itself, and where it sends webhooks to."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, jsonify, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from sandbox.overseerr.doors import Door, Field, door
from sandbox.overseerr.gate import state
from sandbox.overseerr.records import Permission
from sandbox.overseerr.webhook import tell_test
from sandbox.tmdb.drawing import draw

views = Blueprint("settings", __name__)

_PUBLIC = Door(public=True)
_ADMIN = (Permission.ADMIN,)
_NAMES = {1: "Overseerr API", 2: "Jellyseerr API", 3: "Seerr API"}


@door(views, "GET", "/", _PUBLIC)
def name() -> Response:
    return jsonify(api=_NAMES[state().major], version="1.0")


@door(views, "GET", "/status", _PUBLIC)
def status() -> Response:
    return jsonify(
        version=state().version, commitTag="local", updateAvailable=False, commitsBehind=0, restartRequired=False
    )


@door(views, "GET", "/settings/public", _PUBLIC)
def public() -> Response:
    current = state()
    told: dict[str, Any] = {
        "initialized": True,
        "applicationTitle": {1: "Overseerr", 2: "Jellyseerr", 3: "Seerr"}[current.major],
        "applicationUrl": "",
        "hideAvailable": False,
        "localLogin": True,
        "movie4kEnabled": False,
        "series4kEnabled": False,
        "region": "",
        "originalLanguage": "",
        "partialRequestsEnabled": True,
        "cacheImages": False,
        "vapidPublic": "",
        "enablePushRegistration": False,
        "locale": "en",
        "emailEnabled": False,
        "newPlexLogin": True,
    }
    if current.major >= 2:
        told |= {"mediaServerType": 1, "mediaServerLogin": True, "enableSpecialEpisodes": False}
    return jsonify(told)


@door(views, "GET", "/settings/about", Door(needs=_ADMIN))
def about() -> Response:
    current = state()
    with current.lock:
        return jsonify(
            version=current.version,
            totalMediaItems=len(current.media),
            totalRequests=len(current.requests),
            tz="UTC",
            appDataPath="/app/config",
        )


def _webhook() -> dict[str, Any]:
    outgoing = state().outgoing
    return {
        "enabled": bool(outgoing.url),
        "types": state().webhook_types,
        "options": {
            "webhookUrl": outgoing.url,
            "authHeader": outgoing.headers.get("Authorization", ""),
            "jsonPayload": "",
        },
    }


_WEBHOOK_BODY = {"enabled": Field("boolean"), "types": Field("number"), "options": Field("object")}


@door(views, "GET", "/settings/notifications/webhook", Door(needs=_ADMIN))
def webhook() -> Response:
    return jsonify(_webhook())


@door(views, "POST", "/settings/notifications/webhook", Door(needs=_ADMIN, body=_WEBHOOK_BODY))
def set_webhook() -> Response:
    body = request.get_json()
    options = body.get("options", {})
    state().send_webhooks_to(
        options.get("webhookUrl", "") if body.get("enabled") else "", options.get("authHeader", "")
    )
    state().webhook_types = int(body.get("types", 0))
    return jsonify(_webhook())


@door(views, "POST", "/settings/notifications/webhook/test", Door(needs=_ADMIN, body=_WEBHOOK_BODY))
def test_webhook() -> tuple[str, int]:
    tell_test(state())
    return "", 204


@views.get("/imageproxy/<path:rest>")
def picture(rest: str) -> Response:
    """For everybody, at an address that changed with version 2; the one of the other is 400."""
    prefix = "t/p/" if state().major == 1 else "tmdb/t/p/"
    if not rest.startswith(prefix):
        abort(400)
    size, _, file = rest.removeprefix(prefix).partition("/")
    drawn = None if state().tmdb_down else draw(file, size)
    if drawn is None:
        abort(500)
    return Response(drawn, mimetype="image/png")


@views.get("/login")
def login() -> Response:
    title = {1: "Overseerr", 2: "Jellyseerr", 3: "Seerr"}[state().major]
    return Response(f"<!doctype html><html lang=en><title>Sign In - {title}</title></html>", mimetype="text/html")


@views.get("/", defaults={"path": ""})
@views.get("/<path:path>")
def elsewhere(path: str) -> AnyResponse:
    """Any other page sends people to sign in."""
    return redirect("/login", 307)
