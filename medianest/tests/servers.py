"""A pytest plugin that gives every run its own PostgreSQL and Redis, unless DATABASE_URL and REDIS_URL name others.

Loaded with `-p`, because the servers must be up before Django's settings are read. Where tests run in several processes
(`-n 2`) each has its own of everything: roles belong to a whole server, and tests empty all of Redis.

TEST_POSTGRES says which PostgreSQL: 18, the embedded one, or 15, the machine's own (`make test POSTGRES=15`).
"""

from __future__ import annotations

import atexit
import base64
import os
import shutil
import tempfile
from pathlib import Path

from medianest.launch.postgres import MAJOR, Postgres
from medianest.launch.redis import Redis
from tools import old_postgres

_INHERITED = "MEDIANEST_TEST_SERVERS"  # what the process that shares the tests out started for itself
_OURS = ("DATABASE_URL", "REDIS_URL", "MEDIANEST_DATA")


def _forget_inherited() -> None:
    for name in os.environ.pop(_INHERITED, "").split():
        os.environ.pop(name, None)


def _start() -> None:
    _forget_inherited()
    given = {name for name in _OURS if os.environ.get(name)}
    _start_what_is_missing()
    os.environ[_INHERITED] = " ".join(name for name in _OURS if name not in given)


def _start_what_is_missing() -> None:
    folder = Path(tempfile.mkdtemp(prefix="mn-test-"))
    folder.chmod(0o711)  # started by root, PostgreSQL runs as another account and must get in
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    os.environ.setdefault("MEDIANEST_DATA", str(folder / "data"))
    # A server that a test starts wants a folder of stylesheets, be it the first test of its process.
    (Path(os.environ["MEDIANEST_DATA"]) / "static").mkdir(parents=True, exist_ok=True)
    if not os.environ.get("DATABASE_URL"):
        postgres = _postgres(folder / "pg")
        postgres.start()
        atexit.register(postgres.stop)
        os.environ["DATABASE_URL"] = postgres.url("postgres")
    if not os.environ.get("REDIS_URL"):
        redis = Redis(folder / "redis")
        redis.start()
        atexit.register(redis.stop)
        os.environ["REDIS_URL"] = redis.url


def _postgres(folder: Path) -> Postgres | old_postgres.OldPostgres:
    wanted = os.environ.get("TEST_POSTGRES") or MAJOR
    if wanted == MAJOR:
        return Postgres(folder)
    install = old_postgres.find()
    if wanted != old_postgres.MAJOR or install is None:
        raise SystemExit(
            f"The tests run on PostgreSQL {MAJOR}, or on {old_postgres.MAJOR} where the machine has it; not on {wanted}."
        )
    return old_postgres.OldPostgres(install, folder)


os.environ.setdefault("DJANGO_SECRET_KEY", "only-for-tests-" + "x" * 50)
os.environ.setdefault("ENCRYPTION_KEYS", "k1:" + base64.b64encode(bytes(range(32))).decode())
os.environ.setdefault("PLAIN_HTTP", "1")
_start()
