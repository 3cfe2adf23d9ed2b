"""Pictures of people: one's own, the one at Plex, and what is tried in their place."""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from PIL import Image
from pytest_django.fixtures import Settings

from accounts.models import User
from accounts.profile import pictures
from maintenance import exporting
from medianest.lib.personal_data import erase
from medianest.lib.portrait import SIDE, NotAPortrait, TooManyPixels, portrait
from sandbox.plextv import PlexTv
from services.providers.plex import avatars

CHOOSE, REMOVE = "/account/picture/", "/account/picture/remove/"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.fixture(autouse=True)
def _folder(settings: Settings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path


def drawn(kind: str = "PNG", size: tuple[int, int] = (400, 300), **options: Any) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, (200, 80, 40)).save(out, kind, **options)
    return out.getvalue()


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def bomb(side: int = 60_000) -> bytes:
    """A PNG of a few bytes that says it is `side` pixels square."""
    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 9000)) + chunk(b"IEND", b"")
    )


def send(client: Client, body: bytes, name: str = "me.png", kind: str = "image/png") -> Any:
    return client.post(CHOOSE, {"picture": SimpleUploadedFile(name, body, kind)})


def error_of(response: Any) -> str:
    found = re.search(r'id="id_picture_error"[^>]*>(.*?)</ul>', response.content.decode(), re.DOTALL)
    return found[1] if found else ""


def fresh(user: User) -> User:
    return User.objects.get(pk=user.pk)


# --- one's own --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_a_picture_is_shown_to_everyone_who_is_signed_in(annas: Client, bens: Client, anna: User, kind: str) -> None:
    assert send(annas, drawn(kind)).headers["Location"] == "/account/"
    address = fresh(anna).picture_url
    assert address in annas.get("/account/").content.decode()
    answer = bens.get(address)
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/webp")
    assert Image.open(io.BytesIO(answer.content)).size == (SIDE, SIDE)
    assert "private" in answer["Cache-Control"]
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_strangers_see_nobody(stranger: Client, annas: Client, anna: User) -> None:
    send(annas, drawn())
    assert stranger.get(fresh(anna).picture_url).status_code == 302
    for address in (CHOOSE, REMOVE):
        assert stranger.post(address).headers["Location"].startswith("/account/sign-in/")


def test_it_changes_ones_own_only(bens: Client, anna: User, ben: User) -> None:
    bens.post(CHOOSE, {"picture": SimpleUploadedFile("me.png", drawn()), "user": str(anna.pk)})
    assert fresh(ben).picture
    assert not fresh(anna).picture


def test_another_picture_takes_its_place_and_removing_leaves_nothing(
    annas: Client, anna: User, django_capture_on_commit_callbacks: Any
) -> None:
    send(annas, drawn())
    first = fresh(anna).picture_url
    with django_capture_on_commit_callbacks(execute=True):
        send(annas, drawn("JPEG"))
    assert fresh(anna).picture_url != first
    assert len([path for path in pictures.own().folder.rglob("*") if path.is_file()]) == 1
    with django_capture_on_commit_callbacks(execute=True):
        annas.post(REMOVE)
    assert fresh(anna).picture_url == ""
    assert not [path for path in pictures.own().folder.rglob("*") if path.is_file()]
    assert annas.get(first)["Content-Type"] == "image/svg+xml"


# --- what is tried in its place ---------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("body", "says"),
    [
        (SVG, "no picture"),
        (b"<!doctype html><script>alert(1)</script>", "no picture"),
        (b"", "no picture"),
        (b"\x89PNG\r\n\x1a\n<script>", "no picture"),
        (b"GIF89a<script>alert(1)</script>", "no picture"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "no picture"),
        (drawn("BMP", (10, 10)), "no picture"),
        (drawn("TIFF", (10, 10)), "no picture"),
        (drawn("JPEG")[:300], "no picture"),
        (bomb(), "too many pixels"),
        (drawn() + b"0" * 2_000_000, "larger than 2 MB"),
    ],
    ids=["svg", "html", "empty", "png-head", "gif-head", "webp-head", "bmp", "tiff", "cut", "bomb", "huge"],
)
def test_nothing_but_a_picture_is_taken(annas: Client, anna: User, body: bytes, says: str) -> None:
    response = send(annas, body)
    assert response.status_code == 200
    assert says in error_of(response)
    assert not fresh(anna).picture
    assert not pictures.own().folder.exists()


def test_no_file_at_all_is_told_beside_the_field(annas: Client) -> None:
    assert "Choose a picture first." in error_of(annas.post(CHOOSE))


def test_more_than_any_form_takes_is_not_even_read(annas: Client, anna: User, settings: Settings) -> None:
    settings.UPLOAD_MAX_SIZE = 1000
    assert send(annas, drawn() + b"0" * 1000).status_code == 400
    assert not fresh(anna).picture


def test_what_came_along_with_a_picture_goes() -> None:
    exif = Image.Exif()
    exif[0x010F] = "SecretCamera"
    sent = drawn("JPEG", exif=exif) + b"<script>alert(1)</script>"
    assert b"SecretCamera" in sent
    kept = portrait(sent)
    assert b"SecretCamera" not in kept
    assert b"<script>" not in kept


def test_a_picture_lying_on_its_side_is_put_upright() -> None:
    lying = Image.new("RGB", (400, 400), (255, 0, 0))
    lying.paste((0, 0, 255), (0, 0, 400, 200))  # blue above
    exif = Image.Exif()
    exif[0x0112] = 3  # turned half way round
    out = io.BytesIO()
    lying.save(out, "JPEG", exif=exif, quality=95)
    shown = Image.open(io.BytesIO(portrait(out.getvalue()))).convert("RGB")
    assert shown.getpixel((SIDE // 2, 20))[0] > 200  # type: ignore[index]  # red is above now


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16", "CMYK"])
def test_every_kind_of_colour_is_understood(mode: str) -> None:
    out = io.BytesIO()
    Image.new(mode, (900, 50)).save(out, "JPEG" if mode == "CMYK" else "PNG")
    assert Image.open(io.BytesIO(portrait(out.getvalue()))).size == (SIDE, SIDE)


def test_the_number_of_pixels_is_judged_before_they_are_unfolded() -> None:
    with pytest.raises(TooManyPixels):
        portrait(bomb())
    with pytest.raises(NotAPortrait):
        portrait(bomb(4000))  # few enough, but they are not there


# --- the one at Plex --------------------------------------------------------------------------------------------------
@pytest.fixture
def plextv(settings: Settings) -> Any:
    server = PlexTv()
    server.start()
    settings.PLEX_TV_URL = server.url
    cache.clear()
    yield server
    server.stop()


AVATAR = "https://plex.tv/users/0123456789abcdef/avatar?c=1780000000"


def test_the_one_at_plex_is_fetched_once_and_shown_from_here(annas: Client, anna: User, plextv: PlexTv) -> None:
    User.objects.filter(pk=anna.pk).update(image=AVATAR)
    answer = annas.get(fresh(anna).picture_url)
    assert answer["Content-Type"] == "image/webp"
    assert "plex.tv/users" not in annas.get("/account/").content.decode()
    plextv.turn("down")
    assert annas.get(fresh(anna).picture_url).content == answer.content


def test_ones_own_stands_before_it(annas: Client, anna: User) -> None:
    User.objects.filter(pk=anna.pk).update(image=AVATAR)
    send(annas, drawn())
    assert annas.get(fresh(anna).picture_url)["Content-Type"] == "image/webp"


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/a.png",
        "http://plex.tv/a.png",
        "https://plex.tv.evil.example/a.png",
        "https://plex.tv@evil.example/a.png",
        "https://evil@plex.tv/a.png",
        "https://plex.tv:8443/a.png",
        "http://169.254.169.254/latest/meta-data",
        "http://127.0.0.1:6379/",
        "file:///etc/passwd",
        "//plex.tv/a.png",
        "https://[::1/a.png",
        "https://plex.tv",
    ],
)
def test_no_other_host_is_ever_asked(annas: Client, anna: User, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(avatars, "Client", lambda *_, **__: pytest.fail("somebody was asked"))
    User.objects.filter(pk=anna.pk).update(image=address)
    assert annas.get(fresh(anna).picture_url)["Content-Type"] == "image/svg+xml"
    with pytest.raises(ValueError, match=r"not at plex\.tv"):
        avatars.fetch(address)


def test_while_it_cannot_be_had_the_letter_shows(annas: Client, anna: User, plextv: PlexTv) -> None:
    User.objects.filter(pk=anna.pk).update(image=AVATAR)
    plextv.turn("down")
    missing = annas.get(fresh(anna).picture_url)
    assert (missing.status_code, missing["Content-Type"]) == (200, "image/svg+xml")
    assert missing["Cache-Control"] == "private, max-age=60"


# --- leaving ----------------------------------------------------------------------------------------------------------
def test_a_picture_is_taken_along(annas: Client, anna: User) -> None:
    send(annas, drawn())
    exporting.write(fresh(anna), "anna.zip", lambda done: None)
    archive = zipfile.ZipFile(exporting.folder() / "anna.zip")
    assert Image.open(io.BytesIO(archive.read("picture.webp"))).size == (SIDE, SIDE)
    assert "picture.webp" in archive.read("files.csv").decode()


def test_who_is_erased_leaves_no_picture(annas: Client, anna: User, django_capture_on_commit_callbacks: Any) -> None:
    send(annas, drawn())
    address = fresh(anna).picture_url
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        erase(fresh(anna))
    assert not [path for path in pictures.own().folder.rglob("*") if path.is_file()]
    assert not User.objects.filter(pk=anna.pk).exists()
    assert address.startswith("/pictures/person/")


def test_who_is_put_away_is_not_shown(annas: Client, bens: Client, anna: User) -> None:
    send(annas, drawn())
    row = fresh(anna)
    row.status, row.deleted_at = "deleted", row.created_at
    row.save()
    assert bens.get(row.picture_url)["Content-Type"] == "image/svg+xml"
