"""Reported problems with a title."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, request

from sandbox.overseerr.doors import NUMBER, TAKE_SKIP, Door, Field, Param, door
from sandbox.overseerr.gate import caller, refuse, state
from sandbox.overseerr.records import Comment, Issue, IssueStatus, Permission, now
from sandbox.overseerr.request_views import number
from sandbox.overseerr.shapes import issue_shape, page_of
from sandbox.overseerr.webhook import Event, tell_issue

views = Blueprint("issues", __name__)

_SEE = (Permission.MANAGE_ISSUES, Permission.VIEW_ISSUES)
_MAKE = (Permission.MANAGE_ISSUES, Permission.CREATE_ISSUES)
_LIST = Door(
    needs=(*_SEE, Permission.CREATE_ISSUES),
    query=TAKE_SKIP
    | {
        "sort": Param(choices=("added", "modified")),
        "filter": Param(choices=("all", "open", "resolved")),
        "requestedBy": NUMBER,
    },
)
_STATES = {"open": IssueStatus.OPEN, "resolved": IssueStatus.RESOLVED}


@door(views, "GET", "/issue", _LIST)
def issues() -> Response:
    """Open ones, unless all or the resolved are asked for."""
    wanted = _STATES.get(request.args.get("filter", "open"))
    with state().lock:
        found = [one for one in reversed(state().issues) if wanted is None or one.status is wanted]
        if not caller().may(*_SEE):
            found = [one for one in found if one.created_by is caller()]
        info, shown = page_of(found, number("take", 10), number("skip", 0))
        return jsonify(pageInfo=info, results=[issue_shape(state(), one) for one in shown])


@door(
    views,
    "POST",
    "/issue",
    Door(needs=_MAKE, body={"issueType": Field("number"), "message": Field("string"), "mediaId": Field("number")}),
)
def create() -> tuple[Response, int]:
    """`mediaId` is Overseerr's own number of the title, not TMDB's."""
    body: dict[str, Any] = request.get_json()
    with state().lock:
        media = state().media_by_id(body.get("mediaId", 0))
        if media is None:
            refuse(404, "Media does not exist.")
        comment = Comment(state().next_id(), caller(), body.get("message", ""))
        issue = Issue(
            len(state().issues) + 1,
            body.get("issueType", 4),
            media,
            caller(),
            body.get("problemSeason", 0),
            body.get("problemEpisode", 0),
            comments=[comment],
        )
        state().issues.append(issue)
        tell_issue(state(), Event.ISSUE_CREATED, issue)
        return jsonify(issue_shape(state(), issue)), 201


@door(views, "GET", "/issue/count")
def count() -> Response:
    with state().lock:
        found = list(state().issues)
    kinds = {
        name: sum(one.issue_type == kind for one in found)
        for name, kind in (("video", 1), ("audio", 2), ("subtitles", 3), ("others", 4))
    }
    waiting = sum(one.status is IssueStatus.OPEN for one in found)
    return jsonify({"total": len(found)} | kinds | {"open": waiting, "closed": len(found) - waiting})


def _issue_or_fail(issue_id: str, status: int) -> Issue:
    found = next((one for one in state().issues if str(one.issue_id) == issue_id), None)
    if found is None:
        refuse(status, "Issue not found.")
    return found


@door(views, "GET", "/issue/<issueId>", Door(needs=(*_SEE, Permission.CREATE_ISSUES)))
def one_issue(issueId: str) -> Response:
    """An unknown number is 500 here."""
    with state().lock:
        issue = _issue_or_fail(issueId, 500)
        if issue.created_by is not caller() and not caller().may(*_SEE):
            refuse(403, "You do not have permission to view this issue.")
        return jsonify(issue_shape(state(), issue))


@door(views, "DELETE", "/issue/<issueId>", Door(needs=_MAKE))
def delete(issueId: str) -> tuple[str, int]:
    with state().lock:
        issue = _issue_or_fail(issueId, 404)
        mine = issue.created_by is caller() and len(issue.comments) <= 1
        if not mine and not caller().may(Permission.MANAGE_ISSUES):
            refuse(401, "You do not have permission to delete this issue.")
        state().issues.remove(issue)
    return "", 204


@door(
    views,
    "POST",
    "/issue/<issueId>/comment",
    Door(needs=_MAKE, body={"message": Field("string", required=True)}),
)
def comment(issueId: str) -> Response:
    with state().lock:
        issue = _issue_or_fail(issueId, 500)
        if issue.created_by is not caller() and not caller().may(Permission.MANAGE_ISSUES):
            refuse(403, "You do not have permission to comment on this issue.")
        said = Comment(state().next_id(), caller(), request.get_json()["message"])
        issue.comments.append(said)
        issue.updated = now()
        tell_issue(state(), Event.ISSUE_COMMENT, issue, said)
        return jsonify(issue_shape(state(), issue))


@door(views, "POST", "/issue/<issueId>/<status>", Door(needs=_MAKE, choices={"status": ("open", "resolved")}))
def decide(issueId: str, status: str) -> Response:
    with state().lock:
        issue = _issue_or_fail(issueId, 500)
        if issue.created_by is not caller() and not caller().may(Permission.MANAGE_ISSUES):
            refuse(401, "You do not have permission to modify this issue.")
        before, issue.status = issue.status, _STATES[status]
        issue.modified_by, issue.updated = caller(), now()
        if before is not issue.status:
            resolved = issue.status is IssueStatus.RESOLVED
            tell_issue(state(), Event.ISSUE_RESOLVED if resolved else Event.ISSUE_REOPENED, issue)
        return jsonify(issue_shape(state(), issue))
