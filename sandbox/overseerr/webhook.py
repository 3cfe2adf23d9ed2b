"""What Overseerr posts to a webhook, from the template it ships with. Every value is a string."""

from __future__ import annotations

import enum
from typing import Any

from sandbox.overseerr.records import ISSUE_TYPES, Comment, Issue, Media, Request, User
from sandbox.overseerr.shapes import avatar
from sandbox.overseerr.state import State
from sandbox.tmdb import paths


class Event(enum.IntEnum):
    """The kinds of notification, as bits."""

    MEDIA_PENDING = 2
    MEDIA_APPROVED = 4
    MEDIA_AVAILABLE = 8
    MEDIA_FAILED = 16
    TEST_NOTIFICATION = 32
    MEDIA_DECLINED = 64
    MEDIA_AUTO_APPROVED = 128
    ISSUE_CREATED = 256
    ISSUE_COMMENT = 512
    ISSUE_RESOLVED = 1024
    ISSUE_REOPENED = 2048


_REQUEST_WORDS = {
    Event.MEDIA_PENDING: "New {} Request",
    Event.MEDIA_APPROVED: "{} Request Approved",
    Event.MEDIA_AVAILABLE: "{} Request Now Available",
    Event.MEDIA_FAILED: "{} Request Failed",
    Event.MEDIA_DECLINED: "{} Request Declined",
    Event.MEDIA_AUTO_APPROVED: "{} Request Automatically Approved",
}
_ISSUE_WORDS = {
    Event.ISSUE_CREATED: "New {} Issue Reported",
    Event.ISSUE_COMMENT: "New Comment on {} Issue",
    Event.ISSUE_RESOLVED: "{} Issue Resolved",
    Event.ISSUE_REOPENED: "{} Issue Reopened",
}


def tell(state: State, event: Event, request: Request) -> None:
    """Tell of a request. Overseerr asks TMDB for the name first, and without an answer the event is lost."""
    words = ("4K " if request.is4k else "") + ("Movie" if request.media.media_type == "movie" else "Series")
    extra = []
    if request.seasons:
        extra = [{"name": "Requested Seasons", "value": ", ".join(str(one.number) for one in request.seasons)}]
    body = _about(state, request.media)
    if body is None:
        return
    _send(
        state,
        event,
        body
        | {
            "event": _REQUEST_WORDS[event].format(words),
            "request": {"request_id": str(request.request_id)} | _person("requestedBy", request.requested_by),
            "extra": extra,
        },
    )


def tell_issue(state: State, event: Event, issue: Issue, comment: Comment | None = None) -> None:
    body = _about(state, issue.media)
    if body is None:
        return
    kind = ISSUE_TYPES[issue.issue_type]
    told = {"issue_id": str(issue.issue_id), "issue_type": kind, "issue_status": issue.status.name}
    said = None if comment is None else {"comment_message": comment.message} | _person("commentedBy", comment.user)
    _send(
        state,
        event,
        body
        | {
            "event": _ISSUE_WORDS[event].format(kind.capitalize()),
            "message": issue.comments[0].message if issue.comments else "",
            "issue": told | _person("reportedBy", issue.created_by),
            "comment": said,
        },
    )


def tell_test(state: State) -> None:
    _send(
        state,
        Event.TEST_NOTIFICATION,
        {
            "event": "",
            "subject": "Test Notification",
            "message": "Check check, 1, 2, 3. Are we coming in clear?",
            "image": "",
        },
    )


def _send(state: State, event: Event, body: dict[str, Any]) -> None:
    if event & state.webhook_types:
        empty: dict[str, Any] = {"media": None, "request": None, "issue": None, "comment": None, "extra": []}
        state.outgoing.send({"notification_type": event.name} | empty | body)


def _about(state: State, media: Media) -> dict[str, Any] | None:
    title = state.title(media.tmdb_id, media.media_type)
    if title is None:
        return None
    poster = paths.poster(title)
    return {
        "subject": f"{title.name} ({title.year})",
        "message": title.overview,
        "image": f"https://image.tmdb.org/t/p/w600_and_h900_bestv2{poster}" if poster else "",
        "media": {
            "media_type": media.media_type,
            "tmdbId": str(media.tmdb_id),
            "tvdbId": str(media.tvdb_id or ""),
            "status": media.status.name,
            "status4k": media.status4k.name,
        },
    }


def _person(role: str, user: User) -> dict[str, str]:
    """Never a number of the person: neither Overseerr's nor Plex's."""
    return {
        f"{role}_email": user.email,
        f"{role}_username": user.display_name,
        f"{role}_avatar": avatar(user),
        f"{role}_settings_discordId": "",
        f"{role}_settings_telegramChatId": "",
    }
