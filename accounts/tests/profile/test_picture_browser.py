"""What the browser adds to choosing a picture."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client
from PIL import Image
from playwright.sync_api import Browser, expect
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from accounts.profile.forms import LARGEST_PICTURE
from medianest.tests.journeys.conftest import browser  # noqa: F401  (fixture)

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300), pytest.mark.django_db(transaction=True)]


@pytest.fixture(scope="module", autouse=True)
def _orm_beside_playwright() -> Iterator[None]:
    """Playwright's loop runs in the test's own thread, where Django would refuse to ask the database."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        yield


@pytest.fixture(autouse=True)
def _folder(settings: Settings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path


def test_a_photograph_larger_than_is_taken_is_made_smaller_first(
    browser: Browser,  # noqa: F811  (the fixture of that name)
    live_server: LiveServer,
    annas: Client,
    anna: User,
) -> None:
    noise = Image.frombytes("RGB", (1400, 1400), os.urandom(1400 * 1400 * 3))
    out = io.BytesIO()
    noise.save(out, "JPEG", quality=95)
    assert len(out.getvalue()) > LARGEST_PICTURE
    context = browser.new_context()
    context.add_cookies([{"name": "sessionid", "value": annas.cookies["sessionid"].value, "url": live_server.url}])
    page = context.new_page()
    page.goto(f"{live_server.url}/account/")
    page.set_input_files("#id_picture", {"name": "IMG.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()})
    button = page.get_by_role("button", name="Use it")
    expect(button).to_be_enabled()
    assert page.evaluate("document.querySelector('#id_picture').files[0].size") < LARGEST_PICTURE
    button.click()
    expect(page.get_by_text("Your picture is changed.")).to_be_visible()
    anna.refresh_from_db()
    assert page.locator("main .my-picture img").get_attribute("src") == anna.picture_url
    context.close()
