"""An administrator's first evening: one-time password, forced change, connecting services, the first playlist."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from sandbox.run import Sandbox
from tools.house import House, Visitor, until

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(240)]


@pytest.fixture(scope="module")
def outside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """The services an administrator has at home, simulated, started apart from the house."""
    folder = tmp_path_factory.mktemp("outside")
    with Sandbox(folder, youtube_root=folder / "media" / "youtube") as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def fresh_house(outside: Sandbox, folder: Path) -> Iterator[House]:
    """`make run` in an empty folder, where only the addresses of the outside are different."""
    settings = {**outside.environment(), "DOWNLOAD_ROOT": str(outside.youtube_root), "DOWNLOAD_MIN_FREE_MB": "50"}
    with House(folder, mode="run", environment=settings) as started:
        yield started


@pytest.fixture
def page(fresh_house: House, browser: Browser) -> Iterator[Page]:
    context = browser.new_context(base_url=fresh_house.url, viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()


def one_time_password(house: House) -> str:
    found = re.search(r"[Pp]assword:?\s+(\S+)", house.output())
    assert found, house.output()[-2000:]
    return found.group(1)


def test_from_the_one_time_password_to_the_first_collection(fresh_house: House, outside: Sandbox, page: Page) -> None:
    page.goto("/")
    page.get_by_label("User name or e-mail").fill("admin")
    page.get_by_label("Password").fill(one_time_password(fresh_house))
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(re.compile("change-password"))
    page.goto("/downloads/")
    expect(page).to_have_url(re.compile("change-password"))

    mine = "an-evening-with-plex"
    page.get_by_label("New password", exact=True).fill(mine)
    page.get_by_label("New password again").fill(mine)
    page.get_by_role("button", name="Save and go on").click()
    expect(page).not_to_have_url(re.compile("change-password"))

    connect(page, "plex", url=outside.plex.url, key="not-the-key")
    expect(page.get_by_role("main")).to_contain_text(re.compile("key|token", re.IGNORECASE))
    for name, connection in outside.connections().items():
        connect(page, name, **connection)
    page.goto("/setup/")
    assert outside.plex.token not in page.content()

    title, url = next((t, u) for t, u in outside.youtube.demo_playlists() if t == "Little astronomy")
    with Visitor(fresh_house, "admin", mine) as admin:
        path = admin.order(url)
        until(lambda: is_in_plex(fresh_house), seconds=120, what=state_of(fresh_house))
        assert "in Plex" in admin.get(path).text
    (collection,) = [c for c in outside.plex.collections() if c.title == title]
    assert len(collection.items) == 5


def is_in_plex(house: House) -> bool:
    return bool(house.sql("select 1 from youtube_downloads where plex_state = 'done'"))


def state_of(house: House) -> str:
    return str(house.sql("select status, plex_state, plex_note from youtube_downloads"))


def connect(page: Page, name: str, **connection: str) -> None:
    """Fill in one service's part of the setup page and press its button."""
    page.goto("/setup/")
    part = page.locator(f"#{name}")
    for field, value in connection.items():
        part.locator(f"[name$={field}]").first.fill(value)
    part.get_by_role("button", name=re.compile("Test and save")).click()
    page.wait_for_load_state()
