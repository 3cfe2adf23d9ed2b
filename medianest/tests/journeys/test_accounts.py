"""One's own account in a browser at a phone's width: the second step, a forgotten password, taking along and leaving."""

from __future__ import annotations

import re
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.core import mail
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pyotp import TOTP
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer

from accounts.models import SecondStep, User
from accounts.second_step.codes import SECONDS
from accounts.tests.conftest import PASSWORD, _own_windows, _quick_passwords, olive  # noqa: F401  (fixtures)
from maintenance.models import Departure
from medianest.tests.people import _files_as_they_are  # noqa: F401  (fixture)
from operations import runner

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300), pytest.mark.django_db(transaction=True)]
PHONE = {"width": 390, "height": 844}
Open = Callable[..., Page]


@pytest.fixture(scope="module", autouse=True)
def _orm_beside_playwright() -> Iterator[None]:
    """Playwright's loop runs in the test's own thread, where Django would refuse to ask the database."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        yield


@pytest.fixture
def open_page(browser: Browser, live_server: LiveServer, settings: Settings, tmp_path: Path) -> Iterator[Open]:
    """Opens the sign-in page in a browser profile of its own."""
    settings.DATA_DIR = tmp_path
    settings.MAIL_IS_SET_UP, settings.PUBLIC_URL = True, ""
    contexts: list[BrowserContext] = []

    def opened(*, javascript: bool = True) -> Page:
        contexts.append(
            browser.new_context(
                base_url=live_server.url, viewport={"width": 390, "height": 844}, java_script_enabled=javascript
            )
        )
        page = contexts[-1].new_page()
        page.goto("/account/sign-in/")
        return page

    yield opened
    for context in contexts:
        context.close()


def at(page: Page, heading: str) -> None:
    """The page with this heading is there, and fits a phone."""
    expect(page.get_by_role("heading", name=heading, exact=True)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), heading


def sign_in(page: Page, password: str = PASSWORD) -> None:
    page.get_by_label("User name or e-mail").fill("olive")
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()


def sign_out(page: Page) -> None:
    page.goto("/account/")
    page.locator("main").get_by_role("button", name="Sign out", exact=True).click()
    expect(page.get_by_text("You are signed out.")).to_be_visible()


def is_in(page: Page) -> None:
    expect(page.get_by_label("Olive: your menu")).to_be_visible()


def next_code(secret: str, person: User) -> str:
    """A code that was not used yet: of now, or of the half minute to come, which is taken as well."""
    used = SecondStep.objects.filter(user=person).values_list("last_slot", flat=True).first()
    slot = max(int(time.time()) // SECONDS, -1 if used is None else used + 1)
    return TOTP(secret).at(slot * SECONDS)


def test_a_second_step_is_set_up_and_asked_for_until_the_phone_is_lost(open_page: Open, olive: User) -> None:  # noqa: F811
    page = open_page()
    sign_in(page)
    is_in(page)
    page.goto("/account/")
    page.get_by_role("link", name="Second step").click()
    page.get_by_role("link", name="Set it up").click()
    at(page, "Set up the second step")
    expect(page.get_by_role("img", name="Picture for your app")).to_be_visible()
    secret = page.locator(".key code").inner_text().replace(" ", "")
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_label("Code that the app shows").fill(next_code(secret, olive))
    page.get_by_role("button", name="Turn it on").click()
    at(page, "The second step is on")
    spares = page.locator(".spares code").all_inner_texts()
    assert len(spares) == 10
    sign_out(page)

    page.goto("/account/sign-in/?next=/account/second-step/")
    sign_in(page)
    at(page, "One more step")
    page.get_by_label("Code from your app").fill("000000")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_text("This code is not right, or was used before.")).to_be_visible()
    page.get_by_label("Code from your app").fill(next_code(secret, olive))
    page.get_by_role("button", name="Sign in", exact=True).click()
    at(page, "Second step")
    expect(page.get_by_text("It is on")).to_be_visible()
    sign_out(page)

    sign_in(page)
    page.get_by_text("The phone is not at hand").click()
    page.get_by_label("Recovery code").fill(spares[0].upper())
    page.get_by_role("button", name="Sign in with a recovery code").click()
    is_in(page)
    page.goto("/account/second-step/")
    expect(page.locator("dl.pairs")).to_contain_text("9")


def test_a_forgotten_password_is_set_anew_by_mail_without_javascript(open_page: Open, olive: User) -> None:  # noqa: F811
    fresh = "stairs-under-the-nest"
    page = open_page(javascript=False)
    page.get_by_role("link", name="Forgot the password?").click()
    at(page, "Forgotten password")
    page.get_by_label("User name or e-mail").fill("olive")
    page.get_by_role("button", name="Send the link").click()
    at(page, "Look into your mail")
    runner.work("default")
    link = re.search(r"http://\S+/account/reset/\S+", str(mail.outbox[-1].body))
    assert link is not None
    page.goto(link[0])
    at(page, "Choose your password")
    assert link[0] != page.url
    page.get_by_label("New password", exact=True).fill(fresh)
    page.get_by_label("New password again").fill(fresh)
    page.get_by_role("button", name="Save the new password").click()
    expect(page.get_by_text("Your password is changed. Sign in with it.")).to_be_visible()
    sign_in(page, fresh)
    is_in(page)
    page.goto(link[0])
    at(page, "This link is over")


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "no-script"])
def test_one_takes_everything_along_leaves_and_stays_after_all(
    open_page: Open,
    olive: User,  # noqa: F811
    javascript: bool,
) -> None:
    page = open_page(javascript=javascript)
    sign_in(page)
    is_in(page)
    page.goto("/account/leaving/")
    at(page, "Your data")
    page.get_by_role("button", name="Make an export").click()
    expect(page.get_by_text("being made")).to_be_visible()
    runner.work("default")
    if not javascript:
        page.reload()
    with page.expect_download() as started:
        page.get_by_role("link", name="Download", exact=True).click()
    with zipfile.ZipFile(started.value.path()) as archive:
        assert b'"olive"' in archive.read("person.json")

    page.get_by_role("link", name="Delete my account…").click()
    at(page, "Delete my account")
    page.get_by_label("Your user name").fill("olive")
    page.get_by_role("button", name="Delete my account").click()
    expect(page.get_by_text("You leave on")).to_be_visible()
    at(page, "Your data")
    assert Departure.objects.filter(user=olive).exists()
    page.get_by_role("button", name="Stay after all").click()
    expect(page.get_by_text("You stay. Nothing was deleted.")).to_be_visible()
    assert not Departure.objects.exists()
