"""What the browser adds, in a real one; and that all works without it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from downloads.models import Video, YoutubeDownload
from downloads.tests.views import making
from medianest.tests.journeys.conftest import browser  # noqa: F401  (fixture)

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300), pytest.mark.django_db(transaction=True)]
Open = Callable[..., Page]


@pytest.fixture(scope="module", autouse=True)
def _orm_beside_playwright() -> Iterator[None]:
    """Playwright's loop runs in the test's own thread, where Django would refuse to ask the database."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        yield


@pytest.fixture
def open_page(
    browser: Browser,  # noqa: F811  (the fixture of that name)
    live_server: LiveServer,
    annas: Client,
) -> Iterator[Open]:
    """Opens a page as Anna. Fails the test when the browser complains or another host is asked."""
    complaints: list[str] = []
    contexts = []

    def opened(path: str, *, with_javascript: bool = True) -> Page:
        context = browser.new_context(java_script_enabled=with_javascript)
        contexts.append(context)
        session = annas.cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
        page = context.new_page()
        page.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda asked: complaints.append(asked.url) if live_server.url not in asked.url else None)
        page.goto(live_server.url + path)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


def detail(download: YoutubeDownload) -> str:
    return reverse("downloads:detail", args=[download.pk])


def arrive(download: YoutubeDownload, percent: int) -> None:
    Video.objects.filter(entries__download=download, entries__status="downloading").update(
        total_bytes=1000, downloaded_bytes=10 * percent
    )


def test_progress_moves_without_a_reload(open_page: Open, anna: User) -> None:
    made = making.ordered(anna)
    page = open_page(detail(made))
    page.evaluate("window.stayed = true")
    arrive(made, 40)
    expect(page.get_by_label("Progress of this video")).to_have_attribute("value", "40.0")
    assert page.evaluate("window.stayed")


def test_a_list_moves_too(open_page: Open, anna: User) -> None:
    made = making.ordered(anna, "downloading", "downloading")
    page = open_page(reverse("downloads:list"))
    arrive(made, 50)
    expect(page.get_by_label("Progress", exact=True)).to_have_attribute("value", "50.0")


def test_the_end_arrives_by_itself(open_page: Open, anna: User) -> None:
    made = making.ordered(anna)
    page = open_page(detail(made))
    YoutubeDownload.objects.filter(pk=made.pk).update(status="completed", plex_state="done")
    expect(page.get_by_role("link", name="Remove")).to_be_visible()
    expect(page.locator("[data-poll]")).to_have_count(0)


def test_nothing_is_asked_while_nobody_looks(open_page: Open, anna: User) -> None:
    page = open_page(detail(making.ordered(anna)))
    page.add_init_script("Object.defineProperty(document, 'hidden', {value: true, configurable: true})")
    page.reload()  # hidden from the start, so that no question of the seen page is on its way
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/progress/" in request.url else None)
    page.evaluate("htmx.trigger('#progress', 'look')")
    assert asked == []
    with page.expect_request("**/progress/**"):
        page.evaluate("delete document.hidden; document.dispatchEvent(new Event('visibilitychange'))")


def test_an_open_question_is_not_swapped_away(open_page: Open, anna: User) -> None:
    made = making.ordered(anna)
    page = open_page(detail(made))
    page.get_by_role("link", name="Cancel").click()
    question = page.get_by_role("dialog", name="Cancel this download?")
    expect(question).to_be_visible()
    arrive(made, 30)
    expect(page.locator('progress[value="30.0"]')).to_have_count(1)
    expect(question).to_be_visible()
    page.keyboard.press("Escape")
    expect(question).to_be_hidden()


def test_the_slash_key_leads_to_the_field(open_page: Open) -> None:
    page = open_page("/")
    page.keyboard.press("/")
    expect(page.locator("#paste")).to_be_focused()
    page.keyboard.type("a/b")
    expect(page.locator("#paste")).to_have_value("a/b")


def test_the_first_tab_skips_to_the_content(open_page: Open) -> None:
    page = open_page("/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_the_menu_closes_on_escape_and_gives_the_focus_back(open_page: Open) -> None:
    page = open_page("/")
    page.get_by_label("your menu").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Sign out")).to_be_hidden()
    expect(page.locator("summary")).to_be_focused()


@pytest.mark.parametrize("width", [320, 390, 800, 1440, 3840])
def test_no_page_is_wider_than_its_window(open_page: Open, anna: User, width: int) -> None:
    made = making.ordered(anna, title="Donaudampfschifffahrtsgesellschaftskapitaen" * 3)
    page = open_page("/")
    page.set_viewport_size({"width": width, "height": 800})
    for path in ("/", reverse("downloads:list"), reverse("downloads:new"), detail(made), detail(making.preview(anna))):
        page.goto(page.url.split("/", 3)[0] + "//" + page.url.split("/", 3)[2] + path)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path


def test_everything_works_without_javascript(open_page: Open, anna: User) -> None:
    made = making.preview(anna)
    page = open_page(detail(made), with_javascript=False)
    page.get_by_role("button", name="Order").click()
    expect(page.get_by_role("link", name="Load again")).to_be_visible()
    page.get_by_role("link", name="Cancel").click()
    page.get_by_role("button", name="Cancel the download").click()
    expect(page.get_by_text("What was already downloaded stays.")).to_be_visible()
    made.refresh_from_db()
    assert made.status == "cancelled"
