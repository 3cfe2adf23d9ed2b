"""Re-encrypts stored secrets with the first of ENCRYPTION_KEYS."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from maintenance import rotation
from medianest.lib.crypto import keyring

_MOST_NAMED = 20


class Command(BaseCommand):
    help = (
        "Re-encrypt every stored secret with the first of ENCRYPTION_KEYS. "
        "May be stopped at any time (Ctrl-C) and run again; what is done stays done."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="Only say what would be done.")
        parser.add_argument("--batch", type=int, default=rotation.BATCH, help="Rows in one transaction.")

    def handle(self, *args: Any, **options: Any) -> None:
        columns = rotation.columns()
        try:
            rotation.refuse_hidden_rows(columns)
        except rotation.RowsHidden as error:
            raise CommandError(str(error)) from error
        results = [rotation.Result(column) for column in columns]
        try:
            for result in results:
                for _ in rotation.rotate(
                    result.column, result, dry_run=options["dry_run"], batch=max(1, options["batch"])
                ):
                    pass
        except KeyboardInterrupt:
            self._report(results, dry_run=options["dry_run"])
            raise CommandError("Stopped. What was done stays done; run it again to go on.", returncode=130) from None
        self._report(results, dry_run=options["dry_run"])
        self._say_what_cannot_be_read([one for result in results for one in result.unreadable])

    def _report(self, results: list[rotation.Result], *, dry_run: bool) -> None:
        counts = [rotation.census(result.column) for result in results]
        done = "to re-encrypt" if dry_run else "re-encrypted"
        for result, count in zip(results, counts, strict=True):
            parts = [f"{result.moved} {done}"]
            if result.changed_meanwhile:
                parts.append(f"{result.changed_meanwhile} changed by somebody meanwhile and left alone")
            if result.unreadable:
                parts.append(f"{len(result.unreadable)} cannot be read and left alone")
            self.stdout.write(f"{result.column}: {', '.join(parts)}; now {_by_key(count)}.")
        self._say_what_may_go(counts, dry_run=dry_run)

    def _say_what_may_go(self, counts: list[Counter[str]], *, dry_run: bool) -> None:
        unneeded = rotation.unneeded_keys(counts)
        if unneeded:
            self.stdout.write(
                f"No longer used here, and may be removed from ENCRYPTION_KEYS: {', '.join(unneeded)}. "
                "Backups made before today still need them: keep them with those."
            )
        elif len(keyring().keys) > 1 and not dry_run:
            self.stdout.write("Every key is still in use; remove none.")

    def _say_what_cannot_be_read(self, unreadable: list[rotation.Unreadable]) -> None:
        if not unreadable:
            return
        for one in unreadable[:_MOST_NAMED]:
            self.stderr.write(f"{one.column}, row {one.pk}: {one.reason}")
        if len(unreadable) > _MOST_NAMED:
            self.stderr.write(f"… and {len(unreadable) - _MOST_NAMED} more.")
        raise CommandError(
            f"{len(unreadable)} secrets cannot be read. Bring their keys back and run this again, "
            "or have them entered anew: pages and the administration say where."
        )


def _by_key(count: Counter[str]) -> str:
    if not count:
        return "none is stored"
    named = (f"{number} by {f'key “{key_id}”' if key_id else 'no key'}" for key_id, number in sorted(count.items()))
    return ", ".join(named)
