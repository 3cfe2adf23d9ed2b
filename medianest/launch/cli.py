"""The command line: `run`, `demo`, `setup` and `manage`."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from medianest.launch import preflight, redis, venv
from medianest.launch.folder import DataFolder
from medianest.launch.manage import manage
from medianest.launch.output import Output
from medianest.launch.plan import Plan
from medianest.launch.postgres import check_major
from medianest.launch.problems import Problem, from_os_error
from medianest.launch.start import Start

PROJECT = Path(__file__).resolve().parents[2]


def main(words: Sequence[str], project: Path = PROJECT) -> int:
    """Gives the exit code: 0 after a clean stop, 1 with a sentence on stderr when something stands in the way."""
    env = os.environ
    asked, rest = _arguments(words)
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        if asked.command == "setup":
            return _setup(_venv(env, project), project)
        if asked.command == "manage":
            plan = _plan(env, project, demo=False)
            venv.ensure(plan.venv, _requirements(plan, demo=False), sys.stdout)
            return manage(plan, rest)
        return _run(env, project, demo=asked.command == "demo", check=asked.check)
    except Problem as problem:
        return _refuse(str(problem))
    except KeyboardInterrupt:
        return _refuse("Stopped before the start was complete; start again at any time.", 130)
    except OSError as error:
        return _refuse(str(from_os_error(error)))


def _setup(place: Path, project: Path) -> int:
    names = ["requirements-dev.txt", *(["requirements-redis.txt"] if redis.must_be_built(place) else [])]
    venv.ensure(place, [project / name for name in names], sys.stdout)
    return 0


def _refuse(sentence: str, code: int = 1) -> int:
    sys.stdout.flush()
    sys.stderr.write(f"\n{sentence}\n")
    return code


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def _arguments(words: Sequence[str]) -> tuple[argparse.Namespace, list[str]]:
    """What is asked for, and for `manage` the words that are Django's."""
    parser = argparse.ArgumentParser(prog="python3 -m medianest.launch", description="Start MediaNest.")
    parser.add_argument("command", choices=("run", "demo", "setup", "manage"))
    parser.add_argument("--check", action="store_true", help="start, wait until it answers, stop, and report leftovers")
    if words[:1] == ["manage"]:
        return parser.parse_args(words[:1]), list(words[1:])
    return parser.parse_args(words), []


def _venv(given: Mapping[str, str], project: Path) -> Path:
    return Path(given.get("MEDIANEST_VENV") or project / ".venv").expanduser().absolute()


def _run(given: Mapping[str, str], project: Path, *, demo: bool, check: bool) -> int:
    plan = _plan(given, project, demo=demo)
    lock = _preflight(plan)
    try:
        venv.ensure(plan.venv, _requirements(plan, demo=demo), sys.stdout)
        return Start(plan, Output(plan.folder.logs, sys.stdout), demo=demo, check=check).run()
    finally:
        os.close(lock)


def _plan(given: Mapping[str, str], project: Path, *, demo: bool) -> Plan:
    data = given.get("MEDIANEST_DATA") or project / "var" / ("demo" if demo else "")
    return Plan(
        project=project,
        folder=DataFolder(Path(data).expanduser().absolute()),
        venv=_venv(given, project),
        # The demo has well-known passwords and stays on this machine; others come to the real one from their own.
        host=given.get("HOST") or ("127.0.0.1" if demo else "0.0.0.0"),  # noqa: S104
        port=preflight.parse_port(given.get("PORT") or "8000"),
        given=given,
    )


def _preflight(plan: Plan) -> int:
    """Looks for whatever stands in the way, and takes the data folder; gives the lock. Raises Problem."""
    preflight.require_space(plan.folder.root)
    plan.folder.create()
    lock = plan.folder.lock()
    if plan.wants_database():
        check_major(plan.folder.pg)
    preflight.require_port(plan.host, plan.port)
    return lock


def _requirements(plan: Plan, *, demo: bool) -> list[Path]:
    names = ["requirements.txt"]
    if plan.wants_database() or plan.wants_redis():
        names.append("requirements-embedded.txt")
    if plan.wants_redis() and redis.must_be_built(plan.venv):
        names.append("requirements-redis.txt")
    if demo:
        names.append("requirements-demo.txt")
    return [plan.project / name for name in names]
