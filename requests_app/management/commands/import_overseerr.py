"""For people who move over: the requests of an Overseerr or Seerr that has been in use."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from medianest.lib.http import ProviderError
from operations.audit_context import of_command
from requests_app import importing

_AGAIN = "What was imported stays; run it again to go on."


class Command(BaseCommand):
    help = (
        "Import all requests of the connected Overseerr, Jellyseerr or Seerr, with people, seasons, states and dates. "
        "May be stopped at any time (Ctrl-C) and run again; nothing is imported twice."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="Only say what would be imported.")

    def handle(self, *args: Any, **options: Any) -> None:
        dry_run = bool(options["dry_run"])
        try:
            with of_command("import_overseerr"):
                report = importing.import_all(dry_run=dry_run, say=self._say)
        except importing.CannotImport as refusal:
            raise CommandError(refusal.sentence) from refusal
        except ProviderError as error:
            raise CommandError(f"{error.sentence} {_AGAIN}") from error
        except KeyboardInterrupt:
            raise CommandError(f"Stopped. {_AGAIN}", returncode=130) from None
        for line in importing.in_words(report):
            self.stdout.write(line)
        if dry_run:
            self.stdout.write("Nothing was written: this was a rehearsal.")

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()
