"""`/api/v2/pins`: asking for a PIN and looking whether it was approved."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import Blueprint, Response, request

from sandbox.plextv.pins import Pin
from sandbox.plextv.replies import client_id, fail, given, reply, state

views = Blueprint("pins", __name__)

PATH = "/api/v2/pins"


def _data(pin: Pin) -> dict[str, Any]:
    left = (pin.expires_at - dt.datetime.now(dt.UTC)).total_seconds()
    return {
        "id": pin.id,
        "code": pin.code,
        "product": pin.product,
        "trusted": False,
        "qr": f"https://plex.tv/api/v2/pins/qr/{pin.code}",
        "clientIdentifier": pin.client_id,
        "location": {
            "code": "DE",
            "european_union_member": True,
            "continent_code": "EU",
            "country": "Germany",
            "city": "Lantern Bay",
            "time_zone": "Europe/Berlin",
            "postal_code": "00000",
            "in_privacy_restricted_country": True,
            "subdivisions": "Coast",
            "coordinates": "54.0000, 10.0000",
        },
        "expiresIn": max(0, int(left)),
        "createdAt": _stamp(pin.created_at),
        "expiresAt": _stamp(pin.expires_at),
        "authToken": pin.token,
        "newRegistration": None,
    }


def _stamp(moment: dt.datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _strong() -> bool:
    body = request.get_json(silent=True)
    asked = body.get("strong") if isinstance(body, dict) else request.values.get("strong", "")
    return str(asked).lower() in ("true", "1")


@views.post(PATH)
@views.post(f"{PATH}.xml", endpoint="make_xml")
def make() -> Response:
    pin = state().pins.make(
        client_id(),
        given("X-Plex-Product") or "Plex application",
        request.headers.get("Origin"),
        request.remote_addr or "",
        strong=_strong(),
    )
    return reply("pin", _data(pin), 201)


@views.get(f"{PATH}/<int:number>")
def check(number: int) -> Response:
    asking = client_id()
    if not state().may_check():
        fail(1003)
    pin = state().pins.by_id(number, asking)
    if pin is None or request.args.get("code", pin.code) != pin.code:
        fail(1020)
    return reply("pin", _data(pin))


@views.get(f"{PATH}/info")
def info() -> Response:
    """What the sign-in page learns about the application that asked."""
    pin = state().pins.by_code(request.args.get("code", ""))
    if pin is None:
        fail(1020)
    data = _data(pin) | {"ipAddress": pin.address, "origin": pin.origin}
    del data["authToken"]
    return reply("pin", data)


@views.after_app_request
def allow_browsers(answer: Response) -> Response:
    if request.path.startswith(PATH) and state().cors:
        answer.headers["Access-Control-Allow-Origin"] = "*"
        answer.headers["Access-Control-Allow-Methods"] = "GET, POST, OPTIONS"
        answer.headers["Access-Control-Allow-Headers"] = request.headers.get("Access-Control-Request-Headers", "*")
    return answer
