"""Steps on the database of DATABASE_URL, in a process of its own: `python -m medianest.tests.migrating STEP…`.

Steps: `head`, `zero`, `fill`, and `to:APP.NAME,APP.NAME` for a state between; `rows`, `shape`, `left` and `secret` tell.
Writes one JSON value a line, for each step that tells something.
"""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
_KEY = "k1:" + "A" * 43 + "="
"""The key of the recorded schemas' secrets; it guards nothing else."""
_SETTINGS = {
    "DJANGO_SETTINGS_MODULE": "medianest.settings",
    "DJANGO_SECRET_KEY": "only-for-tests-" + "x" * 50,
    "ENCRYPTION_KEYS": _KEY,
    "REDIS_URL": "redis://localhost",
    "PLAIN_HTTP": "1",
}
_LEFT = """
    SELECT 'table ' || relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v', 'S')
    UNION ALL SELECT 'function ' || proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    UNION ALL SELECT 'type ' || typname FROM pg_type WHERE typnamespace = 'public'::regnamespace AND typtype IN ('e', 'd')
    ORDER BY 1
"""


def run(url: str, *steps: str) -> list[Any]:
    """Do `steps` on the database at `url`; what they told. Raises RuntimeError with the output when one fails."""
    done = subprocess.run(
        [sys.executable, "-m", "medianest.tests.migrating", *steps],
        cwd=ROOT,
        env={
            "PATH": os.environ["PATH"],
            "MEDIANEST_DATA": os.environ["MEDIANEST_DATA"],
            **_SETTINGS,
            "DATABASE_URL": url,
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=900,
    )
    if done.returncode:
        raise RuntimeError(done.stderr[-4000:])
    return [json.loads(line) for line in done.stdout.splitlines()]


# --- in the process of its own ----------------------------------------------------------------------------------------------
def _head() -> None:
    from django.core.management import call_command  # noqa: PLC0415  (Django is set up by then)

    call_command("migrate", interactive=False, verbosity=0)


def _to(goals: list[tuple[str, str | None]]) -> None:
    from django.db import connection  # noqa: PLC0415
    from django.db.migrations.executor import MigrationExecutor  # noqa: PLC0415

    MigrationExecutor(connection).migrate(goals)


def _zero() -> None:
    from django.db import connection  # noqa: PLC0415
    from django.db.migrations.loader import MigrationLoader  # noqa: PLC0415

    _to([(app, None) for app in sorted(MigrationLoader(connection).migrated_apps)])


def _fill() -> None:
    from medianest.tests.filled import fill  # noqa: PLC0415

    fill()


def _query(sql: str) -> list[tuple[Any, ...]]:
    from django.db import connection  # noqa: PLC0415

    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())


def _rows() -> dict[str, int]:
    """How many rows each table has."""
    tables = [name for (name,) in _query("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")]
    return {table: _query(f'SELECT count(*) FROM "{table}"')[0][0] for table in tables}


def _shape() -> dict[str, Any]:
    """Every table with its columns, rules, indexes, policies, triggers and rights, and every function."""
    from tools.schema import catalogue  # noqa: PLC0415

    return {table.name: dataclasses.asdict(table) for table in catalogue.read()}


def _left() -> list[str]:
    return [name for (name,) in _query(_LEFT)]


def _secret() -> str:
    """The Plex token, opened."""
    from services.models import ServiceConfig  # noqa: PLC0415

    return ServiceConfig.objects.get(service_name="plex").api_key


_STEPS: dict[str, Callable[[], object]] = {
    "head": _head,
    "zero": _zero,
    "fill": _fill,
    "rows": _rows,
    "shape": _shape,
    "left": _left,
    "secret": _secret,
}


def _main() -> None:
    import django  # noqa: PLC0415

    django.setup()
    for step in sys.argv[1:]:
        if step.startswith("to:"):
            goals = [name.split(".", maxsplit=1) for name in step.removeprefix("to:").split(",")]
            _to([(app, None if name == "zero" else name) for app, name in goals])
        elif (told := _STEPS[step]()) is not None:
            sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    _main()
