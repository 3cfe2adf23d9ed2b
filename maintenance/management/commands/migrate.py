"""Django's own command, quicker, and refused in front of the first change instead of amid them."""

from __future__ import annotations

from typing import Any

from django.core.management.commands import migrate
from django.db import connections

from medianest.lib.quick_migrations import quick
from operations import roles


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        if not (options["plan"] or options["check_unapplied"]):
            roles.demand(connections[options["database"]])
        with quick():
            super().handle(*args, **options)
