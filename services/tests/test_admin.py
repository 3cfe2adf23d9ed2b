from __future__ import annotations

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from operations.models import SecurityEvent
from sandbox.plex import Plex
from sandbox.switches import Mode
from services import actions
from services.models import ServiceConfig, ServiceStatus

LIST = "/admin/services/serviceconfig/"
KEY = "k3y-that-must-not-be-seen"


@pytest.fixture
def config(db: None, plex: Plex) -> ServiceConfig:
    return ServiceConfig.objects.create(service_name="plex", service_url="http://plex.example", api_key=KEY)


def page(config: ServiceConfig, end: str = "change") -> str:
    return f"{LIST}{config.pk}/{end}/"


def text_of(response: Any, status: int = 200) -> str:
    assert response.status_code == status
    return str(response.content.decode())


def fields(**changes: str) -> dict[str, str]:
    return {"service_url": "http://plex.example", "key": "", "enabled": "on", "setting-section": ""} | changes


# --- who ------------------------------------------------------------------------------------------------------------------
def test_it_is_for_administrators(annas: Client, moderators: Client, stranger: Client, config: ServiceConfig) -> None:
    for path in (LIST, page(config), page(config, "test"), "/admin/services/servicestatus/"):
        for client in (annas, moderators):
            assert client.get(path, follow=True).status_code == 403
            assert client.post(path, fields(service_url="http://evil"), follow=True).status_code == 403
        assert stranger.get(path)["Location"].startswith((reverse("accounts:sign-in"), reverse("admin:login")))
    config.refresh_from_db()
    assert config.service_url == "http://plex.example"


# --- what it shows --------------------------------------------------------------------------------------------------------
def test_every_kind_has_its_page_with_its_settings(administrators: Client) -> None:
    actions.seed_services()
    shown = {}
    for config in ServiceConfig.objects.all():
        shown[config.service_name] = text_of(administrators.get(page(config)))
        assert "Test connection" in shown[config.service_name]
    assert 'name="setting-section"' in shown["plex"]
    assert 'name="setting-public_address"' in shown["overseerr"]
    assert 'name="setting-slug" value="default"' in shown["uptime-kuma"]


def test_a_stored_key_is_never_shown(administrators: Client, config: ServiceConfig) -> None:
    for path in (LIST, page(config), page(config, "history")):
        assert KEY not in text_of(administrators.get(path, follow=True))
    assert "stored, with encryption key “k1”" in text_of(administrators.get(LIST))
    assert "Leave this empty to keep it." in text_of(administrators.get(page(config)))


def test_a_key_that_cannot_be_read_is_asked_for_again(administrators: Client, config: ServiceConfig) -> None:
    ServiceConfig.objects.filter(pk=config.pk).update(service_name="overseerr")
    assert "cannot be read: enter the key again" in text_of(administrators.get(LIST))
    assert "enter the key again" in text_of(administrators.get(page(config)))
    sent = administrators.post(page(config), fields(key="fresh"))
    assert sent.status_code == 302
    assert ServiceConfig.objects.get().api_key == "fresh"


def test_a_kind_that_this_version_does_not_know_is_no_crash(administrators: Client, config: ServiceConfig) -> None:
    ServiceConfig.objects.filter(pk=config.pk).update(service_name="jellyfin")
    assert "jellyfin" in text_of(administrators.get(LIST))
    assert "jellyfin" in text_of(administrators.get(page(config)))


def test_rows_are_neither_added_nor_deleted(administrators: Client, config: ServiceConfig) -> None:
    assert administrators.get(f"{LIST}add/").status_code == 403
    assert administrators.post(page(config, "delete"), {"post": "yes"}).status_code == 403
    assert ServiceConfig.objects.exists()


# --- saving ---------------------------------------------------------------------------------------------------------------
def test_saving_stores_it_and_writes_down_who(
    administrators: Client, administrator: User, config: ServiceConfig
) -> None:
    sent = fields(**{"service_url": "plex.example:32400/", "key": "new-key", "setting-section": "Videos"})
    assert administrators.post(page(config), sent)["Location"] == LIST
    fresh = ServiceConfig.objects.get()
    assert (fresh.service_url, fresh.api_key, fresh.config_data["section"]) == (
        "http://plex.example:32400", "new-key", "Videos",
    )  # fmt: skip
    assert fresh.updated_by == administrator
    event = SecurityEvent.objects.get()
    assert (event.kind, event.object, event.actor) == ("settings.changed", "plex", administrator)
    assert event.detail == {"fields": ["service_url", "config_data", "api_key"]}
    entry = LogEntry.objects.get()
    assert entry.user == administrator
    assert "new-key" not in entry.change_message


def test_an_empty_key_keeps_the_stored_one(administrators: Client, config: ServiceConfig) -> None:
    administrators.post(page(config), fields(service_url="http://other.example"))
    assert ServiceConfig.objects.get().api_key == KEY


def test_a_key_can_be_removed(administrators: Client, config: ServiceConfig) -> None:
    administrators.post(page(config), fields(remove_key="on"))
    assert not ServiceConfig.objects.get().has_key


def test_a_service_can_be_switched_off(administrators: Client, config: ServiceConfig) -> None:
    sent = fields()
    del sent["enabled"]
    administrators.post(page(config), sent)
    assert not ServiceConfig.objects.get().enabled


def test_a_service_can_be_disconnected(administrators: Client, config: ServiceConfig) -> None:
    administrators.post(page(config), fields(service_url="", remove_key="on"))
    assert not ServiceConfig.objects.usable().exists()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"service_url": "ftp://plex"}, "must start with http:// or https://"),
        ({"service_url": "http://169.254.169.254"}, "does not call this address"),
        ({"key": "two words"}, "A key has no spaces"),
        ({"setting-path_here": "/srv"}, "Fill in both folders"),
        ({"setting-path_here": "srv", "setting-path_there": "/data"}, "Write the whole path"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_nothing_is_saved(
    administrators: Client, config: ServiceConfig, wrong: dict[str, str], words: str
) -> None:
    response = administrators.post(page(config), fields(**wrong))
    form = response.context["adminform"].form
    assert words in str(form.errors)
    assert set(form.errors) <= {*wrong, "setting-path_there"}
    assert not SecurityEvent.objects.exists()


# --- trying ---------------------------------------------------------------------------------------------------------------
def tried(client: Client, config: ServiceConfig, **changes: str) -> str:
    return text_of(client.post(page(config, "test"), fields(**changes)))


def test_it_is_tried_as_typed_and_not_saved(administrators: Client, config: ServiceConfig, plex: Plex) -> None:
    text = tried(administrators, config, service_url=plex.url, key=plex.token, **{"setting-section": "Typed"})
    assert "Plex “The Nest” answers, version 1.43.2.10687." in text
    assert "The key you typed was tried and not stored:" in text
    assert f'value="{plex.url}"' in text
    assert 'value="Typed"' in text
    assert plex.token not in text
    fresh = ServiceConfig.objects.get()
    assert (fresh.service_url, fresh.api_key) == ("http://plex.example", KEY)
    assert not SecurityEvent.objects.exists()


def test_the_stored_key_is_tried_when_none_is_typed(
    administrators: Client, connected: ServiceConfig, plex: Plex
) -> None:
    text = tried(administrators, connected, service_url=plex.url)
    assert "answers, version" in text
    assert "Nothing was saved." in text


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize(
    ("mode", "words"),
    [
        (Mode.DOWN, "the connection was refused"),
        (Mode.UNAUTHORIZED, "does not accept the key (401)"),
        (Mode.WRONG, "This is a web server, but not Plex."),
        (Mode.ERROR, "an error of its own (500)"),
        (Mode.GARBAGE, "This is a web server, but not Plex."),
        (Mode.HANG, "no answer within"),
    ],
)
def test_it_says_what_is_wrong(
    administrators: Client, connected: ServiceConfig, plex: Plex, mode: Mode, words: str
) -> None:
    plex.turn(mode, delay=60)
    assert words in tried(administrators, connected, service_url=plex.url)


def test_a_wrong_field_is_told_and_nobody_is_called(
    administrators: Client, connected: ServiceConfig, plex: Plex
) -> None:
    asked = plex.requests
    text = tried(administrators, connected, service_url="ftp://plex")
    assert "must start with http:// or https://" in text
    assert plex.requests == asked


def test_without_an_address_there_is_nothing_to_try(administrators: Client, config: ServiceConfig) -> None:
    assert "There is no address to try." in tried(administrators, config, service_url="")


def test_the_page_after_a_try_saves_to_the_right_place(
    administrators: Client, connected: ServiceConfig, plex: Plex
) -> None:
    assert 'action="../change/"' in tried(administrators, connected, service_url=plex.url)


def test_trying_is_a_post(administrators: Client, config: ServiceConfig) -> None:
    assert administrators.get(page(config, "test")).status_code == 404
    assert administrators.post(f"{LIST}999999/test/", fields()).status_code == 404


def test_a_try_does_not_move_the_breaker(administrators: Client, connected: ServiceConfig, plex: Plex) -> None:
    plex.turn(Mode.DOWN)
    for _time in range(6):
        tried(administrators, connected, service_url=plex.url)
    assert cache.get("breaker:plex") is None


# --- status ---------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("rows", [1, 30])
def test_lists_take_few_queries(
    administrators: Client, config: ServiceConfig, rows: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    ServiceConfig.objects.bulk_create(ServiceConfig(service_name=f"x{number}", api_key=KEY) for number in range(rows))
    ServiceStatus.objects.bulk_create(
        ServiceStatus(service_name=f"x{number}", last_check_at=timezone.now()) for number in range(rows)
    )
    for path in (LIST, "/admin/services/servicestatus/"):
        administrators.get(path)
        with django_assert_max_num_queries(8):
            administrators.get(path)


def test_status_is_only_to_be_looked_at(administrators: Client) -> None:
    row = ServiceStatus.objects.create(service_name="plex", message="All fine.")
    path = f"/admin/services/servicestatus/{row.pk}"
    assert "All fine." in text_of(administrators.get(f"{path}/change/"))
    assert administrators.post(f"{path}/change/", {"message": "hacked"}).status_code == 403
    assert administrators.post(f"{path}/delete/", {"post": "yes"}).status_code == 403
    assert administrators.get("/admin/services/servicestatus/add/").status_code == 403
