"""Going on while Redis is away: each worker process looks at the clock and at its queue by itself.

Redis brings wake-ups and the scheduler's turns. Without it a worker would wait for ever, although all that is to be
done stands in the database. So each process has a thread that asks Redis for a sign of life, and as long as none comes
takes due jobs of its queue one after the other; in the process of `control` it takes the scheduler's turns as well.
Both may happen twice, here and elsewhere: a job is claimed by one, and the turns do no harm when doubled.
"""

from __future__ import annotations

import datetime as dt
import threading

import redis
import structlog
from celery import Celery
from celery.schedules import BaseSchedule, maybe_schedule
from django.conf import settings
from django.db import close_old_connections, connection
from django.utils import timezone

from operations import runner

log = structlog.get_logger(__name__)

LOOK_EVERY = 10.0  # seconds between two looks for Redis, and between two turns without it
_ANSWER_SECONDS = 2.0
_CLOCK_QUEUE = "control"  # where the scheduler sends its turns


class Fallback:
    """What one worker process does for its queue while Redis is away."""

    def __init__(self, app: Celery, queue: str) -> None:
        self._app, self._queue = app, queue
        self._turns: dict[str, dt.datetime] = {}
        self._away = False

    def start(self) -> threading.Thread:
        """Look after it in a thread of its own, for as long as the process lives."""
        thread = threading.Thread(target=self._keep, name="without-redis", daemon=True)
        thread.start()
        return thread

    def _keep(self) -> None:
        over = threading.Event()
        while not over.wait(LOOK_EVERY):
            self.turn()

    def turn(self) -> bool:
        """One look, and one round of work if Redis is away; whether it is."""
        away = not is_there()
        if away != self._away:
            log.warning("redis_away" if away else "redis_back", queue=self._queue)
            self._away = away
            self._turns.clear()
        if away:
            try:
                self._work()
            except Exception:  # the database may be away too; whatever it is, this thread is the last one that looks
                log.exception("turn_without_redis_failed", queue=self._queue)
            finally:
                connection.close()
        return away

    def _work(self) -> None:
        close_old_connections()
        if self._queue == _CLOCK_QUEUE:
            for name, task in self._due():
                log.debug("turn_without_redis", turn=name)
                self._app.tasks[task]()
        runner.work(self._queue)

    def _due(self) -> list[tuple[str, str]]:
        """The scheduler's entries whose time has come, as their names and tasks; all of them at first."""
        now = timezone.now()
        due = []
        for name, entry in self._app.conf.beat_schedule.items():
            last, rhythm = self._turns.get(name), maybe_schedule(entry["schedule"])
            if last is None or (isinstance(rhythm, BaseSchedule) and rhythm.is_due(last).is_due):
                self._turns[name] = now
                due.append((name, entry["task"]))
        return due


def is_there() -> bool:
    """Whether the Redis that brings wake-ups answers."""
    asked = redis.Redis.from_url(
        settings.BROKER_URL, socket_connect_timeout=_ANSWER_SECONDS, socket_timeout=_ANSWER_SECONDS
    )
    try:
        return bool(asked.ping())
    except (redis.RedisError, OSError):
        return False
    finally:
        asked.close()
