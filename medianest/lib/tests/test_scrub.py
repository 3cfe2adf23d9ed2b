"""What is taken out of texts that are written down, and what stays to find a mistake by."""

from __future__ import annotations

import time

import pytest
from django.db import IntegrityError

from medianest.lib import scrub

KEY = "aB3dE5gH7jK9mN1pQ3sT"


@pytest.mark.parametrize(
    "secret",
    [
        f"token={KEY}",
        "api_key: short",
        "password='two words'",
        "X-Plex-Token=abc",
        "Authorization: Bearer abc",
        "Cookie: sessionid=abc",
        "https://host/path?q=abc",
        "postgres://role:abc@host/db",
        f"the value {KEY} alone",
        "0123456789abcdef0123456789abcdef",
        "v1:k1:c2VjcmV0c2VjcmV0c2VjcmV0",
        "anna.lee+films@nest.example",
    ],
)
def test_a_secret_is_hidden(secret: str) -> None:
    said = scrub.text(f"before {secret} after")
    for word in (KEY, "short", "two words", "abc", "0123456789abcdef", "c2VjcmV0", "anna", "nest.example"):
        assert word not in said
    assert said.startswith("before ")


@pytest.mark.parametrize(
    "words",
    [
        "no row of downloads.models.YoutubeDownload",
        "job 7f9c24e8-3b1d-4c1a-9c54-0b1f4a2d8e66 is gone",
        "youtube_downloads_playlist_status_created",
        "ImproperlyConfiguredException",
        "line 12 of 345",
    ],
)
def test_what_leads_to_the_mistake_stays(words: str) -> None:
    assert scrub.text(words) == words


def test_a_paths_keys_are_hidden() -> None:
    assert scrub.path(f"/invitations/{KEY}/accept/") == f"/invitations/{scrub.HIDDEN}/accept/"
    assert scrub.path("/downloads/7f9c24e8-3b1d-4c1a-9c54-0b1f4a2d8e66/\x00") == (
        "/downloads/7f9c24e8-3b1d-4c1a-9c54-0b1f4a2d8e66/"
    )


def test_values_are_left_out_of_a_message_and_names_are_not() -> None:
    assert scrub.message(KeyError("Anna's film")) == "…"
    assert scrub.message(ValueError("invalid literal for int(): 'Anna'")) == "invalid literal for int(): …"
    assert "'nonsense'" in scrub.message(AttributeError("'User' object has no attribute 'nonsense'"))


def test_of_the_database_only_the_kind_is_told() -> None:
    assert scrub.message(IntegrityError("Key (email)=(anna@nest.example) exists")) == "NoneType"


def test_a_stack_names_the_cause_first_and_the_place_is_ours() -> None:
    try:
        try:
            raise KeyError("Anna")
        except KeyError as cause:
            raise ValueError("password=hunter2") from cause
    except ValueError as error:
        stack, place = scrub.stack(error, most=5000), scrub.place(error)
    assert stack.index("KeyError") < stack.index("ValueError")
    assert "hunter2" not in stack.rpartition("ValueError")[2]
    assert place.startswith("medianest/lib/tests/test_scrub.py:")
    assert len(scrub.stack(ValueError("x"), most=5)) == 5


def test_very_long_texts_take_no_time() -> None:
    started = time.thread_time()
    for text in ("a" * 5_000_000, "://" * 1_000_000, "a@" * 1_000_000, "token" * 500_000, "x." * 1_000_000):
        scrub.message(ValueError(text))
        scrub.path(text)
    assert time.thread_time() - started < 5
