"""What is looked at before anything is started, so that a start fails at once and says why."""

from __future__ import annotations

import contextlib
import errno
import importlib.util
import shutil
import socket
from collections.abc import Callable
from pathlib import Path

from medianest.launch.problems import Problem

LEAST_FREE = 500_000_000
VENV_NEEDS = 900_000_000


def require_venv_module(find: Callable[[str], object] = importlib.util.find_spec) -> None:
    """Raises Problem when this Python cannot make virtual environments (Debian ships that apart)."""
    if not (find("venv") and find("ensurepip")):
        raise Problem(
            "This Python cannot make a virtual environment: its venv module is missing. "
            "Install it (Debian, Ubuntu: apt install python3-venv) and start again."
        )


def parse_port(text: str) -> int:
    """The port in `text`. Raises Problem for anything but 1 to 65535."""
    if text.isascii() and text.isdigit() and 1 <= int(text) <= 65535:
        return int(text)
    raise Problem(f"PORT is {text!r}; write a number from 1 to 65535, for example: make run PORT=8000")


def require_port(host: str, port: int) -> None:
    """Raises Problem when the web server could not listen on `host`:`port`."""
    reason = port_trouble(host, port)
    if reason is None:
        return
    if reason == errno.EADDRINUSE:
        other = port + 1 if port < 65535 else 8000
        raise Problem(
            f"Port {port} is taken by another program. Stop that one, or choose another port: make run PORT={other}"
        )
    if reason in (errno.EACCES, errno.EPERM):
        raise Problem(f"Port {port} may only be used by root. Choose one from 1024 upwards: make run PORT=8000")
    raise Problem(
        f"HOST is {host!r}, which is not an address of this machine. For all addresses: make run HOST=0.0.0.0"
    )


def port_trouble(host: str, port: int) -> int | None:
    """The error number met when listening on `host`:`port`, -1 for a host that is none; None when all is well."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except (OSError, UnicodeError):
        return -1
    with socket.socket(family, kind) as probe:
        # As the web server does: a port whose last connections are still fading away is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
            probe.listen(1)
        except OSError as error:
            return error.errno or -1
    return None


def free_ports(first: int, count: int) -> int:
    """The first of `count` ports in a row on loopback that nobody uses, looked for from `first` in steps of ten."""
    for start in range(first, first + 200, 10):
        if all(port_trouble("127.0.0.1", port) is None for port in range(start, start + count)):
            return start
    raise Problem(f"No {count} free ports in a row were found from {first} upwards. Stop another demo first.")


def require_space(folder: Path, needed: int = LEAST_FREE, setting: str = "MEDIANEST_DATA") -> None:
    """Raises Problem when the disk below `folder` (or its nearest folder that exists) has under `needed` bytes free."""
    place = folder
    while not place.exists() and place != place.parent:
        place = place.parent
    with contextlib.suppress(OSError):
        free = shutil.disk_usage(place).free
        if free < needed:
            raise Problem(
                f"Only {free // 1_000_000} MB are free on the disk of {folder}; MediaNest needs {needed // 1_000_000} MB. "
                f"Free some space, or choose a folder on another disk: {setting}=…"
            )
