"""The page on which a person signs in and approves a PIN (app.plex.tv's part of the flow)."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, Response, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from sandbox.plextv.accounts import person_named
from sandbox.plextv.pins import Pin
from sandbox.plextv.replies import state
from sandbox.world import PEOPLE

views = Blueprint("auth", __name__)

_ROLES = {
    "owner": "owns the server",
    "shared": "a friend",
    "home": "managed, of the household",
    "pending": "has not accepted yet",
    "stranger": "a stranger",
}


@views.get("/auth")
@views.get("/auth/", endpoint="page_slash")
def page() -> Response:
    """Client id, code and address of return stand in the fragment, which only the page's script sees."""
    return _page()


def _page(status: int = 200, error: str = "") -> Response:
    kept = {name: request.form.get(name, "") for name in ("code", "clientID", "forwardUrl", "username", "product")}
    shown = {"people": state().people()[: len(PEOPLE)], "roles": _ROLES, "error": error, "alert": state().alert}
    return make_response(render_template("auth.html", **shown, **kept), status)


@views.post("/auth")
def sign_in() -> BaseResponse:
    pin = state().pins.by_code(request.form.get("code", ""))
    if pin is None or request.form.get("clientID") not in ("", None, pin.client_id):
        return _page(404, "This sign-in has expired. Go back to the application and start again.")
    chosen = request.form.get("chosen", "")
    who = person_named(chosen or request.form.get("username", ""))
    if who is None or not (chosen or request.form.get("password") == who.password):
        return _page(403, "User name or password is wrong.")
    state().approve(pin, who)
    target = request.form.get("forwardUrl", "")
    if _may_forward(pin, target):
        return redirect(target, 302)
    return make_response(render_template("done.html", person=who, product=pin.product))


def _may_forward(pin: Pin, target: str) -> bool:
    """Only web addresses, and only of the Origin that asked for the PIN."""
    parts = urlsplit(target)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        return False
    return not state().strict_origin or pin.origin == f"{parts.scheme}://{parts.netloc}"


@views.get("/")
def home() -> Response:
    return make_response(render_template("home.html"))
