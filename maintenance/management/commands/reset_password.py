"""A way back in for anybody, from the server's shell."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.actions import recover_person
from accounts.rules import CannotChangePerson
from accounts.second_step.proving import is_asked as has_second_step
from maintenance.blocks import columns, framed
from operations.audit_context import of_command


class Command(BaseCommand):
    help = "Print a new one-time password for a person. They are signed out everywhere and choose their own next."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("login", help="The person's user name or e-mail address.")
        parser.add_argument("--without-second-step", action="store_true", help="Take the second step away, too.")
        parser.add_argument("--let-in", action="store_true", help="Let a suspended or inactive person in again.")

    def handle(self, *args: Any, **options: Any) -> None:
        with of_command("reset_password"):
            try:
                issued = recover_person(
                    login=options["login"],
                    without_second_step=options["without_second_step"],
                    let_in=options["let_in"],
                )
            except CannotChangePerson as refusal:
                raise CommandError(refusal.sentence) from refusal
        rows = [("user name", issued.user.username), ("one-time password", issued.password)]
        text = "It is shown only now, and must be changed at the first sign-in."
        self.stdout.write(framed("A new password", [*columns(rows), "", text]))
        if has_second_step(issued.user):
            self.stdout.write("A code is asked for as before. Lost? Add --without-second-step.")
