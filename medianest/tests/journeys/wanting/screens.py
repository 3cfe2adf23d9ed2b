"""People at their screens, and the hands that move the simulated outside while they wait."""

from __future__ import annotations

import dataclasses
import re

from playwright.sync_api import BrowserContext, Error, Locator, expect

from medianest.tests.journeys.conftest import Watch
from sandbox.control import ControlClient
from sandbox.tmdb.titles import ALL
from sandbox.world import Title
from tools.house import House, until

KNOWN = {(title.tmdb_id, title.media_type): title for title in ALL}
_WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@dataclasses.dataclass(frozen=True)
class Screen:
    """A browser's window."""

    width: int
    height: int
    javascript: bool = True

    @property
    def other(self) -> Screen:
        """The one that somebody else sits at meanwhile."""
        size = DESKTOP if self.width == PHONE.width else PHONE
        return dataclasses.replace(size, javascript=self.javascript)


PHONE, DESKTOP, PLAIN = Screen(390, 844), Screen(1280, 900), Screen(390, 844, javascript=False)


def film(tmdb_id: int) -> Title:
    return KNOWN[tmdb_id, "movie"]


def series(tmdb_id: int) -> Title:
    return KNOWN[tmdb_id, "tv"]


class Person:
    """Somebody signed in at a screen. Every page they are shown fits it."""

    def __init__(self, context: BrowserContext, watch: Watch, screen: Screen) -> None:
        self.context, self.watch, self.screen = context, watch, screen
        self.page = context.new_page()

    @property
    def main(self) -> Locator:
        return self.page.get_by_role("main")

    def goes_to(self, path: str) -> None:
        self.page.goto(path)
        self.fits()

    def sees(self, *words: str | re.Pattern[str]) -> None:
        """Comes to see all of it, on a page that fits the screen."""
        for each in words:
            expect(self.main).to_contain_text(each)
        self.fits()

    def sees_no(self, words: str) -> None:
        """To be asked after something of the same page was seen."""
        expect(self.main).not_to_contain_text(words)

    def sees_in_time(self, *words: str) -> None:
        """Looks at the page again and again, until it says so: it asks for news then, and without JavaScript is loaded
        again."""
        until(lambda: self._looks_again_and_sees(words), what=f"{words} on {self.page.url}")
        self.sees(*words)

    def _looks_again_and_sees(self, words: tuple[str, ...]) -> bool:
        if self.screen.javascript:
            self.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        else:
            self.page.reload()
        try:
            for each in words:
                expect(self.main).to_contain_text(each, timeout=1500)
        except AssertionError:
            return False
        return True

    def presses(self, name: str, *, within: Locator | None = None) -> None:
        (within or self.main).get_by_role("button", name=name, exact=True).click()

    def follows(self, name: str, *, within: Locator | None = None) -> None:
        (within or self.main).get_by_role("link", name=name, exact=True).first.click()

    def fits(self) -> None:
        """Nothing sticks out to the side."""
        until(lambda: self._excess() is not None, seconds=20, what=f"{self.page.url} measured")
        assert (self._excess() or 0) <= 0, f"{self.page.url} is too wide for {self.screen}"

    def _excess(self) -> int | None:
        try:
            return int(self.page.evaluate(_WIDER))
        except Error as gone:
            if "context was destroyed" in str(gone):  # the next page has come
                return None
            raise

    # --- what people do again and again -------------------------------------------------------------------------------
    def looks_for(self, words: str) -> None:
        """From the top of any page."""
        field = self.main.locator("#paste")
        field.fill(words)
        field.press("Enter")
        expect(self.page).to_have_url(re.compile(r"/search\?"))

    def finds(self, title: Title) -> None:
        """Searches for a title by its name and opens its page."""
        self.looks_for(title.name)
        self.main.locator(f'a[href="/title/{title.media_type}/{title.tmdb_id}"]').first.click()
        expect(self.page.get_by_role("heading", level=1, name=title.name, exact=True)).to_be_visible()
        self.fits()

    def opens(self, title: Title) -> None:
        self.goes_to(f"/title/{title.media_type}/{title.tmdb_id}")

    def asks(self, *, leaving_out: tuple[str, ...] = (), note: str = "") -> None:
        """On a title's page: opens the dialog, unticks some seasons, sends it."""
        opener = "Request seasons" if "/tv/" in self.page.url else "Request"
        self.follows(opener)
        dialog = self.page.get_by_role("dialog")
        expect(dialog).to_be_visible()
        self.fits()
        for name in leaving_out:
            dialog.get_by_role("checkbox", name=re.compile(name)).uncheck()
        if note:
            dialog.get_by_label("A word to the moderators").fill(note)
        self.presses("Request", within=dialog)

    def opens_request(self, title: Title, *, everybodys: bool = False) -> None:
        """From the list, newest first."""
        self.goes_to("/requests/all" if everybodys else "/requests/")
        self.follows(title.name)
        expect(self.page).to_have_url(re.compile(r"/requests/[0-9a-f-]{36}$"))
        self.sees("What happened")


class Outside:
    """Radarr, Sonarr and Plex at work, and the turns of MediaNest's own that would else take minutes."""

    def __init__(self, house: House, control: ControlClient) -> None:
        self.house, self.control = house, control

    def number_of(self, title: Title) -> int:
        """Under which number Overseerr knows the open request for a title, once it has been handed over."""
        asked = "select overseerr_id from media_requests where (tmdb_id, media_type) = (%s, %s) and overseerr_id > 0"
        found = until(lambda: self.house.sql(asked, title.tmdb_id, title.media_type), what=f"{title.name} handed over")
        return int(found[0][0])

    def there(self, title: Title) -> list[dict[str, object]]:
        """The requests that Overseerr has for a title."""
        told = self.control.state()["overseerr"]["requests"]
        return [one for one in told if (one["tmdb_id"], one["media_type"]) == (title.tmdb_id, title.media_type)]

    def loads(self, title: Title) -> None:
        """One step of Radarr or Sonarr."""
        self.control.control("overseerr", {"advance": self.number_of(title)})
        self.look()

    def look(self) -> None:
        self.house.now("requests.follow", "requests.follow")

    def arrives(self, title: Title, *seasons: int) -> None:
        """In Plex, and in MediaNest's copy of it."""
        self.control.control("plex", {"add": [title.tmdb_id, title.media_type, *([list(seasons)] if seasons else [])]})
        self.read_library()

    def read_library(self) -> None:
        self.house.sql("update library_sections set synced_at = synced_at - interval '1 hour' returning 1")
        self.house.now("catalog.sync_library", "catalog.sync_library")
