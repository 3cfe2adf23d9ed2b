"""Which streaming services somebody has."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.test import Client

from accounts.models import Profile, User
from accounts.profile import choices

PAGE = "/account/streaming/"


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Somebody who knows two services; the countries they were asked for."""
    countries: list[str] = []

    def names(region: str) -> list[str]:
        countries.append(region)
        return ["Netflix", "Mubi"]

    monkeypatch.setattr(choices, "_askers", [names])
    return countries


@pytest.fixture
def nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choices, "_askers", [lambda region: []])


def kept(anna: User) -> list[str]:
    return list(Profile.objects.get(user=anna).preferences.get("streaming_services", []))


def test_those_of_ones_country_are_offered(annas: Client, anna: User, asked: list[str]) -> None:
    Profile.objects.create(user=anna, region="AT")
    text = annas.get(PAGE).content.decode()
    assert asked == ["AT"]
    assert "Austria" in text
    assert 'value="Netflix"' in text


def test_what_is_chosen_stands_on_the_profile(annas: Client, anna: User, asked: list[str]) -> None:
    response = annas.post(PAGE, {"services": ["Mubi"], "others": " Kino  on Demand ,, Mubi"})
    assert response.headers["Location"] == "/account/"
    assert kept(anna) == ["Mubi", "Kino on Demand"]
    assert "Kino on Demand" in annas.get("/account/").content.decode()


def test_what_was_not_offered_is_refused(annas: Client, anna: User, asked: list[str]) -> None:
    response = annas.post(PAGE, {"services": ["<script>"], "others": "Arte"})
    assert response.status_code == 200
    assert 'value="Arte"' in response.content.decode()
    assert "<script>" not in response.content.decode().split("<main")[1]
    assert not Profile.objects.filter(user=anna).exists()


def test_while_nobody_can_tell_what_was_chosen_stays_and_others_can_be_typed(
    annas: Client, anna: User, nobody: None
) -> None:
    Profile.objects.create(user=anna, preferences={"streaming_services": ["Netflix"], "muted_events": ["a.b"]})
    text = annas.get(PAGE).content.decode()
    assert "Nobody can say just now" in text
    assert 'value="Netflix"' in text
    annas.post(PAGE, {"services": ["Netflix"], "others": "Arte"})
    assert kept(anna) == ["Netflix", "Arte"]
    assert Profile.objects.get(user=anna).preferences["muted_events"] == ["a.b"]


def test_all_can_be_taken_away_again(annas: Client, anna: User, asked: list[str]) -> None:
    annas.post(PAGE, {"services": ["Netflix"]})
    annas.post(PAGE, {})
    assert kept(anna) == []


@pytest.mark.parametrize(
    ("typed", "says"),
    [("x" * 101, "at most 100 characters"), (",".join(map(str, range(101))), "At most 100"), ("a\u202eb", "invisible")],
)
def test_too_much_is_told_and_what_was_typed_stays(
    annas: Client, anna: User, asked: list[str], typed: str, says: str
) -> None:
    response = annas.post(PAGE, {"others": typed})
    assert says in response.content.decode()
    assert typed in response.content.decode()
    assert not Profile.objects.filter(user=anna).exists()


def test_the_catalogue_is_asked_and_may_be_silent(db: None) -> None:
    cache.clear()
    assert choices._askers, "the catalogue declares itself at start-up"
    assert choices.streaming_services("DE") == []
