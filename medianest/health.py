"""Whether this process lives, and whether it can work. Asked by supervisors and proxies, so nobody signs in."""

from __future__ import annotations

import redis
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DEFAULT_DB_ALIAS, Error, connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor
from django.db.utils import ConnectionHandler
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache

from operations import error_log

_PATIENCE_SECONDS = 1.0
_CONNECT_SECONDS = 2  # the least that libpq knows
_APPLIED: set[str] = set()  # the databases seen with all migrations; this process's code brings no new ones


@login_not_required
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers. Touches neither database nor Redis: their being away is no reason to restart it."""
    return HttpResponse("ok", content_type="text/plain")


@error_log.unlogged
@login_not_required
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """Database, Redis and migrations, each `ok` or what is wrong; 503 unless all are ok."""
    database, migrations = _database()
    checks = {"database": database, "migrations": migrations, "redis": _redis()}
    ready = all(state == "ok" for state in checks.values())
    return JsonResponse({"ready": ready, "checks": checks}, status=200 if ready else 503)


def _database() -> tuple[str, str]:
    direct = _unpooled()
    try:
        with direct.cursor() as cursor:
            cursor.execute("SELECT 1")
        waiting = _waiting()
    except Error:
        return "does not answer", "unknown"
    finally:
        direct.close()
    return "ok", f"{waiting} not applied" if waiting else "ok"


def _unpooled() -> BaseDatabaseWrapper:
    """A short connection of the check's own: one from the pool would wait with everybody else when that is empty."""
    options = {name: value for name, value in connection.settings_dict["OPTIONS"].items() if name != "pool"}
    facts = {**connection.settings_dict, "OPTIONS": {**options, "connect_timeout": _CONNECT_SECONDS}}
    return ConnectionHandler({DEFAULT_DB_ALIAS: facts})[DEFAULT_DB_ALIAS]


def _waiting() -> int:
    """How many migrations are not applied. Once none is, neither files nor database are asked again."""
    name = str(connection.settings_dict["NAME"])
    if name in _APPLIED:
        return 0
    executor = MigrationExecutor(connection)
    waiting = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    if not waiting:
        _APPLIED.add(name)
    return waiting


def _redis() -> str:
    client = redis.Redis.from_url(
        settings.REDIS_URL, socket_connect_timeout=_PATIENCE_SECONDS, socket_timeout=_PATIENCE_SECONDS
    )
    try:
        client.ping()
    except redis.RedisError:
        return "does not answer"
    finally:
        client.close()
    return "ok"
