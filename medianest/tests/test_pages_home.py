from __future__ import annotations

import html
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.models import User
from downloads.tests.views import making
from medianest.tests.people import SCOPE, browser_of, person
from services import summary
from services.models import ServiceConfig, ServiceStatus
from services.providers.overseerr import Overseerr


@pytest.fixture(autouse=True)
def _no_news_of_services() -> None:
    """What one test's pages kept of the services is not another's."""
    summary.forget()


def home(client: Client) -> str:
    response = client.get("/")
    assert response.status_code == 200
    return response.content.decode()


def test_signed_out_it_leads_to_sign_in(stranger: Client) -> None:
    assert stranger.get("/").headers["Location"].startswith(reverse("accounts:sign-in"))


def test_an_empty_house_says_what_to_do_next(annas: Client) -> None:
    text = home(annas)
    assert "Paste the link of a YouTube playlist" in text
    assert reverse("downloads:new") in text


def test_it_shows_my_downloads_as_they_move(annas: Client, anna: User) -> None:
    making.ordered(anna, title="Woodworking")
    text = home(annas)
    assert "Woodworking" in text
    assert "of 3 videos" in text
    assert reverse("downloads:moving") in text


def test_other_peoples_downloads_are_not_mine(annas: Client) -> None:
    making.ordered(person("ben"), title="Woodworking")
    assert "Woodworking" not in home(annas)


@pytest.mark.parametrize("rows", [1, 30])
def test_queries_do_not_grow(annas: Client, anna: User, rows: int, django_assert_max_num_queries: Any) -> None:
    for _ in range(rows):
        making.ordered(anna)
    with django_assert_max_num_queries(8 + SCOPE):
        text = home(annas)
    assert len(text.encode()) < 60 * 1024


def test_only_administrators_are_led_to_the_administration(annas: Client, administrators: Client) -> None:
    assert reverse("admin:index") not in home(annas)
    assert reverse("admin:index") in home(administrators)


def test_administrators_are_told_of_plain_http(annas: Client, administrators: Client, settings: Settings) -> None:
    settings.PLAIN_HTTP = True
    assert "without TLS" in home(administrators)
    assert "without TLS" not in home(annas)
    settings.PLAIN_HTTP = False
    settings.SESSION_COOKIE_SECURE = False
    assert "without TLS" not in home(administrators)


def test_the_frame_leads_only_to_pages_that_exist(administrators: Client) -> None:
    for address in set(re.findall(r'<a [^>]*href="(/[^"#]*)"', home(administrators))):
        assert administrators.get(address).status_code in (200, 302), address


@pytest.mark.parametrize("theme", ["dark", "light", "system"])
def test_colours_are_chosen_without_javascript(annas: Client, theme: str) -> None:
    response = annas.post(reverse("theme"), {"theme": theme, "next": "/downloads/?whose=all"})
    assert response.headers["Location"] == "/downloads/?whose=all"
    assert f'data-theme="{theme}"' in home(annas)


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "javascript:alert(1)", ""])
def test_choosing_colours_leads_nowhere_else(annas: Client, elsewhere: str) -> None:
    response = annas.post(reverse("theme"), {"theme": "light", "next": elsewhere})
    assert response.headers["Location"] == "/"


def test_unknown_colours_change_nothing(annas: Client) -> None:
    response = annas.post(reverse("theme"), {"theme": "pink"})
    assert "theme" not in response.cookies
    annas.cookies["theme"] = "<script>"
    assert 'data-theme="dark"' in home(annas)


def test_colours_can_be_chosen_before_signing_in(stranger: Client) -> None:
    assert stranger.post(reverse("theme"), {"theme": "light"}).cookies["theme"].value == "light"


@pytest.mark.django_db
def test_a_name_is_text_and_nothing_else() -> None:
    text = home(browser_of(User.objects.create_user("eve", name="<b>Eve")))
    assert "<b>Eve" not in text
    assert "&lt;b&gt;Eve" in text


@pytest.fixture
def away(db: None) -> None:
    """Plex is well, Overseerr is away."""
    now = timezone.now()
    ServiceStatus.objects.create(service_name="plex", status="online", response_time_ms=41, last_check_at=now)
    ServiceStatus.objects.create(service_name="overseerr", status="offline", last_check_at=now, changed_at=now)


@pytest.mark.usefixtures("away")
def test_trouble_is_told_by_its_consequence_and_hides_nothing(annas: Client, anna: User) -> None:
    making.ordered(anna, title="Woodworking")
    text = home(annas)
    assert "Overseerr: offline." in text
    assert str(Overseerr.when_away) in html.unescape(text)
    assert "1 not well" in text
    assert "Woodworking" in text


@pytest.mark.usefixtures("away")
def test_the_strip_shows_every_service_with_its_age(annas: Client) -> None:
    text = home(annas)
    assert "41 ms" in text
    assert "s ago" in text
    assert reverse("services:status") in text


def test_set_up_is_always_there_for_administrators_and_urged_until_it_is_done(
    administrators: Client, annas: Client
) -> None:
    assert "Connect it now" in home(administrators)
    assert reverse("services:setup") not in home(annas)
    ServiceConfig.objects.update_or_create(
        service_name="plex", defaults={"service_url": "http://127.0.0.1:1", "enabled": True}
    )
    assert "Connect it now" not in home(administrators)
    assert reverse("services:setup") in home(administrators)
