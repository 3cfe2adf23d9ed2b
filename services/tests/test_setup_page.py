from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from medianest.tests.people import SCOPE
from operations.models import SecurityEvent
from sandbox.plex import Plex
from sandbox.switches import Mode
from services import actions, probing
from services.models import ServiceConfig

PAGE = "/setup/"
KEY = "k3y-that-must-not-be-seen"


def text_of(response: Any, status: int = 200) -> str:
    assert response.status_code == status
    return str(response.content.decode())


def send(client: Client, service: str = "plex", **fields: str) -> Any:
    return client.post(f"/setup/{service}/", fields)


# --- who ------------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("path", [PAGE, "/setup/folder/", "/setup/plex/"])
def test_it_is_for_administrators(annas: Client, moderators: Client, stranger: Client, path: str) -> None:
    method = "get" if path == PAGE else "post"
    assert getattr(annas, method)(path).status_code == 403
    assert getattr(moderators, method)(path).status_code == 403
    response = getattr(stranger, method)(path)
    assert response.status_code == 302
    assert response["Location"].startswith(reverse("accounts:sign-in"))


def test_nobody_else_changes_a_thing(annas: Client, plex: Plex) -> None:
    send(annas, service_url=plex.url, key=plex.token)
    assert not ServiceConfig.objects.exists()


# --- what it shows --------------------------------------------------------------------------------------------------------
def test_it_leads_through_every_kind_of_service(administrators: Client) -> None:
    text = text_of(administrators.get(PAGE))
    for words in ("Plex", "Overseerr", "Uptime Kuma", "Folder for videos", "optional", "needed", "Library for videos"):
        assert words in text


def test_it_asks_no_service(administrators: Client, connected: ServiceConfig, plex: Plex) -> None:
    asked = plex.requests
    plex.turn(Mode.HANG, delay=60)
    assert ">saved<" in text_of(administrators.get(PAGE))
    assert plex.requests == asked


def test_it_shows_how_a_saved_service_is(administrators: Client, connected: ServiceConfig) -> None:
    probing.probe()
    assert ">online<" in text_of(administrators.get(PAGE))


def test_a_stored_key_is_never_shown(administrators: Client, db: None) -> None:
    ServiceConfig.objects.create(service_name="plex", service_url="http://plex", api_key=KEY)
    text = text_of(administrators.get(PAGE))
    assert KEY not in text
    assert "A key is stored (with encryption key “k1”). Leave this empty to keep it." in text


def test_a_key_that_cannot_be_read_is_asked_for_again(administrators: Client, db: None) -> None:
    config = ServiceConfig.objects.create(service_name="overseerr", service_url="http://seerr", api_key=KEY)
    ServiceConfig.objects.filter(pk=config.pk).update(service_name="plex")
    assert "The stored key can no longer be read: enter the key again." in text_of(administrators.get(PAGE))


def test_it_takes_few_queries(
    administrators: Client, db: None, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    administrators.get(PAGE)
    with django_assert_max_num_queries(6 + SCOPE):
        administrators.get(PAGE)


# --- test and save --------------------------------------------------------------------------------------------------------
def test_what_works_is_saved_and_says_so(administrators: Client, plex: Plex) -> None:
    response = send(administrators, service_url=plex.url, key=plex.token)
    assert response["Location"] == "/setup/#plex"
    config = ServiceConfig.objects.get()
    assert (config.service_url, config.api_key, config.enabled) == (plex.url, plex.token, True)
    assert config.config_data == {"section": "", "path_here": "", "path_there": ""}
    assert "Plex “The Nest” answers, version 1.43.2.10687." in text_of(administrators.get(PAGE))
    assert "answers, version" not in text_of(administrators.get(PAGE))  # told once
    assert SecurityEvent.objects.get().kind == "settings.changed"


def test_the_stored_key_is_used_when_none_is_typed(
    administrators: Client, connected: ServiceConfig, plex: Plex
) -> None:
    send(administrators, **{"service_url": plex.url, "setting-section": "YouTube"})
    config = ServiceConfig.objects.get()
    assert (config.api_key, config.config_data["section"]) == (plex.token, "YouTube")


def test_what_does_not_work_is_not_saved_and_keeps_what_was_typed(administrators: Client, plex: Plex) -> None:
    text = text_of(send(administrators, **{"service_url": plex.url, "key": KEY, "setting-section": "Mine"}), 422)
    assert "Plex answers, but does not accept the key (401)." in text
    assert f'value="{plex.url}"' in text
    assert 'value="Mine"' in text
    assert KEY not in text
    assert not ServiceConfig.objects.exists()


def test_it_can_be_saved_all_the_same(administrators: Client, plex: Plex) -> None:
    plex.turn(Mode.DOWN)
    assert "Save it all the same" in text_of(send(administrators, service_url=plex.url, key=plex.token), 422)
    assert send(administrators, service_url=plex.url, key=plex.token, keep="1").status_code == 302
    assert ServiceConfig.objects.get().api_key == plex.token


@pytest.mark.parametrize(
    ("service", "fields", "words"),
    [
        ("plex", {"service_url": ""}, "This field is required."),
        ("plex", {"service_url": "http://plex", "key": ""}, "This field is required."),
        ("plex", {"service_url": "ftp://plex"}, "http:// or https://"),
        ("plex", {"service_url": "http://plex", "key": "two words"}, "A key has no spaces"),
        ("plex", {"service_url": "http://plex", "setting-path_here": "/srv"}, "Fill in both folders"),
        ("uptime-kuma", {"service_url": "http://kuma", "setting-slug": "a/b"}, "Only letters, digits"),
        ("uptime-kuma", {"service_url": "http://kuma"}, "This field is required."),
    ],
)
def test_what_is_wrong_stands_beside_its_field(
    administrators: Client, service: str, fields: dict[str, str], words: str
) -> None:
    text = text_of(send(administrators, service, **({"key": "some-key"} | fields)), 422)
    assert text.count(words) == 1
    assert 'aria-invalid="true"' in text
    assert not ServiceConfig.objects.exists()


def test_an_unknown_kind_is_not_there(administrators: Client) -> None:
    assert send(administrators, "jellyfin", service_url="http://x").status_code == 404


@pytest.mark.usefixtures("impatient")
def test_a_service_that_hangs_is_given_up(administrators: Client, plex: Plex) -> None:
    plex.turn(Mode.HANG, delay=60)
    assert "no answer within" in text_of(send(administrators, service_url=plex.url, key=plex.token), 422)


# --- the folder -----------------------------------------------------------------------------------------------------------
def test_the_folder_is_made_and_looked_at(administrators: Client, settings: Settings) -> None:
    text = text_of(administrators.get(PAGE))
    assert Path(settings.DOWNLOAD_ROOT).is_dir()
    assert str(settings.DOWNLOAD_ROOT) in text
    assert " GB" in text


def test_a_folder_that_cannot_be_used_is_told(administrators: Client, settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    settings.DOWNLOAD_ROOT = tmp_path / "file" / "videos"
    assert "It cannot be used: Not a directory." in text_of(administrators.get(PAGE))


def test_too_little_room_is_told(administrators: Client, settings: Settings) -> None:
    settings.DOWNLOAD_MIN_FREE_MB = 10**12
    assert "Too little room" in text_of(administrators.get(PAGE))


def ask(client: Client) -> str:
    assert client.post("/setup/folder/")["Location"] == "/setup/#folder"
    return text_of(client.get(PAGE))


def test_plex_is_asked_whether_it_sees_the_folder(administrators: Client, connected: ServiceConfig) -> None:
    assert "Plex sees it: the library “YouTube” holds it." in ask(administrators)


def test_a_folder_that_plex_does_not_see_is_told(
    administrators: Client, connected: ServiceConfig, settings: Settings, tmp_path: Path
) -> None:
    settings.DOWNLOAD_ROOT = tmp_path / "elsewhere"
    assert "No Plex library holds the download folder" in ask(administrators)


def test_without_a_media_server_there_is_nobody_to_ask(administrators: Client) -> None:
    assert "No media server is connected yet." in ask(administrators)


@pytest.mark.usefixtures("impatient")
def test_a_plex_that_hangs_is_given_up(administrators: Client, connected: ServiceConfig, plex: Plex) -> None:
    plex.turn(Mode.HANG, delay=60)
    assert "no answer within" in ask(administrators)


# --- where a key goes -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("address", ["http://evil.example", "http://plex.example:1", "https://plex.example"])
def test_a_stored_key_goes_to_no_other_address(administrators: Client, db: None, address: str) -> None:
    ServiceConfig.objects.create(service_name="plex", service_url="http://plex.example", api_key=KEY)
    text = text_of(send(administrators, service_url=address, keep="1"), 422)
    assert text.count("The address changed, so enter the key again.") == 1
    assert ServiceConfig.objects.get().service_url == "http://plex.example"


def test_what_cannot_be_saved_is_said(administrators: Client, plex: Plex, monkeypatch: pytest.MonkeyPatch) -> None:
    def no(**values: Any) -> None:
        raise actions.CannotSaveConnection("Somebody else was faster.")

    monkeypatch.setattr(actions, "save_connection", no)
    assert "Somebody else was faster." in text_of(send(administrators, service_url=plex.url, key=plex.token), 422)
