"""The external services: how to reach them, how they are, and how they were."""

from __future__ import annotations

from services.models.config import ServiceConfig, service_choices
from services.models.history import ServiceCheck, ServiceDay, ServiceHour, StateChange
from services.models.incident import Incident, Severity, watched_choices
from services.models.states import CheckState, ServiceState
from services.models.status import ServiceStatus

__all__ = [
    "CheckState",
    "Incident",
    "ServiceCheck",
    "ServiceConfig",
    "ServiceDay",
    "ServiceHour",
    "ServiceState",
    "ServiceStatus",
    "Severity",
    "StateChange",
    "service_choices",
    "watched_choices",
]
