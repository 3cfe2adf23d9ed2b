"""`manage.py` commands with the installation's own settings, whether MediaNest runs at the moment or not."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from contextlib import ExitStack

from medianest.launch.folder import InUse
from medianest.launch.plan import Plan
from medianest.launch.postgres import Postgres
from medianest.launch.redis import Redis


def manage(plan: Plan, words: Sequence[str]) -> int:
    """Runs `manage.py` with `words` as the database's owner and gives its exit code.

    Servers that MediaNest would bring are started for as long as this takes, unless it runs already.
    """
    plan.folder.create()
    with ExitStack() as until_the_end:
        try:
            until_the_end.callback(os.close, plan.folder.lock())
            running = False
        except InUse:
            running = True
        database: dict[str, str] = {}
        redis_url = ""
        if plan.wants_database():
            plan.common()  # writes the secrets first: a database must never exist without its keys
            postgres = Postgres(plan.folder.root, venv=plan.venv)
            if not running:
                until_the_end.callback(postgres.stop)
                postgres.start()
            database = {role: postgres.url(role) for role in ("mn_owner", "mn_app", "mn_worker")}
        if plan.wants_redis():
            redis = Redis(plan.folder.root, venv=plan.venv)
            if not running:
                until_the_end.callback(redis.stop)
                redis.start()
            redis_url = redis.url
        env = {**plan.common(), **plan.addresses(database, redis_url)["owner"]}
        return subprocess.run(plan.manage(words), env=env, cwd=plan.project, check=False).returncode
