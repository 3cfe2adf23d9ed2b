"""The order of a start: servers, preparation, web, and then everything that works in the background."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from medianest.launch import banner, preflight, process
from medianest.launch.output import Output
from medianest.launch.plan import Plan
from medianest.launch.postgres import Postgres
from medianest.launch.problems import Problem
from medianest.launch.redis import Redis
from medianest.launch.supervisor import Child, Stopped, Supervisor

# Stages of the stop, the highest first.
DATABASE, REDIS, SANDBOX, WORKERS, WEB = range(5)
SANDBOX_PORTS = (18760, 7)
SETTLED_AFTER = 5.0


class Start:
    """One run of MediaNest. `check` stops it again as soon as it has proved to work."""

    def __init__(self, plan: Plan, output: Output, *, demo: bool, check: bool) -> None:
        self._plan = plan
        self._output = output
        self._demo = demo
        self._check = check
        self._supervisor = Supervisor(output, plan.folder.identity)
        self._postgres: Postgres | None = None
        self._redis: Redis | None = None

    def run(self) -> int:
        """Runs until a stop is asked for. Gives the exit code. Raises Problem when something does not start."""
        try:
            self._up()
            if self._check:
                self._settle()
            else:
                self._supervisor.watch()
        except Stopped:
            if self._check:
                return 1
        finally:
            self._down()
        return self._leftovers() if self._check else 0

    # --- up ----------------------------------------------------------------------------------------------------------------
    def _up(self) -> None:
        if os.geteuid() == 0:
            self._output.say("Started by root. That works, but an ordinary user is safer.")
        self._end_strays()
        database, redis = self._start_servers()
        env = self._plan.common()
        if self._demo:
            env |= self._start_sandbox(env)
        roles = self._plan.addresses(database, redis)
        said = self._prepare({**env, **roles["owner"]})
        web = self._supervisor.keep(self._plan.web({**env, **roles["app"]}), stage=WEB)
        try:
            self._await_web(web)
        finally:
            # Also when the web does not come: a one-time password is shown only once.
            self._output.show(said)
        self._supervisor.keep(self._plan.workers({**env, **roles["worker"]}), stage=WORKERS)

    def _end_strays(self) -> None:
        """What a launcher that was killed has left running on this data."""
        strays = process.marked(self._plan.folder.identity)
        if strays:
            self._output.say(f"Ending {len(strays)} processes left over from a MediaNest that was killed.")
            process.end(strays, patience=10)

    def _start_servers(self) -> tuple[dict[str, str], str]:
        """Starts the embedded servers that are wanted; their addresses (role → address, and Redis')."""
        folder, venv, mark = self._plan.folder, self._plan.venv, self._plan.mark()
        addresses: dict[str, str] = {}
        if self._plan.wants_redis():
            self._redis = Redis(folder.root, venv=venv)
            self._redis.prepare()
            redis = self._supervisor.keep(self._redis.spec(mark), stage=REDIS)
        if self._plan.wants_database():
            self._postgres = pg = Postgres(folder.root, venv=venv)
            if (pg.data / "PG_VERSION").exists() and not pg.secrets.path("encryption_keys").exists():
                raise _lost_keys(pg, self._plan)
            self._plan.common()  # writes the secrets first: a database must never exist without its keys
            if not (pg.data / "PG_VERSION").exists():
                self._output.say("Making a new database …")
            pg.prepare()
            child = self._supervisor.keep(pg.spec(mark), stage=DATABASE)
            self._wait(child, pg.ready, 120, "PostgreSQL")
            pg.finish()
            addresses = {role: pg.url(role) for role in ("mn_owner", "mn_app", "mn_worker")}
        if self._redis is not None:
            self._wait(redis, self._redis.ready, 60, "Redis")
        return addresses, self._redis.url if self._redis else ""

    def _start_sandbox(self, env: dict[str, str]) -> dict[str, str]:
        """Starts the simulated services; the settings by which they are found."""
        note = self._plan.folder.root / "sandbox" / "sandbox.json"
        note.unlink(missing_ok=True)
        spec = self._plan.sandbox(env, preflight.free_ports(*SANDBOX_PORTS))
        child = self._supervisor.keep(spec, stage=SANDBOX)
        self._wait(child, note.exists, 120, "The sandbox")
        found: dict[str, Any] = json.loads(note.read_text(encoding="utf-8"))
        return {**found["environment"], "MEDIANEST_DEMO_CONNECTIONS": str(note)}

    def _prepare(self, env: dict[str, str]) -> str:
        """Migrates, seeds and so on; gives what is to be shown to the administrator."""
        child = self._supervisor.once(self._plan.prepare(env, demo=self._demo))
        said = child.said.decode(errors="replace").rstrip()
        if child.code:
            self._output.show(said)
            raise Problem(
                "The database could not be prepared, so MediaNest did not start. What went wrong stands above "
                f"and in {self._log('prepare')}; nothing that was saved is lost."
            )
        return said

    def _await_web(self, web: Child) -> None:
        plan = self._plan
        self._wait(web, lambda: banner.answers(plan.host, plan.port, plan.given), 90, "The web server")
        public = plan.given.get("PUBLIC_URL", "")
        self._output.show(banner.text(plan.host, plan.port, plan.folder.root, public_url=public))

    def _wait(self, child: Child, met: Callable[[], bool], seconds: float, name: str) -> None:
        if self._supervisor.wait_for(met, seconds, child):
            return
        log = self._log(child.spec.name)
        if "No space left on device" in _tail(log):
            raise Problem(f"{name} does not start: the disk is full. Free some space and start again.")
        raise Problem(f"{name} does not start. The last lines of {log} say why:\n{_tail(log)}")

    def _log(self, name: str) -> Path:
        return self._plan.folder.logs / f"{name}.log"

    # --- down --------------------------------------------------------------------------------------------------------------
    def _settle(self) -> None:
        """For a check: watches for a few seconds whether anything falls. Raises Problem when something did."""
        self._supervisor.watch(SETTLED_AFTER)
        fallen = self._supervisor.fallen()
        if fallen:
            raise Problem(f"Not everything keeps running: {', '.join(fallen)}. See {self._plan.folder.logs}.")

    def _down(self) -> None:
        self._output.say("Stopping … (Ctrl-C again to hurry)")
        self._supervisor.stop()
        folder = self._plan.folder
        if self._postgres is not None:
            folder.give_up(self._postgres.sockets)
        if self._redis is not None:
            folder.give_up(self._redis.socket.parent)
        self._output.say("Stopped. Everything is saved.")
        self._output.close()

    def _leftovers(self) -> int:
        """1 when a process of ours outlived the stop or the port is not free again, else 0."""
        left = process.marked(self._plan.folder.identity) | process.children_of(os.getpid())
        trouble = preflight.port_trouble(self._plan.host, self._plan.port)
        if left or trouble:
            raise Problem(f"The stop was not clean: processes {sorted(left)} are left, port: {trouble or 'free'}.")
        self._output.show("Checked: it starts, answers, and stops without leftovers.")
        return 0


def _lost_keys(pg: Postgres, plan: Plan) -> Problem:
    return Problem(
        f"There is a database in {pg.data}, but the key for its encrypted parts, "
        f"{plan.folder.secrets / 'encryption_keys'}, is gone. Bring it back from a backup. Without it saved tokens and "
        "keys cannot be read again: to go on all the same, put a new one there (`k1:` and 32 bytes in base64)."
    )


def _tail(log: Path) -> str:
    with contextlib.suppress(OSError):
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
        return "\n".join(f"  {line}" for line in lines[-12:])
    return ""
