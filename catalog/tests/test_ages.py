from __future__ import annotations

import pytest
from django.core.cache import cache
from django.test import Client

from accounts.models import User
from catalog import ages, ratings
from catalog.models import AgeLimit, MediaItem
from catalog.tests.rows import stored_title
from operations.row_security import acting_as
from requests_app import asking
from sandbox.tmdb import Tmdb


@pytest.mark.parametrize(
    ("rating", "age"),
    [
        ("PG-13", 13),
        ("R", 17),
        ("TV-MA", 17),
        ("16", 16),
        ("FSK 12", 12),
        ("12A", 12),
        ("U", 0),
        ("", None),
        ("NR", None),
    ],
)
def test_a_rating_says_an_age(rating: str, age: int | None) -> None:
    assert ratings.age_of(rating) == age


@pytest.mark.parametrize(
    ("rated", "region", "age"),
    [
        ({"US": "R", "DE": "16"}, "DE", 16),
        ({"US": "R", "DE": "16"}, "AT", 17),
        ({"FR": "12", "NL": "16"}, "AT", 16),
        ({"DE": "NR"}, "DE", None),
        ({}, "DE", None),
    ],
)
def test_the_age_is_that_of_the_country_the_nearest_or_the_strictest(
    rated: dict[str, str], region: str, age: int | None
) -> None:
    assert ratings.minimum_age(rated, region) == age


def test_an_unrated_title_is_hidden_unless_it_is_allowed() -> None:
    assert ages.Limit().permits(None)
    assert not ages.Limit(12, sees_unrated=False).permits(None)
    assert ages.Limit(12, sees_unrated=True).permits(None)
    assert ages.Limit(12).permits(12)
    assert not ages.Limit(12).permits(13)


@pytest.fixture
def child(anna: User) -> User:
    AgeLimit.objects.create(user=anna, years=13)
    return anna


def body(client: Client, address: str, *, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status
    return answer.content.decode()


def test_what_is_open_is_found_as_before(annas: Client, child: User, tmdb: Tmdb) -> None:
    page = body(annas, "/search?q=the")
    assert "/title/" in page
    shown = MediaItem.objects.filter(minimum_age__gt=13)
    assert all(f"/title/{one.media_type}/{one.tmdb_id}" not in page for one in shown)


def test_others_see_all(annas: Client, tmdb: Tmdb) -> None:
    assert "/title/movie/550" in body(annas, "/search?q=fight")


def test_a_title_not_open_cannot_be_asked_for(child: User) -> None:
    title = stored_title(minimum_age=16)
    with acting_as(child), pytest.raises(ages.TooYoung, match="not open to you"):
        asking.ask(user=child, item=title)
    with acting_as(child):
        assert asking.ask(user=child, item=stored_title(minimum_age=6)).request is not None


def test_with_tmdb_down_only_what_is_known_to_be_open_is_shown(annas: Client, child: User, tmdb: Tmdb) -> None:
    stored_title(title="Lantern Night", minimum_age=6, fetched_at="2026-01-01T00:00Z")
    stored_title(title="Lantern Unrated", fetched_at="2026-01-01T00:00Z")
    tmdb.turn("down")
    cache.clear()
    page = body(annas, "/search?q=lantern")
    assert "Lantern Night" in page
    assert "Lantern Unrated" not in page
