from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, expect, sync_playwright

from sandbox.control import ControlClient
from tools import browser as chromium
from tools.house import House, Visitor

PASSWORDS = {
    "olive": "olive-in-the-nest",
    "ben": "ben-in-the-nest",
    "anna": "anna-in-the-nest",
    "carl": "carl-in-the-nest",
}


@contextmanager
def open_folder() -> Iterator[Path]:
    """A folder that PostgreSQL's own account may pass through when the tests are run by root."""
    with tempfile.TemporaryDirectory(prefix="mn-house-") as name:
        folder = Path(name)
        folder.chmod(0o711)
        yield folder


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with open_folder() as opened:
        yield opened


@pytest.fixture(scope="module")
def house(folder: Path) -> Iterator[House]:
    """A demo house with short leases, so that what was lost comes back within the test's patience."""
    with House(
        folder,
        environment={
            "JOB_LEASE_SECONDS": "8",
            "DOWNLOAD_BURST": "200",
            "DOWNLOAD_MIN_FREE_MB": "50",
            "LIMIT_PLAYLISTS_PER_HOUR": "200",
        },
    ) as started:
        yield started


@pytest.fixture
def control(house: House) -> Iterator[ControlClient]:
    """The switches of the simulated outside; all turned back afterwards."""
    client = ControlClient(house.control_url)
    yield client
    client = ControlClient(house.control_url)  # a house that was started again has it elsewhere
    client.turn("plex", "up")
    client.turn("youtube", "up")
    client.control("youtube", {"rate": None, "latency": 0})


@pytest.fixture
def anna(house: House) -> Iterator[Visitor]:
    with Visitor(house, "anna", PASSWORDS["anna"]) as visitor:
        yield visitor


@pytest.fixture
def carl(house: House) -> Iterator[Visitor]:
    with Visitor(house, "carl", PASSWORDS["carl"]) as visitor:
        yield visitor


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A real Chromium. Without one the browser tests fail in CI and are skipped, aloud, elsewhere."""
    expect.set_options(timeout=20_000)  # a busy machine is slow, not broken
    with sync_playwright() as playwright:
        try:
            started = playwright.chromium.launch(**chromium.launch_options())  # type: ignore[arg-type]
        except Error as error:
            if os.environ.get("CI"):
                raise
            pytest.skip(f"no Chromium here (`python -m tools.browser` installs one): {error.message.splitlines()[0]}")
        yield started
        started.close()


class Watch:
    """What a browser noticed: requests to other hosts, breaches of the content policy, script errors."""

    def __init__(self, house: House, context: BrowserContext) -> None:
        self.foreign: list[str] = []
        self.complaints: list[str] = []
        self._home = house.url
        context.on("request", self._request)
        context.on("console", self._console)
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))

    def _request(self, request: Any) -> None:
        if not request.url.startswith((self._home, "data:", "blob:")):
            self.foreign.append(request.url)

    def _console(self, message: Any) -> None:
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.complaints.append(message.text)


@pytest.fixture
def watched(house: House, browser: Browser) -> Iterator[tuple[Page, Watch]]:
    """A page of a fresh browser profile at a phone's width, and what was noticed there."""
    context = browser.new_context(base_url=house.url, viewport={"width": 390, "height": 844})
    watch = Watch(house, context)
    yield context.new_page(), watch
    context.close()
