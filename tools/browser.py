"""Finds a Chromium for the browser tests and screenshots; `python -m tools.browser` installs one where it can.

Order: the system's, Debian's package (as root), Playwright's own.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def find() -> str | None:
    """The path of the system's Chromium; None when there is none."""
    return next(filter(None, map(shutil.which, NAMES)), None)


def launch_options() -> dict[str, object]:
    """What Playwright's `launch` is to be given. Without a system browser Playwright looks for its own."""
    flags = [*FLAGS, "--no-sandbox"] if os.geteuid() == 0 else FLAGS
    found = find()
    return {"args": flags, **({"executable_path": found} if found else {})}


def install() -> bool:
    """Install a browser; whether there is one now."""
    if find():
        return True
    if os.geteuid() == 0 and (apt := shutil.which("apt-get")):
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        subprocess.run([apt, "update"], check=False, **quiet)  # type: ignore[call-overload]
        subprocess.run(
            [apt, "install", "-y", "--no-install-recommends", "chromium", "fonts-dejavu-core"],
            check=False,
            **quiet,
        )  # type: ignore[call-overload]
        if find():
            return True
    return subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False).returncode == 0


if __name__ == "__main__":
    if not install():
        print("No Chromium could be installed; the browser tests will say so.", file=sys.stderr)
