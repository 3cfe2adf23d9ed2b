"""What every installation starts with."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from maintenance import demo
from maintenance.seeding import seed, seed_demo


class Command(BaseCommand):
    help = "Add the rows every installation starts with (services, download profiles). Safe to repeat."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--demo", action="store_true", help="Also the demo's people and connections.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            lines = [*seed(), *(seed_demo(demo.read()) if options["demo"] else [])]
        except demo.BadDemo as error:
            raise CommandError(str(error)) from error
        for line in lines:
            self.stdout.write(line)
