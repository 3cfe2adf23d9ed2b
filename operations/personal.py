"""What operations keeps about a person."""

from __future__ import annotations

from medianest.lib.personal_data import export, not_exported
from operations.audit import TRAILS
from operations.models import ErrorLog, Job, RateLimit, SecurityEvent

export(SecurityEvent, "security-events", "actor")
not_exported(Job, "created_by", because="Work in hand, forgotten soon; what it is for is told where it shows.")
export(
    ErrorLog,
    "errors-met",
    "user",
    leave_out={"stack_trace": "Lines of the program, not of the person.", "fold": "A counter's key."},
)
not_exported(RateLimit, "user", because="A count of the last hour, gone with it.")
for _trail in TRAILS.values():
    not_exported(
        _trail.rows,
        "pgh_context",
        because="Says who did what to others' rows as well; what it tells of a person's own stands in those rows.",
    )
