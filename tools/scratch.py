"""A migrated database that lives for one command, for tools that read or record what the migrations make."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import django
from django.core.management import call_command

from medianest.launch.embedded import Postgres

_STAND_INS = {
    "DJANGO_SECRET_KEY": "stand-in-for-tools-only-" + "x" * 40,
    "ENCRYPTION_KEYS": "k1:" + "A" * 43 + "=",
    "REDIS_URL": "redis://localhost",
    "PLAIN_HTTP": "1",
    "DJANGO_SETTINGS_MODULE": "medianest.settings",
}
_HASTY = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}


@contextmanager
def server() -> Iterator[Postgres]:
    """The embedded PostgreSQL in a folder that is removed afterwards. Nothing in it is worth a wait for the disk."""
    folder = Path(tempfile.mkdtemp(prefix="mn-scratch-"))
    folder.chmod(0o711)  # started by root, PostgreSQL runs as another account and must get in
    postgres = Postgres(folder / "pg", settings=_HASTY)
    try:
        postgres.start()
        yield postgres
    finally:
        postgres.stop()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def migrated() -> Iterator[Postgres]:
    """Django set up over a database at the newest migrations, made by its owner as in an installation.

    Only for a process of its own: Django's settings are read here, once.
    """
    with server() as postgres:
        for name in list(os.environ):
            if name.removesuffix("_FILE") in (*_STAND_INS, "DATABASE_URL", "BROKER_URL"):
                del os.environ[name]
        os.environ.update(_STAND_INS, DATABASE_URL=postgres.url("mn_owner"), MEDIANEST_DATA=str(postgres.folder.root))
        django.setup()
        call_command("migrate", interactive=False, verbosity=0)
        yield postgres
