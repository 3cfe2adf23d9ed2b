"""What is said at the start about settings that would fail later."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from django.core.checks import run_checks
from django.test import Client
from pytest_django.fixtures import Settings
from redis import Redis

from medianest import checks
from medianest.lib import crypto
from services.models import ServiceConfig


def ids(messages: list[Any]) -> list[str]:
    return [message.id for message in messages]


def test_a_sound_installation_hears_nothing() -> None:
    assert [message for message in run_checks() if str(message.id).startswith("medianest.")] == []


@pytest.mark.parametrize("keys", ["", "k1", "k1:short", "k1:" + "A" * 44 + "!", "k-1:" + "A" * 43 + "="])
def test_broken_encryption_keys_are_an_error(keys: str, settings: Settings) -> None:
    settings.ENCRYPTION_KEYS = keys
    found = checks.encryption_keys_parse()
    assert ids(found) == ["medianest.E001"]
    assert "A" * 40 not in found[0].msg


@pytest.mark.parametrize("key", ["short", "x" * 80])
def test_a_weak_secret_key_is_an_error_that_does_not_tell_it(key: str, settings: Settings) -> None:
    settings.SECRET_KEY = key
    found = checks.secret_key_is_strong()
    assert ids(found) == ["medianest.E002"]
    assert key not in str(found[0])


def test_a_download_folder_that_is_a_file_is_a_warning(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    settings.DOWNLOAD_ROOT = tmp_path / "file" / "videos"
    assert ids(checks.download_root_is_writable()) == ["medianest.W001"]
    settings.DOWNLOAD_ROOT = tmp_path / "not" / "yet" / "there"
    assert checks.download_root_is_writable() == []


def test_a_download_folder_that_may_not_be_written_to_is_a_warning(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: False)  # root may write anywhere
    settings.DOWNLOAD_ROOT = tmp_path
    assert ids(checks.download_root_is_writable()) == ["medianest.W001"]


def test_a_missing_ffmpeg_is_a_warning_that_names_it(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.FFMPEG = "/nowhere/ffmpeg"
    found = checks.ffmpeg_is_there()
    assert ids(found) == ["medianest.W002"]
    assert "/nowhere/ffmpeg" in found[0].msg
    settings.FFMPEG = ""
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(checks, "imageio_ffmpeg", None)
    assert ids(checks.ffmpeg_is_there()) == ["medianest.W002"]


@pytest.mark.parametrize(
    ("policy", "warned"),
    [("allkeys-lru", True), ("allkeys-random", True), ("noeviction", False), ("volatile-lru", False), ("", False)],
)
def test_a_redis_that_drops_queues_is_a_warning(policy: str, warned: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Redis, "config_get", lambda self, name: {"maxmemory-policy": policy})
    assert ids(checks.redis_keeps_queues()) == (["medianest.W003"] if warned else [])


def test_a_redis_that_is_away_is_no_failed_check(settings: Settings) -> None:
    settings.BROKER_URL = "redis://127.0.0.1:1/0"
    assert checks.redis_keeps_queues() == []


@pytest.mark.parametrize("address", ["/?q=%00", "/%00", "/account/sign-in/?next=%00", "/admin/?%00=1"])
def test_a_nul_byte_in_an_address_is_a_bad_request(address: str) -> None:
    assert Client().get(address).status_code == 400


@pytest.mark.django_db
def test_a_secret_whose_key_is_gone_is_a_warning_that_names_the_key(settings: Settings) -> None:
    ServiceConfig.objects.create(service_name="plex", api_key="token")
    ServiceConfig.objects.create(service_name="overseerr")
    assert checks.stored_secrets_have_their_keys(["default"]) == []
    settings.ENCRYPTION_KEYS = "k2:" + "A" * 43 + "="
    crypto.keyring.cache_clear()
    try:
        found = checks.stored_secrets_have_their_keys(["default"])
    finally:
        crypto.keyring.cache_clear()
    assert ids(found) == ["medianest.W010"]
    assert "1 stored secrets were encrypted with the key 'k1'" in found[0].msg
