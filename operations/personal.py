"""What operations keeps about a person."""

from __future__ import annotations

from medianest.lib.personal_data import export, not_exported
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
