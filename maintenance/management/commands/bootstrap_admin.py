"""The first administrator, and the way back in for one who lost the password."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from accounts.actions import Issued, bootstrap_administrator, recover_administrator
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
            "--reset", action="store_true", help="Recovery: a new one-time password for the first administrator."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        with of_command("bootstrap_admin"):
            if options["reset"]:
                self.stdout.write(password_block(recover_administrator()))
                return
            issued = bootstrap_administrator()
        if issued is None:
            self.stdout.write("An active administrator exists; nothing to do. A lost password: bootstrap_admin --reset")
            return
        self.stdout.write(password_block(issued))
