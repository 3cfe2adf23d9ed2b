"""People: listed, looked at, brought over from Plex."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, request

from sandbox.overseerr import rules
from sandbox.overseerr.doors import TAKE_SKIP, Door, Field, Param, door
from sandbox.overseerr.gate import caller, refuse, state
from sandbox.overseerr.records import Permission, User, now
from sandbox.overseerr.request_views import number
from sandbox.overseerr.shapes import page_of, request_shape, shown_user, user_shape
from sandbox.world import PEOPLE, Person

views = Blueprint("users", __name__)

_MANAGE = (Permission.MANAGE_USERS,)
_LIST = Door(
    query=TAKE_SKIP
    | {
        "sort": Param(choices=("created", "updated", "requests", "displayname")),
        "q": Param(since=2),
        "includeIds": Param(since=2),
    }
)
WITH_ACCESS = ("shared", "home")


@door(views, "GET", "/auth/me")
def me() -> Response:
    return jsonify(user_shape(state(), caller()))


@door(views, "GET", "/user", _LIST)
def users() -> Response:
    """Everybody, for everybody; addresses and Plex numbers only for those who manage users."""
    current = state()
    with current.lock:
        found = list(current.users.values())
        query = request.args.get("q", "").casefold()
        if query:
            found = [one for one in found if query in f"{one.display_name} {one.email}".casefold()]
        ids = {part for part in request.args.get("includeIds", "").split(",") if part}
        if ids:
            found = [one for one in found if str(one.user_id) in ids]
        found = _sorted(found, request.args.get("sort", "created"))
        info, shown = page_of(found, number("take", 10), number("skip", 0))
        manager = caller().may(*_MANAGE)
        return jsonify(pageInfo=info, results=[shown_user(current, one, manager) for one in shown])


def _sorted(found: list[User], by: str) -> list[User]:
    if by == "updated":
        return sorted(found, key=lambda one: one.updated, reverse=True)
    if by == "displayname":
        return sorted(found, key=lambda one: one.display_name.casefold())
    if by == "requests":
        counts = {one.user_id: sum(r.requested_by is one for r in state().requests) for one in found}
        return sorted(found, key=lambda one: counts[one.user_id], reverse=True)
    return found


def _user_or_404(user_id: str) -> User:
    found = state().users.get(int(float(user_id)))
    if found is None:
        refuse(404, "User not found.")
    return found


@door(views, "GET", "/user/<userId>")
def one_user(userId: str) -> Response:
    with state().lock:
        return jsonify(shown_user(state(), _user_or_404(userId), caller().may(*_MANAGE)))


@door(views, "GET", "/user/<userId>/quota")
def quota(userId: str) -> Response:
    with state().lock:
        if int(float(userId)) != caller().user_id and not caller().may_all(*_MANAGE, Permission.MANAGE_REQUESTS):
            refuse(403, "You do not have permission to view this user's request limits.")
        return jsonify(rules.quota(state(), _user_or_404(userId)))


@door(views, "GET", "/user/<userId>/requests", Door(query=TAKE_SKIP))
def requests_of(userId: str) -> Response:
    with state().lock:
        user = _user_or_404(userId)
        if user is not caller() and not caller().may(Permission.MANAGE_REQUESTS, Permission.REQUEST_VIEW):
            refuse(403, "You do not have permission to view this user's requests.")
        own = [one for one in reversed(state().requests) if one.requested_by is user]
        info, shown = page_of(own, number("take", 20), number("skip", 0))
        return jsonify(pageInfo=info, results=[request_shape(state(), one) for one in shown])


@door(
    views,
    "POST",
    "/user",
    Door(needs=_MANAGE, body={"email": Field("string"), "username": Field("string"), "permissions": Field("number")}),
)
def create() -> tuple[Response, int]:
    """A local account. Without a password it needs a mail server, which the sandbox has not."""
    body: dict[str, Any] = request.get_json()
    email = str(body.get("email") or body.get("username") or "").lower()
    with state().lock:
        if any(one.email == email for one in state().users.values()):
            refuse(409, "USER_EXISTS")
        if not body.get("password"):
            refuse(500, "Email notifications must be enabled")
        user = User(max(state().users) + 1, email, None, None, body.get("username"))
        state().users[user.user_id] = user
        return jsonify(user_shape(state(), user)), 201


@door(
    views,
    "POST",
    "/user/import-from-plex",
    Door(needs=_MANAGE, body={"plexIds": Field("strings")}, body_required=False),
)
def import_from_plex() -> tuple[Response, int]:
    """Bring over people who have access; gives only those who are new. Accounts without an e-mail are passed over."""
    if state().plextv_down:
        refuse(500, "Unable to retrieve users from Plex")
    body = request.get_json(silent=True) or {}
    asked = body.get("plexIds")
    made = []
    with state().lock:
        for person in PEOPLE:
            if person.relation not in WITH_ACCESS or person.email is None:
                continue
            known = _known(person)
            if known is not None:
                known.plex_username, known.email, known.updated = person.username, person.email, now()
                known.plex_id = person.plex_id
            elif asked is None or str(person.plex_id) in asked:
                made.append(state().add_user(person))
        return jsonify([user_shape(state(), one) for one in made]), 201


def _known(person: Person) -> User | None:
    """By the Plex number, else by the address, which a local account may have had before."""
    by_number = state().by_plex_id(person.plex_id)
    return by_number or next((one for one in state().users.values() if one.email == person.email), None)
