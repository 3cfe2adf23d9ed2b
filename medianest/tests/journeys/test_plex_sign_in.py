"""The way in with Plex, in a real browser: a fresh installation, its owner, and everybody who stands at its door."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from sandbox.run import Sandbox
from tools.house import House, Visitor, until

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]
PHONE, DESKTOP = (390, 844), (1280, 900)
Enter = Callable[..., Page]


@pytest.fixture(scope="module")
def outside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with Sandbox(tmp_path_factory.mktemp("outside")) as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def fresh_house(outside: Sandbox, folder: Path) -> Iterator[House]:
    """As after `make run`, with Plex connected by the first administrator; nobody has come with Plex yet."""
    with House(folder, mode="run", environment=outside.environment()) as started:
        found = until(lambda: re.search(r"[Pp]assword:?\s+(\S+)", started.output()), what="the one-time password")
        with Visitor(started, "admin", found[1]) as admin:
            admin.post("/account/change-password/", new="an-evening-with-plex", again="an-evening-with-plex")
            connection = {"service_url": outside.plex.url, "key": outside.plex.token}
            admin.post("/setup/plex/", page="/setup/", **connection)
        assert started.sql("select 1 from service_config where service_name = 'plex' and service_url <> ''")
        yield started


@pytest.fixture(autouse=True)
def _as_it_was(outside: Sandbox) -> Iterator[None]:
    yield
    outside.plextv.turn("up")
    outside.plextv.control({"cors": True, "alert": False, "failing": {}, "change": {"pia": {}, "ben": {}}})


@pytest.fixture
def contexts(browser: Browser, fresh_house: House) -> Iterator[Callable[..., BrowserContext]]:
    """Browser profiles of their own. Fails the test when a page breaks its content policy or a script fails."""
    opened: list[BrowserContext] = []
    complaints: list[str] = []

    def make(size: tuple[int, int] = DESKTOP, *, javascript: bool = True) -> BrowserContext:
        width, height = size
        context = browser.new_context(
            base_url=fresh_house.url, viewport={"width": width, "height": height}, java_script_enabled=javascript
        )
        context.on("console", lambda said: complaints.append(said.text) if "Content Security" in said.text else None)
        context.on("weberror", lambda error: complaints.append(str(error.error)))
        opened.append(context)
        return context

    yield make
    for context in opened:
        context.close()
    assert complaints == []


# What the page's script is told, before it goes on to another page and the browser forgets it; however long it takes.
_READ_ALONG = """
AbortSignal.timeout = () => new AbortController().signal;
const ask = window.fetch;
window.fetch = async (...wanted) => {
  const answer = await ask(...wanted);
  if (String(wanted[0]).includes("/api/v2/")) console.debug("told " + await answer.clone().text());
  return answer;
};
"""


def to_plex(page: Page) -> None:
    page.goto("/account/sign-in/")
    page.get_by_role("button", name="Sign in with Plex").click()
    expect(page.get_by_role("heading", name="Sign in to continue to MediaNest")).to_be_visible()


def as_(page: Page, name: str) -> None:
    """Choose a person on Plex's page."""
    page.get_by_role("button", name=re.compile(f"^{name}\\b")).click()


def is_in(page: Page, name: str) -> None:
    expect(page.get_by_label(f"{name}: your menu")).to_be_visible()


# --- people who may enter ---------------------------------------------------------------------------------------------
def test_the_first_owner_comes_in_as_administrator(contexts: Callable[..., BrowserContext], fresh_house: House) -> None:
    page = contexts().new_page()
    to_plex(page)
    as_(page, "Olive")
    is_in(page, "Olive")
    expect(page.get_by_role("link", name="Administration").first).to_be_attached()
    assert fresh_house.sql("select role from users where plex_id = 1001") == [("ADMIN",)]


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_a_friend_comes_in_and_goes_where_they_wanted(
    contexts: Callable[..., BrowserContext], size: tuple[int, int]
) -> None:
    page = contexts(size).new_page()
    page.goto("/status/")
    expect(page).to_have_url(re.compile("/account/sign-in/"))
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.get_by_role("button", name="Sign in with Plex").click()
    as_(page, "Ben")
    expect(page).to_have_url(re.compile("/status/$"))
    is_in(page, "Ben")


def test_the_browser_made_the_pin_and_no_token_came_by(
    contexts: Callable[..., BrowserContext], outside: Sandbox
) -> None:
    context = contexts()
    context.add_init_script(_READ_ALONG)
    page = context.new_page()
    asked: list[tuple[str, str]] = []
    told: list[str] = []
    context.on("request", lambda request: asked.append((request.method, request.url)))
    context.on("console", lambda said: told.append(said.text) if said.text.startswith("told ") else None)
    to_plex(page)
    as_(page, "Anna")
    is_in(page, "Anna")
    assert [method for method, url in asked if url.startswith(f"{outside.plextv.url}/api/v2/pins")] == ["POST"]
    assert len(told) == 1
    assert '"authToken": null' in told[0]
    token = outside.plextv.settings.tokens._issued
    assert not any(value in url for value in token.values() for _method, url in asked)


def test_a_managed_member_of_the_household_comes_in(
    contexts: Callable[..., BrowserContext], fresh_house: House
) -> None:
    page = contexts(PHONE).new_page()
    to_plex(page)
    as_(page, "Mia")
    is_in(page, "Mia")
    assert fresh_house.sql("select email from users where plex_id = 1005") == [(None,)]


def test_it_all_works_without_javascript(
    contexts: Callable[..., BrowserContext], outside: Sandbox, fresh_house: House
) -> None:
    """Plex's own page needs a script; here its part is played by the plex.tv of the sandbox."""
    page = contexts(PHONE, javascript=False).new_page()
    page.goto("/account/sign-in/")
    page.get_by_role("button", name="Sign in with Plex").click()
    expect(page).to_have_url(re.compile(re.escape(outside.plextv.url)))
    code = page.url.split("code=")[1].split("&")[0]
    page.goto("/account/sign-in/")
    page.get_by_role("link", name="Go on there").click()
    page.get_by_role("button", name="I have signed in, continue").click()
    expect(page.get_by_text("Plex has not confirmed it yet")).to_be_visible()
    outside.plextv.approve(code, "carl")
    page.get_by_role("button", name="I have signed in, continue").click()
    is_in(page, "Carl")


def test_a_browser_that_may_not_ask_plex_leaves_it_to_the_server(
    contexts: Callable[..., BrowserContext], outside: Sandbox
) -> None:
    outside.plextv.control({"cors": False})
    page = contexts().new_page()
    before = len(outside.plextv.settings.pins._pins)
    to_plex(page)
    as_(page, "Ben")
    is_in(page, "Ben")
    assert len(outside.plextv.settings.pins._pins) == before + 2  # the one that the browser may not read, and ours


def test_an_app_on_the_home_screen_goes_on_by_itself(contexts: Callable[..., BrowserContext], outside: Sandbox) -> None:
    """Such an app shows Plex on top of itself, and what comes back from there lands in another browser."""
    app = contexts(PHONE).new_page()
    to_plex(app)
    at_plex = app.url
    app.goto("/account/plex/")
    other = contexts(PHONE).new_page()
    other.goto(at_plex)
    as_(other, "Ben")
    expect(other.get_by_role("heading", name="This sign-in was not begun here")).to_be_visible()
    is_in(app, "Ben")


# --- people who may not -----------------------------------------------------------------------------------------------
def test_a_stranger_reads_what_to_do_and_may_choose_another_account(contexts: Callable[..., BrowserContext]) -> None:
    page = contexts(PHONE).new_page()
    to_plex(page)
    as_(page, "Stefan")
    expect(page.get_by_role("heading", name="The server is not shared with this account")).to_be_visible()
    page.reload()
    page.get_by_role("link", name="Sign in with another account").click()
    page.get_by_role("button", name="Sign in with Plex").click()
    as_(page, "Ben")
    is_in(page, "Ben")


def test_an_open_invitation_is_accepted_and_then_it_works(
    contexts: Callable[..., BrowserContext], outside: Sandbox
) -> None:
    page = contexts().new_page()
    to_plex(page)
    as_(page, "Pia")
    expect(page.get_by_role("heading", name="Your invitation is waiting")).to_be_visible()
    outside.plextv.change("pia", relation="shared")
    to_plex(page)
    as_(page, "Pia")
    is_in(page, "Pia")


def test_a_plex_tv_that_is_down_is_named_and_tried_again(
    contexts: Callable[..., BrowserContext], outside: Sandbox
) -> None:
    page = contexts().new_page()
    page.goto("/account/sign-in/")
    outside.plextv.turn("down")
    page.get_by_role("button", name="Sign in with Plex").click()
    expect(page.get_by_role("heading", name="Plex does not answer")).to_be_visible()
    outside.plextv.turn("up")
    page.get_by_role("link", name="Back to the sign-in page").click()
    expect(page.get_by_role("button", name="Sign in with Plex")).to_be_visible()


def test_an_expired_pin_says_so_and_a_new_one_works(contexts: Callable[..., BrowserContext], outside: Sandbox) -> None:
    page = contexts().new_page()
    to_plex(page)
    outside.plextv.expire_pins()
    as_(page, "Ben")
    expect(page.get_by_text("This sign-in has expired")).to_be_visible()  # Plex's own words
    page.goto("/account/plex/")
    expect(page.get_by_text("This sign-in has run out")).to_be_visible()
    page.get_by_role("button", name="Sign in with Plex").click()
    as_(page, "Ben")
    is_in(page, "Ben")


def test_a_link_from_another_browser_signs_nobody_in(contexts: Callable[..., BrowserContext], outside: Sandbox) -> None:
    """An attacker approves a PIN of his own as himself, and has a victim open the way back."""
    attacker, victim = contexts().new_page(), contexts().new_page()
    to_plex(attacker)
    wishes = parse_qs(urlsplit(attacker.url).fragment.lstrip("?"))
    outside.plextv.approve(wishes["code"][0], "anna")
    victim.goto(wishes["forwardUrl"][0])
    expect(victim.get_by_role("heading", name="This sign-in was not begun here")).to_be_visible()
    victim.goto("/account/")
    expect(victim).to_have_url(re.compile("/account/sign-in/"))


def test_a_replayed_link_is_worth_nothing(contexts: Callable[..., BrowserContext]) -> None:
    context = contexts()
    page = context.new_page()
    links: list[str] = []
    context.on("request", lambda request: links.append(request.url) if "/plex/return/" in request.url else None)
    to_plex(page)
    as_(page, "Ben")
    is_in(page, "Ben")
    page.goto(links[0])
    is_in(page, "Ben")
    page.get_by_label("Ben: your menu").click()
    page.get_by_role("button", name="Sign out").click()
    page.goto(links[0])
    expect(page.get_by_role("heading", name="This sign-in was not begun here")).to_be_visible()


def test_the_back_button_leads_to_the_page_that_waits(contexts: Callable[..., BrowserContext]) -> None:
    page = contexts(PHONE).new_page()
    to_plex(page)
    page.go_back()
    go_on, open_plex = page.get_by_role("link", name="Go on there"), page.get_by_role("link", name="Open Plex")
    expect(go_on.or_(open_plex)).to_be_visible()
    if go_on.is_visible():
        go_on.click()
    open_plex.click()
    as_(page, "Ben")
    is_in(page, "Ben")
    page.go_back()
    page.goto("/account/plex/")
    is_in(page, "Ben")
    expect(page).to_have_url(re.compile("/$"))
