"""What every provider promises. A new provider joins by being declared; its simulated service by being in the sandbox."""

from __future__ import annotations

import json
import logging
import time
import traceback
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.forms import Form

from medianest.lib.http import ProviderError
from medianest.tests.wire import dripping, saying, server
from sandbox.run import Sandbox, Service
from sandbox.server import ServiceServer
from sandbox.switches import Mode
from services.providers import registry
from services.providers.base import Condition, Connection, Health, Provider, TestResult

KEY = "k3y-that-must-not-be-seen"
LONGEST_SECONDS = 15  # what hangs here does so for twenty, and is given up after less than one; the machine may be busy
EVERY = pytest.mark.parametrize("kind", registry.all(), ids=lambda kind: kind.kind)
FAULTS = {
    Mode.WRONG: "but not",
    Mode.UNAUTHORIZED: "(401)",
    Mode.ERROR: "(500)",
    Mode.GARBAGE: "but not",
    Mode.DOWN: "connection was refused",
    Mode.HANG: "no answer within",
}


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with Sandbox(tmp_path_factory.mktemp("sandbox")) as running:
        yield running


@pytest.fixture
def simulated(sandbox: Sandbox, kind: type[Provider]) -> Iterator[tuple[Service, dict[str, str]]]:
    """The kind's simulated service and how it is reached."""
    given = sandbox.connections().get(kind.kind)
    if given is None:
        pytest.skip(f"The sandbox simulates no {kind.label}.")
    found = next(service for service in sandbox.services.values() if service.url == given["url"])
    yield found, given
    found.turn(Mode.UP)


def settings_of(kind: type[Provider], given: dict[str, str]) -> dict[str, Any]:
    return {name: given[name] for name in kind.SettingsForm.base_fields if name in given}


def reached(kind: type[Provider], given: dict[str, str], **changes: Any) -> Provider:
    connection = {"url": given["url"], "key": given["key"], "settings": settings_of(kind, given), **changes}
    return kind(Connection(**connection))


def well_formed(result: TestResult, health: Health) -> None:
    assert isinstance(result, TestResult)
    assert isinstance(health, Health)
    assert result.sentence.strip().endswith((".", "?"))
    assert result.ok == (health.state is Condition.WELL)
    assert bool(health.message) or health.state is Condition.WELL


# --- it says who it is ----------------------------------------------------------------------------------------------------
@EVERY
def test_it_describes_itself(kind: type[Provider]) -> None:
    assert kind.kind == kind.kind.lower()
    assert " " not in kind.kind
    assert kind.label
    assert kind.icon
    assert str(kind.purpose).endswith(".")
    assert str(kind.when_away).endswith(".")
    assert str(kind.key_label)
    assert kind.address_example.startswith("http")
    assert kind.slow_after_ms > 0


# --- with a service of its kind -------------------------------------------------------------------------------------------
@EVERY
def test_it_knows_its_own(kind: type[Provider], simulated: tuple[Service, dict[str, str]]) -> None:
    provider = reached(kind, simulated[1])
    result, health = provider.test(), provider.health()
    well_formed(result, health)
    assert result.ok, result.sentence
    assert result.version
    assert result.version in result.sentence


@EVERY
def test_it_notices_a_wrong_key(kind: type[Provider], simulated: tuple[Service, dict[str, str]]) -> None:
    provider = reached(kind, simulated[1], key=KEY)
    result, health = provider.test(), provider.health()
    well_formed(result, health)
    assert not result.ok
    assert "key" in result.sentence
    assert health.state is Condition.ILL


@EVERY
def test_it_notices_a_missing_key(kind: type[Provider], simulated: tuple[Service, dict[str, str]]) -> None:
    result = reached(kind, simulated[1], key="").test()
    assert result.ok is not kind.needs_key
    assert ("needs a key" in result.sentence) is kind.needs_key


@pytest.mark.usefixtures("impatient")
@EVERY
@pytest.mark.parametrize(("mode", "words"), FAULTS.items(), ids=[mode.value for mode in FAULTS])
def test_it_says_what_is_wrong_with_its_own(
    kind: type[Provider], simulated: tuple[Service, dict[str, str]], mode: Mode, words: str
) -> None:
    service, given = simulated
    service.turn(mode, delay=20)
    provider = reached(kind, given)
    result = provider.test()
    well_formed(result, provider.health())
    assert not result.ok
    assert words in result.sentence


@EVERY
def test_it_waits_for_a_slow_one(kind: type[Provider], simulated: tuple[Service, dict[str, str]]) -> None:
    service, given = simulated
    service.turn(Mode.SLOW, delay=0.1)
    assert reached(kind, given).test().ok


# --- with anything else ---------------------------------------------------------------------------------------------------
@pytest.mark.usefixtures("impatient")
@EVERY
@pytest.mark.parametrize(("mode", "words"), FAULTS.items(), ids=[mode.value for mode in FAULTS])
def test_it_says_what_is_wrong(kind: type[Provider], anything: ServiceServer, mode: Mode, words: str) -> None:
    anything.turn(mode, delay=20)
    provider = kind(Connection(anything.url, KEY))
    started = time.monotonic()
    result, health = provider.test(), provider.health()
    assert time.monotonic() - started < LONGEST_SECONDS
    well_formed(result, health)
    assert not result.ok
    assert words in result.sentence
    assert str(kind.label) in result.sentence


@EVERY
def test_another_product_is_told_apart(kind: type[Provider], anything: ServiceServer) -> None:
    assert "(404)" in kind(Connection(anything.url, KEY)).test().sentence


@EVERY
@pytest.mark.parametrize(
    "body", [b"", b"{}", b"[]", b"null", b'"text"', b'{"MediaContainer": []}', b'{"version": 3, "type": []}']
)
def test_odd_answers_are_no_service(kind: type[Provider], body: bytes) -> None:
    answer = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n" + body
    with server(saying(answer)) as wire:
        provider = kind(Connection(wire.url, KEY))
        well_formed(provider.test(), provider.health())
        assert not provider.test().ok


@pytest.mark.usefixtures("impatient")
@EVERY
def test_a_dripping_answer_ends_in_time(kind: type[Provider]) -> None:
    started = time.monotonic()
    with server(dripping(b"HTTP/1.1 200 OK\r\n\r\n{", b" ", 0.05)) as wire:
        assert not kind(Connection(wire.url, KEY)).test().ok
        assert time.monotonic() - started < LONGEST_SECONDS


@pytest.mark.usefixtures("impatient")
@EVERY
@pytest.mark.parametrize("mode", list(FAULTS), ids=[mode.value for mode in FAULTS])
def test_its_key_is_never_told(
    kind: type[Provider], anything: ServiceServer, mode: Mode, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    anything.turn(mode, delay=20)
    provider = kind(Connection(anything.url, KEY))
    told = [repr(provider.connection), provider.test().sentence, provider.health().message]
    with pytest.raises(ProviderError) as caught:
        provider.identify()
    told += ["".join(traceback.format_exception(caught.value)), caplog.text]
    assert not [text for text in told if KEY in text]


# --- its settings ---------------------------------------------------------------------------------------------------------
@EVERY
def test_settings_that_are_no_object_are_refused(kind: type[Provider]) -> None:
    with pytest.raises(ValidationError):
        kind.clean_settings(["no", "object"])


@EVERY
def test_an_unknown_setting_is_named(kind: type[Provider]) -> None:
    with pytest.raises(ValidationError) as caught:
        kind.clean_settings({"no_such_setting": 1})
    assert "no_such_setting" in caught.value.message_dict


@EVERY
def test_a_wrong_setting_is_named(kind: type[Provider]) -> None:
    for name in kind.SettingsForm.base_fields:
        with pytest.raises(ValidationError) as caught:
            kind.clean_settings({name: "\0" * 2000})
        assert name in caught.value.message_dict


@EVERY
def test_what_is_missing_is_named_and_the_rest_is_plain_json(kind: type[Provider]) -> None:
    form: Form = kind.SettingsForm(data={})
    needed = {name for name, field in form.fields.items() if field.required}
    if needed:
        with pytest.raises(ValidationError) as caught:
            kind.clean_settings({})
        assert set(caught.value.message_dict) == needed
    else:
        assert json.loads(json.dumps(kind.clean_settings({}))) == kind.clean_settings({})
