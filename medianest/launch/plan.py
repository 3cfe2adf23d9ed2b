"""Which processes MediaNest consists of, and the environment each is given. No secret is in an environment's values."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from medianest.launch import process
from medianest.launch.folder import DataFolder
from medianest.launch.process import Spec
from medianest.launch.secrets import Secrets
from medianest.launch.venv import python

# Ours to hand on: what the administrator set under these names is given only to the process it is meant for.
_WITHHELD = ("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_WORKER_URL", "REDIS_URL")
WORKERS = {"default": 2, "downloads": 4, "control": 2}
WEB_THREADS = 8


@dataclass(frozen=True)
class Plan:
    """The processes of one installation. `given` is the launcher's own environment."""

    project: Path
    folder: DataFolder
    venv: Path
    host: str
    port: int
    given: Mapping[str, str]

    # --- environments ----------------------------------------------------------------------------------------------------
    def wants_database(self) -> bool:
        """Whether PostgreSQL is ours to start."""
        return not self._own("DATABASE_URL")

    def wants_redis(self) -> bool:
        return not self._own("REDIS_URL")

    def mark(self) -> dict[str, str]:
        return {process.INSTANCE: self.folder.identity}

    def common(self) -> dict[str, str]:
        """What every process of ours is told."""
        secrets = Secrets(self.folder.secrets)
        env = {k: v for k, v in self.given.items() if k.removesuffix("_FILE") not in _WITHHELD}
        env |= self.mark()
        env |= {
            "DJANGO_SETTINGS_MODULE": "medianest.settings",
            "MEDIANEST_DATA": str(self.folder.root),
            "PORT": str(self.port),
            "PATH": f"{self.venv / 'bin'}{os.pathsep}{self.given.get('PATH', os.defpath)}",
            "VIRTUAL_ENV": str(self.venv),
            "PYTHONUNBUFFERED": "1",
            "MALLOC_ARENA_MAX": "2",  # many threads, little memory
        }
        for name in ("PYTHONHOME", "PYTHONPATH"):
            env.pop(name, None)
        if not self._own("DJANGO_SECRET_KEY"):
            env["DJANGO_SECRET_KEY_FILE"] = str(secrets.django_secret_key())
        if not self._own("ENCRYPTION_KEYS"):
            env["ENCRYPTION_KEYS_FILE"] = str(secrets.encryption_keys())
        if not self.given.get("PUBLIC_URL") and not self.given.get("PLAIN_HTTP"):
            env["PLAIN_HTTP"] = "1"  # nobody has put TLS in front yet; the pages say so
        return env

    def addresses(self, database: Mapping[str, str], redis: str) -> dict[str, dict[str, str]]:
        """For "owner", "app" and "worker": where the database and Redis are.

        `database` (role → address) and `redis` are those of the embedded servers; the administrator's own come first.
        """
        secrets = Secrets(self.folder.secrets)
        found: dict[str, dict[str, str]] = {}
        for who, name in (("owner", "DATABASE_OWNER_URL"), ("app", "DATABASE_URL"), ("worker", "DATABASE_WORKER_URL")):
            if self.wants_database():
                file = secrets.keep(f"database_{who}_url", database[f"mn_{who}"])
                found[who] = {"DATABASE_URL_FILE": str(file)}
            else:
                found[who] = self._own(name, called="DATABASE_URL") or self._own("DATABASE_URL")
            if self.wants_redis():
                found[who]["REDIS_URL_FILE"] = str(secrets.keep("redis_url", redis))
            else:
                found[who] |= self._own("REDIS_URL")
        return found

    def _own(self, name: str, *, called: str = "") -> dict[str, str]:
        """What the administrator set as `name` or `name`_FILE, under the name `called`; empty when neither is set."""
        return {
            (called or name) + ending: self.given[name + ending]
            for ending in ("", "_FILE")
            if self.given.get(name + ending)
        }

    # --- processes -------------------------------------------------------------------------------------------------------
    def prepare(self, env: Mapping[str, str], *, demo: bool = False) -> Spec:
        """Migrates, seeds, makes the first administrator, collects static files."""
        return self._python("prepare", ["manage.py", "prepare", *(["--demo"] if demo else [])], env)

    def web(self, env: Mapping[str, str]) -> Spec:
        words = ["-m", "granian", "--interface", "wsgi", "medianest.wsgi:application"]
        words += ["--host", self.host, "--port", str(self.port), "--workers", "1", "--no-ws"]
        words += ["--blocking-threads", str(WEB_THREADS), "--workers-kill-timeout", "8", "--log-level", "error"]
        words += ["--backpressure", str(WEB_THREADS * 4)]  # more than that waits outside Python
        pool = {} if self.given.get("DB_POOL_MAX") else {"DB_POOL_MAX": str(WEB_THREADS)}
        return self._python("web", words, {**env, **pool}, grace=10)

    def workers(self, env: Mapping[str, str]) -> Spec:
        """All workers and the scheduler: one child, which forks the rest and starts them again by itself."""
        queues = [f"{name}:{threads}" for name, threads in WORKERS.items()]
        return self._python("workers", ["-m", "medianest.workers", *queues, "--beat"], env)

    def manage(self, words: Sequence[str]) -> tuple[str, ...]:
        """The command that runs `manage.py` with `words`."""
        return (str(python(self.venv)), "manage.py", *words)

    def sandbox(self, env: Mapping[str, str], first_port: int) -> Spec:
        """The simulated services of the demo."""
        words = ["-m", "sandbox", "--folder", str(self.folder.root / "sandbox"), "--ports-from", str(first_port)]
        words += ["--youtube-root", str(self.folder.root / "media" / "youtube")]
        words += ["--youtube-rate", "60000"]  # slow enough to be watched
        return self._python("sandbox", words, env, grace=10, terse=True)

    def _python(
        self, name: str, words: list[str], env: Mapping[str, str], *, grace: float = 30.0, terse: bool = False
    ) -> Spec:
        argv = (str(python(self.venv)), *words)
        return Spec(name=name, argv=argv, env=env, cwd=self.project, grace=grace, terse=terse)
