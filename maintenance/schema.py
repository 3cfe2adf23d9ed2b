"""Bringing the database's tables up to date."""

from __future__ import annotations

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor


class TooNew(Exception):
    """The database was used by a newer version than this one."""


def migrate_if_needed() -> int:
    """Apply what is missing; how many changes that were. Raises TooNew before touching anything."""
    executor = MigrationExecutor(connection)
    _refuse_newer(executor)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        call_command("migrate", interactive=False, verbosity=0)
    return len(plan)


def _refuse_newer(executor: MigrationExecutor) -> None:
    own = {app.label for app in apps.get_app_configs() if app.path.startswith(str(settings.BASE_DIR))}
    unknown = sorted(
        f"{label}.{name}"
        for label, name in executor.loader.applied_migrations
        if label in own
        and (label, name) not in executor.loader.disk_migrations
        and (label, name) not in executor.loader.replacements
    )
    if unknown:
        raise TooNew(
            f"This database was used by a newer MediaNest ({unknown[-1]} is unknown here). "
            "Start that version again, or restore a backup made with this one."
        )
