from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from maintenance.demo import VARIABLE
from medianest.tests.people import _files_as_they_are, administrator, administrators  # noqa: F401  (fixtures)

PEOPLE: list[dict[str, Any]] = [
    {"username": "olive", "title": "Olive", "email": "olive@nest.example", "password": "olive-in-the-nest"},
    {"username": "anna", "title": "Anna", "email": "anna@nest.example", "password": "anna-in-the-nest"},
    {"username": "mia", "title": "Mia", "email": None, "password": "mia-in-the-nest"},
    {"username": "mo", "name": "Mo", "email": "", "password": "mo-in-the-nest", "role": "MODERATOR"},
]
PLAYLIST = {"title": "Twelve small films", "url": "https://www.youtube.com/playlist?list=PLx"}


def description() -> dict[str, Any]:
    return {
        "environment": {},
        "connections": {
            "plex": {"url": "http://127.0.0.1:1", "key": "plex-token"},
            "overseerr": {"url": "http://127.0.0.1:2", "key": "seerr-key"},
            "uptime-kuma": {"url": "http://127.0.0.1:3", "slug": "default", "key": "kuma-key"},
        },
        "people": [dict(person) for person in PEOPLE],
        "playlists": [PLAYLIST, ["With gaps", "https://www.youtube.com/playlist?list=PLy"]],
    }


@pytest.fixture
def demo_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file that describes the demo, named by the environment."""
    path = tmp_path / "sandbox.json"
    path.write_text(json.dumps(description()), encoding="utf-8")
    monkeypatch.setenv(VARIABLE, str(path))
    return path


@pytest.fixture(autouse=True)
def _few_static_files(settings: Settings, tmp_path: Path) -> None:
    """A folder with one file to collect, into a folder of the test's own."""
    source = tmp_path / "source"
    for folder in (source, tmp_path / "static"):
        folder.mkdir()
    (source / "a.css").write_text("a { color: red }", encoding="utf-8")
    settings.STATICFILES_DIRS = [source]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STORAGES = {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
