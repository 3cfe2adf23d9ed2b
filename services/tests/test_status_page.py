from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from medianest.tests.people import SCOPE
from sandbox.plex import Plex
from sandbox.switches import Mode
from services import probing
from services.models import ServiceConfig, ServiceState, ServiceStatus

PAGE = "/status/"


@pytest.fixture
def known(connected: ServiceConfig) -> None:
    probing.probe()


def text_of(client: Client, path: str = PAGE) -> str:
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


def test_its_address() -> None:
    assert reverse("services:status") == PAGE


def test_people_see_how_the_services_are(annas: Client, known: None) -> None:
    text = text_of(annas)
    assert "All is well" in text
    for words in ("Plex", "Database", "Redis", "online", "s ago"):
        assert words in text


def test_people_do_not_see_what_is_not_connected(annas: Client, administrators: Client, known: None) -> None:
    assert "Not connected yet." not in text_of(annas)
    assert "Not connected yet." in text_of(administrators)


def test_people_are_told_the_consequence_and_administrators_the_reason(
    annas: Client, administrators: Client, known: None, plex: Plex
) -> None:
    plex.turn(Mode.DOWN)
    probing.probe()
    probing.probe()
    cache.clear()
    for text in (text_of(annas), text_of(administrators)):
        assert "One thing is not well" in text
        assert "Downloads go on and wait for their collection." in text
    assert "connection was refused" not in text_of(annas)
    assert "connection was refused" in text_of(administrators)


def test_strangers_are_sent_to_sign_in(stranger: Client, db: None) -> None:
    for path in (PAGE, "/status/now/"):
        response = stranger.get(path)
        assert response.status_code == 302
        assert response["Location"].startswith(reverse("accounts:sign-in"))


def test_before_the_first_look_it_says_so(annas: Client, db: None) -> None:
    assert "The first look at all services follows within a minute." in text_of(annas)


def test_it_asks_again_by_itself_for_its_moving_part(annas: Client, known: None) -> None:
    assert 'hx-get="/status/now/"' in text_of(annas)
    part = text_of(annas, "/status/now/")
    assert part.lstrip().startswith('<div id="status"')
    assert "<html" not in part


def test_a_service_that_hangs_slows_no_page(annas: Client, known: None, plex: Plex) -> None:
    asked = plex.requests
    plex.turn(Mode.HANG, delay=60)
    started = timezone.now()
    text_of(annas)
    text_of(annas, reverse("home"))
    assert timezone.now() - started < timedelta(seconds=30)
    assert plex.requests == asked


@pytest.mark.parametrize("rows", [1, 30])
def test_it_takes_few_queries_however_many_services(
    annas: Client, db: None, rows: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    now = timezone.now()
    names = ["plex", *(f"other-{number}" for number in range(rows - 1))]
    ServiceStatus.objects.bulk_create(
        ServiceStatus(service_name=name, status=ServiceState.ONLINE, last_check_at=now) for name in names
    )
    annas.get(PAGE)
    cache.delete("services:status")
    with django_assert_max_num_queries(4 + SCOPE):
        annas.get(PAGE)


def test_it_is_only_to_be_looked_at(annas: Client, db: None) -> None:
    assert annas.post(PAGE).status_code == 405
