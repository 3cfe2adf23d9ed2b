"""The database and Redis as subjects of the status page: looked at by small probes of their own, not configured."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import redis
from django.conf import settings
from django.db import Error, connection
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from services.providers.base import LOOK, Condition, Health

Text = str | Promise


@dataclasses.dataclass(frozen=True)
class Internal:
    """Something of MediaNest's own. `look` does not raise; with `needs_caller` it runs in the caller's thread."""

    kind: str
    label: Text
    icon: str
    when_away: Text
    slow_after_ms: int
    look: Callable[[], Health]
    needs_caller: bool = False


def _look_at_redis() -> Health:
    for url in {settings.REDIS_URL, settings.BROKER_URL}:
        client = redis.Redis.from_url(url, socket_connect_timeout=LOOK.connect, socket_timeout=LOOK.total)
        try:
            client.ping()
        except redis.RedisError:
            return Health(Condition.AWAY, _("Redis does not answer. Work is kept in the database and waits."))
        finally:
            client.close()
    return Health(Condition.WELL)


def _look_at_database() -> Health:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return Health(Condition.AWAY, _("The database does not answer."))
    return Health(Condition.WELL)


REDIS = Internal(
    "redis",
    "Redis",
    "server",
    gettext_lazy("Pages and downloads start later than usual. Nothing is lost."),
    50,
    _look_at_redis,
)
DATABASE = Internal(
    "database",
    gettext_lazy("Database"),
    "database",
    gettext_lazy("Nothing can be shown or stored until it is back."),
    100,
    _look_at_database,
    needs_caller=True,  # a thread would open a connection of its own and say nothing about this one
)
ALL = (DATABASE, REDIS)
