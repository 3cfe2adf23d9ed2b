"""From a pasted link to a collection in Plex, in a real browser, as the demo invites to."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from downloads import media
from medianest.tests.journeys.conftest import PASSWORDS, Watch
from sandbox.control import ControlClient
from tools.house import House, until

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(240)]
LIST = "Woodworking for evenings"


def sign_in(page: Page, username: str, password: str) -> None:
    page.goto("/")
    page.get_by_text("With a password instead").click()
    page.get_by_label("User name or e-mail").fill(username)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()


def link_to(house: House, title: str) -> str:
    return next(str(found["url"]) for found in house.sandbox["playlists"] if found["title"] == title)


def entries(house: House, title: str) -> list[tuple[Any, ...]]:
    return house.sql(
        "select v.video_id, e.status, e.reason_code, v.file_path, v.duration_seconds from download_entries e"
        " join videos v on v.id = e.video_id join youtube_downloads d on d.id = e.download_id"
        " where d.playlist_title = %s order by e.position",
        title,
    )


def test_a_pasted_link_becomes_a_collection_in_plex(
    house: House, control: ControlClient, watched: tuple[Page, Watch]
) -> None:
    page, watch = watched
    control.control("youtube", {"rate": 200_000})
    sign_in(page, "anna", PASSWORDS["anna"])
    page.goto("/downloads/new/")
    page.get_by_role("textbox", name="Link", exact=True).fill(link_to(house, LIST))
    page.get_by_role("button", name="Look at it").click()

    expect(page.get_by_role("heading", level=1)).to_have_text(LIST, timeout=20_000)
    order = page.get_by_role("button", name="Order", exact=True)
    expect(order).to_be_visible(timeout=20_000)
    expect(page.get_by_role("main")).to_contain_text("Left out")
    order.click()

    total = page.get_by_role("progressbar").first
    expect(total).to_be_visible(timeout=20_000)
    seen = set()

    def moving() -> bool:
        seen.add(total.get_attribute("value") if total.count() else None)
        return len(seen - {None}) >= 3

    until(moving, seconds=60, what="the progress moving")
    control.control("youtube", {"rate": None})
    expect(page.get_by_role("main")).to_contain_text(re.compile("in Plex"), timeout=90_000)
    until(
        lambda: house.sql("select 1 from youtube_downloads where playlist_title = %s and plex_state = 'done'", LIST),
        seconds=90,
        what="all in Plex",
    )
    page.reload()
    for words in ("private", "deleted", "members"):
        expect(page.get_by_role("main")).to_contain_text(re.compile(words, re.IGNORECASE))

    assert_collection_holds_the_downloaded(house, control)
    assert watch.foreign == []
    assert watch.complaints == []


def assert_collection_holds_the_downloaded(house: House, control: ControlClient) -> None:
    """Exactly the videos that could be had, in order; each a playable h264/aac mp4 of the announced length."""
    rows = entries(house, LIST)
    kept = [row for row in rows if row[1] == "in_collection"]
    left_out = sorted(row[2] for row in rows if row[1] == "unavailable")
    assert len(rows) == 12
    assert len(kept) == 9
    assert left_out == ["gone", "members", "private"]
    (collection,) = [c for c in control.collections() if c["title"] == LIST]
    assert [Path(item).stem[-12:-1] for item in collection["items"]] == [row[0] for row in kept]
    root = house.folder / "data" / "media" / "youtube"
    for _, _, _, path, seconds in kept:
        probed = media.probe(root / path)
        assert (probed.video_codec, probed.audio_codec) == ("h264", "aac")
        assert abs(probed.seconds - seconds) <= 1


def test_every_page_of_the_journey_stays_at_home(house: House, watched: tuple[Page, Watch]) -> None:
    page, watch = watched
    sign_in(page, "olive", PASSWORDS["olive"])
    for path in ("/", "/downloads/", "/downloads/new/", "/status/", "/setup/", "/account/", "/admin/", "/nowhere/"):
        page.goto(path)
        expect(page.locator("body")).not_to_be_empty()
        width = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert width <= 0, f"{path} is wider than a phone by {width} px"
    assert watch.foreign == []
    assert watch.complaints == []
