"""What people want to see here, who else wants it, what became of it, and what does not play well."""

from requests_app.models.allowances import ApprovalRule, Decision, RequestAllowance
from requests_app.models.problems import ProblemComment, ProblemKind, ProblemReport, ProblemStatus
from requests_app.models.requests import (
    OPEN,
    SEASON_OPEN,
    SEASON_TRANSITIONS,
    TRANSITIONS,
    EventKind,
    MediaRequest,
    RequestedSeason,
    RequestEvent,
    RequestFollower,
    RequestStatus,
    RequestType,
    SeasonStatus,
)

__all__ = [
    "OPEN",
    "SEASON_OPEN",
    "SEASON_TRANSITIONS",
    "TRANSITIONS",
    "ApprovalRule",
    "Decision",
    "EventKind",
    "MediaRequest",
    "ProblemComment",
    "ProblemKind",
    "ProblemReport",
    "ProblemStatus",
    "RequestAllowance",
    "RequestEvent",
    "RequestFollower",
    "RequestStatus",
    "RequestType",
    "RequestedSeason",
    "SeasonStatus",
]
