from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from accounts.models import User
from downloads import images
from downloads.tests.views import making

JPEG = b"\xff\xd8\xff\xe0 picture"


@pytest.fixture
def video_id(anna: User, settings: Settings, tmp_path: Path) -> str:
    settings.DATA_DIR = tmp_path
    made = making.ordered(anna, "queued", visibility="private").entries.get().video.video_id
    images.folder().mkdir(parents=True)
    images.path_for(made).write_bytes(JPEG)
    return str(made)


def address(video_id: str) -> str:
    return reverse("downloads:thumbnail", args=[video_id])


def test_its_owner_gets_the_picture(annas: Client, video_id: str) -> None:
    response = annas.get(address(video_id))
    assert b"".join(response.streaming_content) == JPEG  # type: ignore[attr-defined]
    assert response.headers["Content-Type"] == "image/jpeg"
    assert response.headers["Cache-Control"].startswith("private")


def test_another_person_gets_a_drawn_one(bens: Client, video_id: str) -> None:
    response = bens.get(address(video_id))
    assert response.headers["Content-Type"] == "image/svg+xml"
    assert JPEG not in response.content


def test_a_missing_picture_is_drawn(annas: Client, video_id: str) -> None:
    images.path_for(video_id).unlink()
    assert annas.get(address(video_id)).headers["Content-Type"] == "image/svg+xml"


@pytest.mark.parametrize("strange", ["none", "..", "%2e%2e%2fetc"])
def test_a_strange_id_is_drawn_too(annas: Client, strange: str) -> None:
    response = annas.get(f"/downloads/thumbnail/{strange}.jpg")
    assert response.headers["Content-Type"].startswith(("image/svg+xml", "text/html"))
    assert JPEG not in response.content


def test_signed_out_there_is_none(stranger: Client, video_id: str) -> None:
    assert stranger.get(address(video_id)).status_code == 302
