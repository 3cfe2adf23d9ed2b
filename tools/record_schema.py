"""Keeps today's schema, with a row in every table, for the tests of upgrades: `python -m tools.record_schema NAME`.

Run it once when a version is tagged; `medianest/tests/test_migrations_data.py` brings every recorded one to the newest.
"""

from __future__ import annotations

import importlib
import re
import subprocess
import sys
from pathlib import Path

from medianest.launch import accounts
from medianest.launch.postgres import find_install
from tools import scratch

FOLDER = Path(__file__).resolve().parent.parent / "medianest" / "tests" / "schemas"
# What PostgreSQL 15 does not know, or what belongs to one run of pg_dump.
_PASSING = re.compile(r"^(SET transaction_timeout.*|\\(un)?restrict .*|-- Dumped .*)\n", re.MULTILINE)


def dump(url: str) -> str:
    """The database at `url` as SQL that PostgreSQL 15 and newer read."""
    program = find_install(Path(sys.prefix)) / "bin" / "pg_dump"
    done = subprocess.run(
        [program, "--inserts", "--rows-per-insert=50", url],
        env=accounts.PLAIN,
        capture_output=True,
        text=True,
        check=True,
    )
    return _PASSING.sub("", done.stdout)


def main() -> int:
    if len(sys.argv) != 2 or not re.fullmatch(r"[a-z0-9._-]+", sys.argv[1]):
        sys.stderr.write(f"{__doc__}\n")
        return 2
    with scratch.migrated() as postgres:
        importlib.import_module("medianest.tests.filled").fill()
        text = dump(postgres.url("postgres"))
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / f"{sys.argv[1]}.sql").write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
