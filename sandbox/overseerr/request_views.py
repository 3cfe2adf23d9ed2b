"""Requests: made, listed, changed, decided."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, request

from sandbox.overseerr import rules
from sandbox.overseerr.doors import NUMBER, TAKE_SKIP, Door, Field, Param, door
from sandbox.overseerr.gate import caller, never_answer, refuse, state
from sandbox.overseerr.records import MediaStatus, Permission, Request, RequestStatus, Season
from sandbox.overseerr.shapes import page_of, request_shape

views = Blueprint("requests", __name__)

_SEE_ALL = (Permission.MANAGE_REQUESTS, Permission.REQUEST_VIEW)
_MANAGE = (Permission.MANAGE_REQUESTS,)
_OPTIONS = {
    "is4k": Field("boolean"),
    "serverId": Field("number"),
    "profileId": Field("number"),
    "rootFolder": Field("string"),
    "languageProfileId": Field("number"),
    "userId": Field("number", nullable=True),
}
_KIND = Field("string", required=True, choices=("movie", "tv"))
_LIST = Door(
    query=TAKE_SKIP
    | {
        "filter": Param(
            choices=("all", "approved", "available", "pending", "processing", "unavailable", "failed"),
            later=("deleted", "completed"),
        ),
        "sort": Param(choices=("added", "modified")),
        "sortDirection": Param(choices=("asc", "desc"), since=2),
        "requestedBy": NUMBER,
        "mediaType": Param(choices=("movie", "tv", "all"), since=2),
    }
)
_CREATE = Door(
    body={"mediaType": _KIND, "mediaId": Field("number", required=True), "tvdbId": Field("number")}
    | {"seasons": Field("seasons")}
    | _OPTIONS
)
_ON_THE_WAY = (MediaStatus.UNKNOWN, MediaStatus.PENDING, MediaStatus.PROCESSING, MediaStatus.PARTIALLY_AVAILABLE)


def number(name: str, default: int) -> int:
    return int(float(request.args.get(name, default)))


def _statuses(wanted: str) -> tuple[set[RequestStatus], set[MediaStatus]]:
    """Which requests and which titles a filter lets through."""
    finished = RequestStatus.COMPLETED if state().major >= 2 else RequestStatus.APPROVED
    requests = {
        "approved": {RequestStatus.APPROVED},
        "processing": {RequestStatus.APPROVED},
        "pending": {RequestStatus.PENDING},
        "unavailable": {RequestStatus.PENDING, RequestStatus.APPROVED},
        "failed": {RequestStatus.FAILED},
        "completed": {RequestStatus.COMPLETED},
        "available": {finished},
        "deleted": {RequestStatus.COMPLETED},
    }
    media = {
        "available": {MediaStatus.AVAILABLE},
        "processing": set(_ON_THE_WAY),
        "unavailable": set(_ON_THE_WAY),
        "deleted": {MediaStatus.DELETED},
    }
    return requests.get(wanted, set(RequestStatus)), media.get(wanted, set(MediaStatus) - {MediaStatus.BLOCKLISTED})


def _wanted() -> list[Request]:
    """The requests that the query asks for, newest first unless told otherwise."""
    requests, media = _statuses(request.args.get("filter", "all"))
    found = [one for one in state().requests if one.status in requests and one.media.state(one.is4k) in media]
    asked = number("requestedBy", 0)
    if not caller().may(*_SEE_ALL):
        if asked and asked != caller().user_id:
            refuse(403, "You do not have permission to view this user's requests.")
        asked = caller().user_id
    if asked:
        found = [one for one in found if one.requested_by.user_id == asked]
    kind = request.args.get("mediaType", "all")
    if kind != "all":
        found = [one for one in found if one.media.media_type == kind]
    if request.args.get("sort") == "modified":
        found = sorted(found, key=lambda one: one.updated)
    return found if request.args.get("sortDirection") == "asc" else found[::-1]


@door(views, "GET", "/request", _LIST)
def requests() -> Response:
    current = state()
    hung = current.servarr_hung and current.major >= 2
    if hung and current.major == 2:
        return never_answer(current)  # type: ignore[return-value]
    if hung:
        current.release.wait(current.servarr_timeout)
    with current.lock:
        info, shown = page_of(_wanted(), number("take", 10), number("skip", 0))
        results = [request_shape(current, one) for one in shown]
    if current.major >= 2 and caller().may(*_MANAGE):
        results = [one | {"canRemove": False} for one in results]
    body: dict[str, Any] = {"pageInfo": info, "results": results}
    if current.major >= 3:
        body["serviceErrors"] = {"radarr": [{"id": 0, "name": "Radarr"}] if hung else [], "sonarr": []}
    return jsonify(body)


@door(views, "POST", "/request", _CREATE)
def create() -> tuple[Response, int]:
    try:
        made = rules.create(state(), caller(), request.get_json())
    except rules.Refused as refusal:
        refuse(refusal.status, refusal.message)
    with state().lock:
        return jsonify(request_shape(state(), made)), 201


@door(views, "GET", "/request/count")
def count() -> Response:
    with state().lock:
        found = list(state().requests)

    def how_many(status: RequestStatus, available: bool | None = None) -> int:
        those = [one for one in found if one.status is status]
        if available is not None:
            those = [one for one in those if (one.media.state(one.is4k) is MediaStatus.AVAILABLE) is available]
        return len(those)

    told = {
        "total": len(found),
        "movie": sum(one.media.media_type == "movie" for one in found),
        "tv": sum(one.media.media_type == "tv" for one in found),
        "pending": how_many(RequestStatus.PENDING),
        "approved": how_many(RequestStatus.APPROVED),
        "declined": how_many(RequestStatus.DECLINED),
        "processing": how_many(RequestStatus.APPROVED, available=False),
        "available": how_many(RequestStatus.APPROVED, available=True),
    }
    return jsonify(told | ({"completed": how_many(RequestStatus.COMPLETED)} if state().major >= 2 else {}))


def _request_or_404(request_id: str) -> Request:
    found = state().find_request(int(request_id)) if request_id.isdigit() else None
    if found is None:
        refuse(404, "Request not found.")
    return found


@door(views, "GET", "/request/<requestId>")
def one_request(requestId: str) -> Response:
    with state().lock:
        found = _request_or_404(requestId)
        if found.requested_by is not caller() and not caller().may(*_SEE_ALL):
            refuse(403, "You do not have permission to view this request.")
        return jsonify(request_shape(state(), found))


@door(views, "PUT", "/request/<requestId>", Door(body={"mediaType": _KIND, "seasons": Field("numbers")} | _OPTIONS))
def edit(requestId: str) -> Response:
    body = request.get_json()
    with state().lock:
        found = _request_or_404(requestId)
        own = found.requested_by is caller()
        advanced = body["mediaType"] == "tv" or caller().may(Permission.REQUEST_ADVANCED)
        if not (own and advanced) and not caller().may(*_MANAGE):
            refuse(403, "You do not have permission to modify this request.")
        if body.get("userId"):
            user = state().users.get(body["userId"])
            if user is not found.requested_by and not caller().may_all(*_MANAGE, Permission.MANAGE_USERS):
                refuse(403, "You do not have permission to modify the request user.")
            found.requested_by = user or found.requested_by
        if body["mediaType"] == "tv":
            _edit_seasons(found, body.get("seasons"))
        found.server_id = body.get("serverId", found.server_id)
        found.profile_id = body.get("profileId", found.profile_id)
        found.root_folder = body.get("rootFolder", found.root_folder)
        found.tags = body.get("tags", found.tags)
        found.touch(found.status)
        return jsonify(request_shape(state(), found))


def _edit_seasons(found: Request, seasons: list[int] | None) -> None:
    if not seasons:
        refuse(500, "Missing seasons. If you want to cancel a series request, use the DELETE method.")
    taken = rules.taken_seasons(state(), found.media, bool(found.is4k), but=found)
    final = [one for one in seasons if one not in taken]
    if not final:
        refuse(202, "No seasons available to request")
    kept = {season.number: season for season in found.seasons}
    found.seasons = [kept.get(one) or Season(state().next_id(), one, found.status) for one in final]


@door(views, "DELETE", "/request/<requestId>")
def delete(requestId: str) -> tuple[str, int]:
    """Anybody may delete a request that is still pending, whoever made it."""
    with state().lock:
        found = _request_or_404(requestId)
        mine = found.requested_by is caller()
        if not caller().may(*_MANAGE) and not mine and found.status is not RequestStatus.PENDING:
            refuse(401, "You do not have permission to delete this request.")
        rules.delete(state(), found)
    return "", 204


@door(views, "POST", "/request/<requestId>/retry", Door(needs=_MANAGE))
def retry(requestId: str) -> Response:
    with state().lock:
        found = _request_or_404(requestId)
        found.touch(RequestStatus.APPROVED, caller())
        if found.media.state(found.is4k) is MediaStatus.UNKNOWN:
            found.media.enter(MediaStatus.PENDING, found.is4k)
        return jsonify(request_shape(state(), found))


@door(
    views,
    "POST",
    "/request/<requestId>/<status>",
    Door(needs=_MANAGE, choices={"status": ("approve", "decline")}),
)
def decide(requestId: str, status: str) -> Response:
    with state().lock:
        found = _request_or_404(requestId)
        (rules.approve if status == "approve" else rules.decline)(state(), found, caller())
        return jsonify(request_shape(state(), found))
