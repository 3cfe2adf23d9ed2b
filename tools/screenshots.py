"""Draws every page, phone and desktop, dark and light: `python -m tools.screenshots [--url … --user … --out …]`.

Without `--url` a demo house is started in a temporary folder and stopped again. The password of `--user` is
read from MEDIANEST_PASSWORD. The same pages are also listed with their weight and whatever the browser complained of.
"""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import os
import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, Response, sync_playwright

from sandbox.control import ControlClient
from tools import browser
from tools.house import ROOT, House

SIZES = {"phone": (390, 844), "desktop": (1440, 1000)}
THEMES = ("dark", "light")
SIGNED_OUT = {"sign-in": "/account/sign-in/", "forgotten": "/account/reset/", "link-over": "/account/reset/new/"}
ALWAYS = {
    "home": "/",
    "library": "/library",
    "search": "/search?q=the",
    "discover": "/discover",
    "discover-row": "/discover/popular-films",
    "discover-arrange": "/discover/arrange",
    "film": "/title/movie/550",
    "series": "/title/tv/1396",
    "season": "/title/tv/1396/season/1",
    "person": "/person/287",
    "collection": "/collection/95001",
    "collection-request": "/requests/collection/95001",
    "requests": "/requests/",
    "requests-everybodys": "/requests/all",
    "wish": "/requests/wish",
    "problems": "/requests/problems/",
    "problem-new": "/requests/problems/new/movie/550",
    "downloads": "/downloads/",
    "downloads-everybody": "/downloads/?whose=all",
    "downloads-new": "/downloads/new/",
    "status": "/status/",
    "setup": "/setup/",
    "profile": "/account/",
    "streaming": "/account/streaming/",
    "import": "/account/import/",
    "plex-reconnect": "/account/plex/reconnect/",
    "plex-unlink": "/account/plex/unlink/",
    "second-step": "/account/second-step/",
    "second-step-set-up": "/account/second-step/set-up/",
    "e-mail": "/account/e-mail/",
    "leaving": "/account/leaving/",
    "leave": "/account/leaving/leave/",
    "change-password": "/account/change-password/",
    "confirm": "/account/confirm/",
    "devices": "/account/devices/",
    "devices-end-others": "/account/devices/end-others/",
    "tokens": "/account/tokens/",
    "not-found": "/there/is/nothing/here/",
    "admin": "/admin/",
    "admin-services": "/admin/services/serviceconfig/",
}
_DOWNLOAD = re.compile(r'href="(/downloads/[0-9a-f-]{36}/)"')
_MOST_DOWNLOADS = 6
_SLOWLY = 20_000  # bytes a second, so that bars can be drawn half full


_WEAR = "(theme) => { document.documentElement.dataset.theme = theme; }"
"""A person's own colours stand before the browser's."""


@dataclasses.dataclass
class Artist:
    """Draws pages into `out`, as the person whose cookies it holds."""

    browser: Browser
    url: str
    out: Path
    cookies: list[Any] = dataclasses.field(default_factory=list)
    neighbours: tuple[str, ...] = ()  # hosts besides ours that a page may lead to: Plex's
    complaints: list[str] = dataclasses.field(default_factory=list)

    @contextlib.contextmanager
    def page(self, size: str = "desktop", theme: str = "dark") -> Iterator[Page]:
        width, height = SIZES[size]
        context: BrowserContext = self.browser.new_context(viewport={"width": width, "height": height})
        context.add_cookies([*self.cookies, {"name": "theme", "value": theme, "url": self.url}])
        page = context.new_page()
        page.on("console", lambda message: self._heard(page, message.type, message.text))
        page.on("pageerror", lambda error: self._heard(page, "error", str(error)))
        page.on("request", lambda request: self._asked(page, request.url))
        try:
            yield page
        finally:
            context.close()

    def _heard(self, page: Page, kind: str, text: str) -> None:
        if kind in ("error", "warning") and "404" not in text and "403" not in text:
            self.complaints.append(f"{page.url}: {text}")

    def _asked(self, page: Page, address: str) -> None:
        if not address.startswith((self.url, "data:", *self.neighbours)):
            self.complaints.append(f"{page.url} asks another host: {address}")

    def sign_in(self, username: str, password: str) -> None:
        """Raises RuntimeError when the name and password do not open the door."""
        with self.page() as page:
            page.goto(f"{self.url}/account/sign-in/")
            page.eval_on_selector_all("details.other-way", "ways => ways.forEach((way) => (way.open = true))")
            page.fill('input[name="username"]', username)
            page.fill('input[name="password"]', password)
            page.press('input[name="password"]', "Enter")
            page.wait_for_load_state()
            if "/sign-in/" in page.url:
                raise RuntimeError(f"{username} could not sign in at {self.url}")
            self.cookies = [cookie for cookie in page.context.cookies() if cookie["name"] != "theme"]

    def draw(self, name: str, path: str) -> None:
        """Draw one page in every size and theme; a page that does not exist is passed over."""
        for size in SIZES:
            for theme in THEMES:
                with self.page(size, theme) as page:
                    answer = page.goto(self.url + path)
                    if answer is None or (answer.status == 404 and name != "not-found"):
                        return
                    page.evaluate(_WEAR, theme)
                    self._keep(page, answer, f"{name}-{size}-{theme}")

    def _keep(self, page: Page, answer: Response, name: str) -> None:
        page.wait_for_load_state("networkidle")  # pictures too
        if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
            self.complaints.append(f"{page.url}: wider than its window ({name})")
        page.screenshot(path=self.out / f"{name}.png", full_page=True)
        print(f"{name:44} {answer.status}  {len(answer.body()) / 1024:5.1f} KiB")

    def downloads(self) -> list[str]:
        """The paths of the newest downloads this person may see."""
        with self.page() as page:
            page.goto(f"{self.url}/downloads/?whose=all")
            return list(dict.fromkeys(_DOWNLOAD.findall(page.content())))[:_MOST_DOWNLOADS]

    def hand_in(self, link: str, *, order: bool) -> None:
        """Paste a link, wait for its preview; if so wished order it and wait until it moves."""
        with self.page() as page:
            page.goto(f"{self.url}/downloads/new/")
            page.fill("#id_link", link)
            page.press("#id_link", "Enter")
            page.wait_for_selector("#order", timeout=60_000)
            if order:
                page.click("#order")
                page.wait_for_selector("text=/[1-9][0-9] % of/", timeout=60_000)


def draw_door(artist: Artist) -> None:
    """The pages between here and Plex: waiting, and each way of being turned away that a simulated person meets."""
    with artist.page() as page:
        page.goto(f"{artist.url}/account/sign-in/")
        page.get_by_role("button", name="Sign in with Plex").click()
        page.wait_for_url("**/auth**")
        artist.cookies = page.context.cookies(artist.url)
    artist.draw("plex-waiting", "/account/plex/")
    artist.draw("sign-in-again", "/account/sign-in/")
    artist.cookies = []
    artist.draw("plex-elsewhere", "/account/plex/return/?state=of-another-browser")
    for who in ("Stefan", "Pia"):
        with artist.page() as page:
            page.goto(f"{artist.url}/account/sign-in/")
            page.get_by_role("button", name="Sign in with Plex").click()
            page.get_by_role("button", name=who).click()
            page.wait_for_url("**/refused/")
            artist.cookies = page.context.cookies(artist.url)
        artist.draw(f"plex-refused-{who.lower()}", "/account/plex/refused/")
    artist.cookies = []


def draw_all(artist: Artist) -> None:
    for name, path in ALWAYS.items():
        artist.draw(name, path)
    for number, path in enumerate(artist.downloads(), start=1):
        artist.draw(f"download-{number}", path)
        if number == 1:
            artist.draw("download-cancel", f"{path}cancel/")
            artist.draw("download-discard", f"{path}discard/")


def _fill_demo(artist: Artist, house: House) -> None:
    """Sign in as the demo's administrator; order its first playlist, drawn while it arrives slowly, and look at the
    second."""
    chosen = next(person for person in house.sandbox["people"] if person["relation"] == "owner")
    artist.sign_in(chosen["username"], chosen["password"])
    control = ControlClient(house.control_url)
    control.control("youtube", {"rate": _SLOWLY})
    first, second = (playlist["url"] for playlist in house.sandbox["playlists"][:2])
    artist.hand_in(first, order=True)
    artist.draw("download-moving", artist.downloads()[0])
    artist.draw("home-moving", "/")
    control.control("youtube", {"rate": None})
    artist.hand_in(second, order=False)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", default="", help="a running MediaNest; without it a demo is started")
    parser.add_argument("--user", default="", help="who signs in there (password: MEDIANEST_PASSWORD)")
    parser.add_argument("--out", type=Path, default=ROOT / "var" / "screenshots")
    return parser


def main() -> int:
    wanted = _parser().parse_args()
    wanted.out.mkdir(parents=True, exist_ok=True)
    with contextlib.ExitStack() as stack:
        house = None
        if not wanted.url:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="mn-screens-")))
            house = stack.enter_context(House(folder))
        playwright = stack.enter_context(sync_playwright())
        chromium = stack.enter_context(playwright.chromium.launch(**browser.launch_options()))  # type: ignore[arg-type]
        artist = Artist(chromium, (house.url if house else wanted.url).rstrip("/"), wanted.out)
        for name, path in SIGNED_OUT.items():
            artist.draw(name, path)
        if house:
            artist.neighbours = (house.sandbox["services"]["plextv"],)
            draw_door(artist)
            _fill_demo(artist, house)
        elif wanted.user:
            artist.sign_in(wanted.user, os.environ.get("MEDIANEST_PASSWORD", ""))
        draw_all(artist)
    for complaint in dict.fromkeys(artist.complaints):
        print(complaint, file=sys.stderr)
    print(f"Drawn into {wanted.out}.")
    return 1 if artist.complaints else 0


if __name__ == "__main__":
    sys.exit(main())
