"""What every installation starts with, what the demo adds, and made-up rows to measure with."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import User
from maintenance import demo, scale
from maintenance.seeding import seed, seed_demo
from operations.audit_context import of_command


class Command(BaseCommand):
    help = "Add the rows every installation starts with (services, download profiles, guide pages). Safe to repeat."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--demo", action="store_true", help="Also three people with lists, requests, a family and a history."
        )
        parser.add_argument(
            "--scale", type=int, metavar="N", help="Instead: N made-up requests with people and lists; 0 removes them."
        )
        parser.add_argument(
            "--entries", type=int, default=5, metavar="K", help="With --scale: list entries for each request (5)."
        )
        parser.add_argument("--yes", action="store_true", help="With --demo or --scale: also where real people live.")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["scale"] is not None:
            self._scale(options["scale"], options["entries"], among_people=options["yes"])
            return
        try:
            with of_command("seed"):
                lines = [*seed(), *(self._demo(among_people=options["yes"]) if options["demo"] else [])]
        except demo.BadDemo as error:
            raise CommandError(str(error)) from error
        for line in lines:
            self.stdout.write(line)

    def _demo(self, *, among_people: bool) -> list[str]:
        """The described demo, whose passwords everybody knows, never enters among people; the other one when told."""
        if demo.is_described():
            return seed_demo(demo.read())
        own = demo.own()
        known = set(User.objects.values_list("username", flat=True))
        lines = seed_demo(own, among_people=among_people)
        new = [person for person in own.people if person.username not in known]
        return [*lines, *(f"Password of {person.username}: {person.password}" for person in new)]

    def _scale(self, requests: int, entries: int, *, among_people: bool) -> None:
        try:
            if requests == 0:
                scale.remove(say=self.stdout.write)
            else:
                scale.grow(scale.Size(requests, entries), say=self.stdout.write, among_people=among_people)
        except scale.CannotScale as refusal:
            raise CommandError(refusal.sentence) from refusal
