"""Whether the web answers, and what is then said to the person at the keyboard."""

from __future__ import annotations

import contextlib
import http.client
import ipaddress
import socket
from collections.abc import Mapping
from pathlib import Path


def local_host(host: str) -> str:
    """The address under which this machine reaches a server that listens on `host`."""
    return {"0.0.0.0": "127.0.0.1", "": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104  (compared, not listened on)


def answers(host: str, port: int, given: Mapping[str, str]) -> bool:
    """Whether /readyz says yes. `given` is the environment: its ALLOWED_HOSTS decides the name that is asked for."""
    names = [name.strip() for name in given.get("ALLOWED_HOSTS", "").split(",") if name.strip(" *")]
    link = http.client.HTTPConnection(local_host(host), port, timeout=3)
    with contextlib.suppress(OSError, http.client.HTTPException):
        link.request("GET", "/readyz", headers={"Host": names[0].lstrip(".") if names else f"localhost:{port}"})
        return link.getresponse().status == 200
    return False


def network_address() -> str:
    """This machine's address on the home network, or nothing. Asks the routing table; sends no packet."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe, contextlib.suppress(OSError):
        probe.connect(("192.0.2.1", 9))
        found = ipaddress.ip_address(probe.getsockname()[0])
        return "" if found.is_loopback or found.is_unspecified else str(found)
    return ""


def text(host: str, port: int, data: Path, *, public_url: str = "") -> str:
    """The lines that say where MediaNest is, where its data lies and how to stop it."""
    everywhere = host in ("", "0.0.0.0", "::")  # noqa: S104  (compared, not listened on)
    rows = [("Open", f"http://{'localhost' if everywhere or host == '127.0.0.1' else _bracketed(host)}:{port}")]
    if everywhere and network_address():
        rows.append(("From others", f"http://{network_address()}:{port}"))
    if public_url:
        rows.append(("Public", public_url))
    rows += [("Data", str(data)), ("Logs", str(data / "logs")), ("Stop", "Ctrl-C")]
    lines = ["MediaNest is ready.", "", *(f"{name:<12}{value}" for name, value in rows)]
    bar = "─" * (max(len(line) for line in lines) + 4)
    return "\n".join(["", bar, *(f"  {line}".rstrip() for line in lines), bar])


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
