"""The virtual environment: made and filled only when the lists of requirements say something new."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from medianest.launch import preflight
from medianest.launch.problems import Problem, from_os_error

STAMP = ".medianest-requirements.json"
_NESTED = re.compile(r"^-r\s+(\S+)", re.MULTILINE)
_NEWS = re.compile(r"^(?:Collecting|Building wheel for|Installing collected packages)[: ]+([\w.\-\[\]]+)")


def python(venv: Path) -> Path:
    return venv / "bin" / "python"


def ensure(venv: Path, lists: Sequence[Path], screen: TextIO) -> None:
    """Makes `venv` hold what `lists` (requirement files) ask for; returns at once when it does already.

    Progress goes to `screen`. Raises Problem when it cannot be done, with pip's last words.
    """
    wanted = digests(lists)
    healthy = _works(venv)
    if healthy and _stamp(venv).items() >= wanted.items():
        return
    preflight.require_space(venv, preflight.LEAST_FREE if healthy else preflight.VENV_NEEDS, "MEDIANEST_VENV")
    started = time.monotonic()
    if not healthy:
        _make(venv, screen)
    _install(venv, lists, screen)
    stamp = {**_stamp(venv), **wanted}
    (venv / STAMP).write_text(json.dumps(stamp, indent=1) + "\n", encoding="utf-8")
    screen.write(f"The requirements are installed ({time.monotonic() - started:.0f} s).\n")
    screen.flush()


def digests(lists: Sequence[Path]) -> dict[str, str]:
    """File name → SHA-256 of each requirement file and of those it includes. Raises Problem when one is missing."""
    found: dict[str, str] = {}
    for path in lists:
        try:
            text = path.read_text(encoding="utf-8")
        except OSError as error:
            raise Problem(f"{path} cannot be read ({error.strerror}). Is this a complete copy of MediaNest?") from error
        found[path.name] = hashlib.sha256(text.encode()).hexdigest()
        found |= digests([path.parent / name for name in _NESTED.findall(text)])
    return found


def _stamp(venv: Path) -> dict[str, str]:
    try:
        return dict(json.loads((venv / STAMP).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return {}


def _works(venv: Path) -> bool:
    """Whether the environment's Python runs, is new enough and has pip (a system upgrade can take it away)."""
    test = "import sys, pip; sys.exit(sys.version_info < (3, 11))"
    try:
        return subprocess.run([python(venv), "-c", test], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def _make(venv: Path, screen: TextIO) -> None:
    preflight.require_venv_module()
    screen.write(f"Making a virtual environment in {venv} …\n")
    screen.flush()
    if venv.exists() and not (venv / "pyvenv.cfg").exists() and (not venv.is_dir() or any(venv.iterdir())):
        raise Problem(f"{venv} is not a virtual environment. Move it away, or choose another place: MEDIANEST_VENV=…")
    done = subprocess.run(
        [sys.executable, "-m", "venv", "--clear", str(venv)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise _failed(f"The virtual environment {venv} could not be made", (done.stdout + done.stderr).splitlines())


def _install(venv: Path, lists: Sequence[Path], screen: TextIO) -> None:
    command = [str(python(venv)), "-m", "pip", "install", "--no-input", "--disable-pip-version-check"]
    command += [word for path in lists for word in ("-r", str(path))]
    env = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "PYTHONHOME")}
    env |= {"PIP_USER": "0", "PIP_ROOT_USER_ACTION": "ignore", "PYTHONUNBUFFERED": "1"}
    screen.write("Installing what MediaNest needs (only when the requirements change) …\n")
    screen.flush()
    said: list[str] = []
    try:
        with subprocess.Popen(
            command, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
        ) as pip:
            try:
                for line in pip.stdout or ():
                    said.append(line.rstrip())
                    _progress(line, screen)
            finally:
                if pip.poll() is None and sys.exc_info()[0]:
                    pip.terminate()
    except OSError as error:
        raise from_os_error(error, venv) from error
    if screen.isatty():
        screen.write("\r\x1b[K")
    if pip.returncode:
        raise _failed("The requirements could not be installed", said)


def _progress(line: str, screen: TextIO) -> None:
    news = _NEWS.match(line)
    if news and screen.isatty():
        with contextlib.suppress(OSError):
            screen.write(f"\r\x1b[K  {news[1]}")
            screen.flush()


def _failed(what: str, said: list[str]) -> Problem:
    words = [line for line in said if line.strip()][-12:]
    if any("No space left" in line for line in words):
        return Problem(f"{what}: the disk is full. Free some space and start again.")
    tail = "\n  ".join(words)
    return Problem(f"{what}. Check the network and the lines below, then start again.\n  {tail}")
