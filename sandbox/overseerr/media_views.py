"""Titles Overseerr knows, reported problems, and what may not be requested."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, request

from sandbox.overseerr import progress
from sandbox.overseerr.doors import TAKE_SKIP, Door, Field, Param, door
from sandbox.overseerr.gate import caller, refuse, state
from sandbox.overseerr.records import Blocked, Media, MediaStatus, Permission
from sandbox.overseerr.request_views import number
from sandbox.overseerr.shapes import blocked_shape, media_info, media_shape, page_of

views = Blueprint("media", __name__)

_MANAGE = (Permission.MANAGE_REQUESTS,)
_BLOCK = (Permission.MANAGE_BLOCKLIST,)
_STATUSES = {
    "available": MediaStatus.AVAILABLE,
    "partial": MediaStatus.PARTIALLY_AVAILABLE,
    "processing": MediaStatus.PROCESSING,
    "pending": MediaStatus.PENDING,
    "unknown": MediaStatus.UNKNOWN,
    "deleted": MediaStatus.DELETED,
}
_FILTERS = {
    "available": {MediaStatus.AVAILABLE},
    "partial": {MediaStatus.PARTIALLY_AVAILABLE},
    "allavailable": {MediaStatus.AVAILABLE, MediaStatus.PARTIALLY_AVAILABLE},
    "processing": {MediaStatus.PROCESSING},
    "pending": {MediaStatus.PENDING},
    "deleted": {MediaStatus.DELETED},
}
_LIST = Door(
    query=TAKE_SKIP
    | {
        "filter": Param(
            choices=("all", "available", "partial", "allavailable", "processing", "pending"), later=("deleted",)
        ),
        "sort": Param(choices=("added", "modified", "mediaAdded")),
    }
)


@door(views, "GET", "/media", _LIST)
def media_list() -> Response:
    with state().lock:
        wanted = _FILTERS.get(request.args.get("filter", "all"), set(MediaStatus))
        found = [one for one in reversed(state().media) if one.status in wanted]
        info, shown = page_of(found, number("take", 20), number("skip", 0))
        return jsonify(pageInfo=info, results=[media_shape(state(), one) for one in shown])


def _media_or_404(media_id: str) -> Media:
    found = state().media_by_id(int(media_id)) if media_id.isdigit() else None
    if found is None:
        refuse(404, "Media does not exist.")
    return found


@door(
    views,
    "POST",
    "/media/<mediaId>/<status>",
    Door(
        needs=_MANAGE,
        body={"is4k": Field("boolean")},
        body_required=False,
        choices={"status": tuple(_STATUSES)},
    ),
)
def enter(mediaId: str, status: str) -> Response:
    body = request.get_json(silent=True) or {}
    if status == "deleted" and state().major < 2:
        refuse(400, "request/params/status must be equal to one of the allowed values", [])
    with state().lock:
        media = _media_or_404(mediaId)
        progress.set_status(state(), media, _STATUSES[status], bool(body.get("is4k")))
        return jsonify(media_info(state(), media))


@door(views, "DELETE", "/media/<mediaId>", Door(needs=_MANAGE))
def forget(mediaId: str) -> tuple[str, int]:
    """Its requests go with it."""
    with state().lock:
        media = _media_or_404(mediaId)
        state().media.remove(media)
        state().requests = [one for one in state().requests if one.media is not media]
        state().issues = [one for one in state().issues if one.media is not media]
    return "", 204


_BLOCK_BODY = {"tmdbId": Field("number"), "title": Field("string"), "media": Field("object"), "user": Field("number")}


def _deprecated(answer: Response) -> Response:
    """From version 3 on the old name answers with a warning in its head."""
    if "/blacklist" in request.path and state().major >= 3:
        answer.headers["Deprecation"] = "true"
        answer.headers["Sunset"] = "2026-06-01"
    return answer


@door(views, "GET", "/blocklist", Door(query=TAKE_SKIP | {"search": Param(), "filter": Param()}, first=3))
@door(views, "GET", "/blacklist", Door(query=TAKE_SKIP | {"search": Param(), "filter": Param()}, first=2))
def blocked() -> Response:
    with state().lock:
        info, shown = page_of(state().blocklist, number("take", 25), number("skip", 0))
        return _deprecated(jsonify(pageInfo=info, results=[blocked_shape(state(), one) for one in shown]))


@door(views, "POST", "/blocklist", Door(needs=_BLOCK, body=_BLOCK_BODY, first=3))
@door(views, "POST", "/blacklist", Door(needs=_BLOCK, body=_BLOCK_BODY, first=2))
def block() -> Response:
    body = request.get_json()
    kind = str(body.get("mediaType", "movie"))
    with state().lock:
        if any((one.tmdb_id, one.media_type) == (body["tmdbId"], kind) for one in state().blocklist):
            refuse(412, "Item already blocklisted")
        blocked = Blocked(state().next_id(), body["tmdbId"], kind, str(body.get("title", "")), caller())
        state().blocklist.append(blocked)
        media = state().find_media(body["tmdbId"], kind) or state().add_media(body["tmdbId"], kind)
        media.enter(MediaStatus.BLOCKLISTED, False)
    return _deprecated(Response("", 201))


@door(views, "DELETE", "/blocklist/<tmdbId>", Door(needs=_BLOCK, query={"mediaType": Param()}, first=3))
@door(views, "DELETE", "/blacklist/<tmdbId>", Door(needs=_BLOCK, query={"mediaType": Param()}, first=2))
def unblock(tmdbId: str) -> Response:
    """All of that number go, films and series, unless the kind is said."""
    kind = request.args.get("mediaType")
    with state().lock:
        gone = [one for one in state().blocklist if str(one.tmdb_id) == tmdbId and kind in (None, one.media_type)]
        if not gone:
            refuse(404, "Item not found")
        for one in gone:
            state().blocklist.remove(one)
            media = state().find_media(one.tmdb_id, one.media_type)
            if media is not None:
                media.enter(MediaStatus.UNKNOWN, False)
    return _deprecated(Response("", 204))
