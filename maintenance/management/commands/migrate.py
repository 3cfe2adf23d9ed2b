"""Django's own command, quicker."""

from __future__ import annotations

from typing import Any

from django.core.management.commands import migrate

from medianest.lib.quick_migrations import quick


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        with quick():
            super().handle(*args, **options)
