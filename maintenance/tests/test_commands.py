"""`prepare`, `seed` and `bootstrap_admin`, as whoever runs the server meets them."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client

from accounts.models import Role, User
from downloads.models import DownloadProfile
from maintenance.tests.conftest import PEOPLE, PLAYLIST, description
from operations.models import SecurityEvent
from services.models import ServiceConfig

pytestmark = pytest.mark.django_db

SHOWN = re.compile(r"one-time password +([a-z-]+)")


def run(name: str, *arguments: str) -> str:
    out = io.StringIO()
    call_command(name, *arguments, stdout=out)
    return out.getvalue()


def shown_password(text: str) -> str:
    found = SHOWN.search(text)
    assert found, text
    return found[1]


# --- bootstrap_admin --------------------------------------------------------------------------------------------------
def test_the_first_administrator_is_shown_framed_and_can_sign_in() -> None:
    text = run("bootstrap_admin")
    assert text.startswith("┌─ Administrator ")
    assert len({len(line) for line in text.splitlines()}) == 1
    client = Client(REMOTE_ADDR="192.0.2.77")
    client.post("/account/sign-in/", {"username": "admin", "password": shown_password(text)})
    assert client.get("/").headers["Location"] == "/account/change-password/"


@pytest.mark.parametrize("arguments", [[], ["--if-none"]])
def test_a_second_time_it_says_so_and_does_nothing(arguments: list[str]) -> None:
    run("bootstrap_admin")
    before = User.objects.get().password
    assert "nothing to do" in run("bootstrap_admin", *arguments)
    assert User.objects.get().password == before


def test_reset_gives_a_new_password_for_the_same_person() -> None:
    first = shown_password(run("bootstrap_admin"))
    again = shown_password(run("bootstrap_admin", "--reset"))
    user = User.objects.get()
    assert first != again
    assert user.check_password(again)
    assert not user.check_password(first)


# --- seed -------------------------------------------------------------------------------------------------------------
def test_seed_adds_what_is_missing_and_says_what() -> None:
    lines = run("seed").splitlines()
    planted = ["Services", "Download profiles", "Guide pages", "Discover rows", "Quick links"]
    assert [line.split(":")[0] for line in lines] == planted
    assert "Plex" in lines[0]
    names = set(ServiceConfig.objects.values_list("service_name", flat=True))
    assert {"plex", "overseerr", "uptime-kuma"} <= names
    assert DownloadProfile.objects.filter(is_default=True).count() == 1


def test_seed_again_changes_nothing() -> None:
    run("seed")
    config = ServiceConfig.objects.get(service_name="plex")
    config.service_url = "http://plex.lan:32400"
    config.save()
    DownloadProfile.objects.filter(is_default=True).update(max_height=480)
    assert all(line.endswith(": all there.") for line in run("seed").splitlines())
    assert ServiceConfig.objects.get(service_name="plex").service_url == "http://plex.lan:32400"
    assert DownloadProfile.objects.get(is_default=True).max_height == 480


@pytest.mark.usefixtures("demo_file")
def test_the_demo_has_its_people_and_connections() -> None:
    run("seed", "--demo")
    roles = dict(User.objects.values_list("username", "role"))
    assert roles == {"olive": Role.ADMIN, "anna": Role.USER, "mo": Role.MODERATOR}
    olive = User.objects.get(username="olive")
    assert (olive.name, olive.email, olive.requires_password_change) == ("Olive", "olive@nest.example", False)
    assert olive.check_password("olive-in-the-nest")
    kuma = ServiceConfig.objects.get(service_name="uptime-kuma")
    assert (kuma.service_url, kuma.api_key, kuma.config_data["slug"]) == ("http://127.0.0.1:3", "kuma-key", "default")
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(api_key, ' ') FROM service_config")
        assert "plex-token" not in cursor.fetchone()[0]


def test_the_demo_again_only_follows_what_moved(demo_file: Path) -> None:
    assert "Demo connections: set plex, overseerr, uptime-kuma." in run("seed", "--demo")
    anna = User.objects.get(username="anna")
    anna.set_password("annas-own-choice")
    anna.save()
    assert "Demo connections: all there." in run("seed", "--demo")
    moved = description()
    moved["connections"]["plex"]["url"] = "http://127.0.0.1:9"
    demo_file.write_text(json.dumps(moved), encoding="utf-8")
    assert "Demo connections: set plex." in run("seed", "--demo")
    assert ServiceConfig.objects.get(service_name="plex").service_url == "http://127.0.0.1:9"
    assert User.objects.get(username="anna").check_password("annas-own-choice")


@pytest.mark.usefixtures("demo_file")
@pytest.mark.parametrize("command", [["seed", "--demo"], ["prepare", "--demo"]])
def test_the_demo_does_not_enter_a_real_installation(command: list[str]) -> None:
    run("bootstrap_admin")
    with pytest.raises(CommandError, match="belongs to a real installation"):
        run(*command)
    assert User.objects.count() == 1


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "is not a demo's description"),
        ("{}", "KeyError 'people'"),
        ('{"people": [{"username": "olive"}], "connections": {}}', "KeyError 'password'"),
        (json.dumps({"people": [{**PEOPLE[0], "role": "KING"}], "connections": {}}), "KING"),
        (json.dumps({"people": [], "connections": {}, "playlists": [1]}), "is not a demo's description"),
    ],
)
def test_a_wrong_description_is_one_clear_sentence(text: str, says: str, demo_file: Path) -> None:
    demo_file.write_text(text, encoding="utf-8")
    with pytest.raises(CommandError, match=says):
        run("seed", "--demo")


def test_a_missing_description_is_one_clear_sentence(demo_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    demo_file.unlink()
    with pytest.raises(CommandError, match="cannot be read"):
        run("prepare", "--demo")
    monkeypatch.delenv("MEDIANEST_DEMO_CONNECTIONS")
    with pytest.raises(CommandError, match="names no file"):
        run("prepare", "--demo")


# --- prepare ----------------------------------------------------------------------------------------------------------
def test_a_first_start_shows_the_password_and_later_ones_where_it_went() -> None:
    first = run("prepare")
    assert "Database: up to date." in first
    assert "Services: added" in first
    assert "Static files: collected." in first
    password = shown_password(first)
    again = run("prepare")
    assert password not in again
    assert "bootstrap_admin --reset" in again
    assert "Static files" not in again
    Client(REMOTE_ADDR="192.0.2.77").post("/account/sign-in/", {"username": "admin", "password": password})
    assert run("prepare").splitlines() == ["Database: up to date.", "An administrator exists."]


@pytest.mark.usefixtures("demo_file")
def test_the_demo_shows_its_people_and_playlists_and_has_no_other_administrator() -> None:
    for _ in range(2):
        text = run("prepare", "--demo")
        for person in (PEOPLE[0], PEOPLE[1], PEOPLE[3]):
            assert re.search(rf"{person['username']} +{person['password']} +(administrator|viewer|moderator)", text)
        assert "mia-in-the-nest" not in text
        assert re.search(rf"{PLAYLIST['title']} +{re.escape(PLAYLIST['url'])}", text)
    assert not User.objects.filter(username="admin").exists()


def test_a_database_that_is_away_is_one_clear_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: Any) -> None:
        raise OperationalError("connection refused")

    monkeypatch.setattr("maintenance.management.commands.prepare.migrate_if_needed", away)
    with pytest.raises(CommandError, match="The database does not answer: connection refused"):
        run("prepare")


def test_the_database_of_a_newer_version_is_left_alone() -> None:
    MigrationRecorder(connection).record_applied("downloads", "9999_from_the_future")
    with pytest.raises(CommandError, match=r"newer MediaNest \(downloads.9999_from_the_future"):
        run("prepare")
    assert not User.objects.exists()
    assert not SecurityEvent.objects.exists()
