"""The first administrator, and the way back in for one who lost the password."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from accounts.actions import Issued, bootstrap_administrator, recover_administrator
from accounts.second_step.proving import is_asked as has_second_step
from maintenance.blocks import columns, framed
from operations.audit_context import of_command


def password_block(issued: Issued) -> str:
    """The framed text that shows a one-time password."""
    rows = [("user name", issued.user.username), ("one-time password", issued.password)]
    return framed(
        "Administrator", [*columns(rows), "", "It is shown only now, and must be changed at the first sign-in."]
    )


class Command(BaseCommand):
    help = "Create the first administrator with a one-time password, when there is none yet."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--if-none", action="store_true", help="Only when no active administrator exists (always so; for scripts)."
        )
        parser.add_argument(
            "--reset",
            action="store_true",
            help="Recovery: a new one-time password for the first administrator, who may enter again.",
        )
        parser.add_argument(
            "--without-second-step", action="store_true", help="With --reset: take the second step away, too."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        with of_command("bootstrap_admin"):
            if options["reset"]:
                again = recover_administrator(without_second_step=options["without_second_step"])
                self.stdout.write(password_block(again))
                if has_second_step(again.user):
                    self.stdout.write("A code is asked for as before. Lost? Add --without-second-step.")
                return
            issued = bootstrap_administrator()
        if issued is None:
            self.stdout.write("An active administrator exists; nothing to do. A lost password: bootstrap_admin --reset")
            return
        self.stdout.write(password_block(issued))
