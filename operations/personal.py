"""What operations keeps about a person."""

from __future__ import annotations

from medianest.lib.personal_data import export, not_exported
from operations.models import Job, SecurityEvent

export(SecurityEvent, "security-events", "actor")
not_exported(Job, "created_by", because="Work in hand, forgotten soon; what it is for is told where it shows.")
