from __future__ import annotations

import json

import pytest
from django.core.exceptions import ValidationError

from medianest.tests.wire import page, saying, server
from services.providers.base import Connection, TestResult
from services.providers.overseerr import Overseerr


def tried(version: str) -> TestResult:
    status = page(json.dumps({"version": version, "commitTag": "local"}).encode())
    me = page(json.dumps({"id": 1, "email": "olive@nest.example"}).encode())
    with server(saying(status), saying(me)) as wire:
        result = Overseerr(Connection(wire.url, "key")).test()
        assert [head.split()[1] for head in wire.heads] == ["/api/v1/status", "/api/v1/auth/me"]
        assert "key" not in wire.heads[0].lower()
        return result


@pytest.mark.parametrize(
    ("version", "sentence"),
    [
        ("1.33.2", "Overseerr answers, version 1.33.2."),
        ("1.34.0", "Overseerr answers, version 1.34.0."),
        ("2.7.3", "Jellyseerr answers, version 2.7.3."),
        ("3.1.0", "Seerr answers, version 3.1.0."),
        ("3.0.1", "Seerr answers, version 3.0.1. Update it: versions before 3.1.0 have known security holes."),
        ("4.0.0", "Seerr answers, version 4.0.0."),
        ("develop-4f2c1d0", "Overseerr answers, version develop-4f2c1d0."),
    ],
)
def test_generations_are_told_apart(version: str, sentence: str) -> None:
    assert tried(version) == TestResult(True, sentence, version)


def test_an_old_version_is_refused_before_the_key_is_sent() -> None:
    status = page(json.dumps({"version": "1.32.5", "commitTag": "local"}).encode())
    with server(saying(status)) as wire:
        result = Overseerr(Connection(wire.url, "key")).test()
        assert result == TestResult(
            False, "This Overseerr is too old: it is version 1.32.5, and 1.33 is the oldest that works."
        )
        assert len(wire.heads) == 1


def test_a_status_of_something_else_is_not_overseerr() -> None:
    with server(saying(page(b'{"version": "1.34.0"}'))) as wire:
        assert "but not Overseerr" in Overseerr(Connection(wire.url, "key")).test().sentence


def test_the_address_for_people_is_checked() -> None:
    cleaned = Overseerr.clean_settings({"public_address": "seerr.example/"})
    assert cleaned["public_address"] == "http://seerr.example"
    with pytest.raises(ValidationError) as caught:
        Overseerr.clean_settings({"public_address": "ftp://seerr.example"})
    assert list(caught.value.message_dict) == ["public_address"]
