"""One house for all these journeys: each has titles of its own, so that none minds what another did."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from medianest.tests.journeys.conftest import PASSWORDS, Watch, open_folder
from medianest.tests.journeys.wanting.screens import Outside, Person, Screen
from sandbox.control import ControlClient
from tools.house import House, Visitor

At = Callable[[str, Screen], Person]


@pytest.fixture(scope="package")
def house() -> Iterator[House]:
    with open_folder() as folder, House(folder, environment={"LIMIT_REQUESTS_PER_HOUR": "500"}) as started:
        started.now("accounts.check_plex", "accounts.check_plex")
        started.now("catalog.sync_library", "catalog.sync_library")
        yield started


@pytest.fixture(scope="package")
def cookies(house: House) -> Callable[[str], list[Any]]:
    """What the browser of somebody who signed in holds."""

    @functools.cache
    def of(name: str) -> list[Any]:
        with Visitor(house, name, PASSWORDS[name]) as visitor:
            return [{"name": c.name, "value": c.value or "", "url": house.url} for c in visitor.client.cookies.jar]

    return of


@pytest.fixture
def at(house: House, browser: Browser, cookies: Callable[[str], list[Any]]) -> Iterator[At]:
    """Puts somebody before a screen. Fails the test when a page asked another host or a script or rule complained."""
    there: list[Person] = []

    def sit(name: str, screen: Screen) -> Person:
        context = browser.new_context(
            base_url=house.url,
            viewport={"width": screen.width, "height": screen.height},
            java_script_enabled=screen.javascript,
        )
        context.add_cookies(cookies(name))
        there.append(Person(context, Watch(house, context), screen))
        return there[-1]

    yield sit
    for person in there:
        person.context.close()
    assert [one for person in there for one in (*person.watch.foreign, *person.watch.complaints)] == []


@pytest.fixture
def outside(house: House) -> Iterator[Outside]:
    """The simulated services; all up again afterwards."""
    control = ControlClient(house.control_url)
    yield Outside(house, control)
    control.turn("overseerr", "up")
    control.turn("tmdb", "up")
    control.control("overseerr", {"tmdb_down": False})
