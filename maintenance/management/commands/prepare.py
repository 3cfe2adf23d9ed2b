"""All that must be so before the web and the workers start, in one go."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError, connection

from accounts.actions import bootstrap_administrator
from accounts.models import User
from maintenance import demo
from maintenance.blocks import columns, framed
from maintenance.erasing import forget_again
from maintenance.management.commands.bootstrap_admin import password_block
from maintenance.schema import TooNew, migrate_if_needed
from maintenance.seeding import seed, seed_demo
from maintenance.static_files import collect_if_changed
from medianest.lib.locks import held
from operations.audit_context import of_command


class Command(BaseCommand):
    help = "Migrate, seed, create the first administrator and collect static files; quick when nothing changed."
    requires_system_checks: list[str] = []  # checked below, after the lock, with the database

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--demo", action="store_true", help="Set up the demo's people and connections instead.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            given = demo.read() if options["demo"] else None
            self._wait_as_long_as_needed()
            with held("maintenance.prepare"):
                self._database()
                self.check(databases=["default"])
                with of_command("prepare"):
                    self._forget_again()
                    self._people(given)
        except (demo.BadDemo, TooNew) as error:
            raise CommandError(str(error)) from error
        except OperationalError as error:
            raise CommandError(f"The database does not answer: {str(error).strip()}") from error
        if not settings.DEBUG and collect_if_changed():
            self.stdout.write("Static files: collected.")

    def _wait_as_long_as_needed(self) -> None:
        """A migration, or another start that is at it, may take longer than any page may."""
        with connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = 0")

    def _database(self) -> None:
        changes = migrate_if_needed()
        self.stdout.write(f"Database: {changes} changes applied." if changes else "Database: up to date.")

    def _forget_again(self) -> None:
        again = forget_again()
        if again:
            self.stdout.write(f"People who had left and came back with a backup: {again}, erased again.")

    def _people(self, given: demo.Demo | None) -> None:
        lines = seed()
        if given is not None:
            lines += seed_demo(given)
        for line in lines:
            if not line.endswith("all there."):
                self.stdout.write(line)
        self.stdout.write(self._who_can_enter(given))

    def _who_can_enter(self, given: demo.Demo | None) -> str:
        if given is not None:
            return demo_block(given)
        issued = bootstrap_administrator()
        if issued is not None:
            return password_block(issued)
        waiting = User.objects.filter(is_bootstrap_user=True, requires_password_change=True, last_login=None)
        if waiting.exists():
            return "The one-time password was shown at the first start. Lost it? `manage.py bootstrap_admin --reset`"
        return "An administrator exists."


def demo_block(given: demo.Demo) -> str:
    """The people of the demo with their passwords, and the playlists to try."""
    people = [(p.username, p.password, str(p.role.label)) for p in given.people]
    lines = columns([("user name", "password", "role"), *people])
    if given.playlists:
        lines += ["", "Playlists to try", *columns(given.playlists)]
    return framed("The demo", lines)
