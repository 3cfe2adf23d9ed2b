"""What every installation starts with, and what the demo adds. Safe to repeat."""

from __future__ import annotations

from collections.abc import Callable

from django.db.models import Model

from downloads.actions import seed_profiles
from downloads.models import DownloadProfile
from maintenance import demo as demos
from maintenance.demo import Demo
from services.actions import seed_services
from services.models import ServiceConfig


def seed() -> list[str]:
    """Add what is missing; one line for each thing, fit to print."""
    return [
        _added("Services", ServiceConfig, seed_services),
        _added("Download profiles", DownloadProfile, seed_profiles),
    ]


def seed_demo(demo: Demo) -> list[str]:
    """Add the demo's people and connections. Raises BadDemo on a real installation."""
    demos.refuse_real_installation(demo)
    return [
        _line("Demo people", "added", demos.seed_people(demo)),
        _line("Demo connections", "set", demos.connect_services(demo)),
    ]


def _added(what: str, model: type[Model], add: Callable[[], object]) -> str:
    rows = model._default_manager.all()
    before = set(rows.values_list("pk", flat=True))
    add()
    return _line(what, "added", [str(row) for row in rows.exclude(pk__in=before)])


def _line(what: str, verb: str, names: list[str]) -> str:
    return f"{what}: {verb} {', '.join(names)}." if names else f"{what}: all there."
