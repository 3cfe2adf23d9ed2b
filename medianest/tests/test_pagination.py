from __future__ import annotations

import base64
import datetime as dt
import uuid
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from downloads.models import YoutubeDownload
from medianest.lib.pagination import Page, page_by_key

pytestmark = pytest.mark.django_db
NOON = dt.datetime(2026, 5, 1, 12, tzinfo=dt.UTC)


def make(user: User, count: int, *, same_moment: bool = False) -> None:
    for n in range(count):
        made = YoutubeDownload.objects.create(user=user, playlist_id=f"PL{n}", playlist_title=str(n))
        moment = NOON if same_moment else NOON + dt.timedelta(minutes=n)
        YoutubeDownload.objects.filter(pk=made.pk).update(created_at=moment)


def titles(page: Page[YoutubeDownload]) -> list[int]:
    return [int(row.playlist_title) for row in page.rows]


def ask(**way: Any) -> Page[YoutubeDownload]:
    return page_by_key(YoutubeDownload.objects.all(), size=4, **way)


def test_the_first_page_is_the_newest(anna: User) -> None:
    make(anna, 10)
    page = ask()
    assert titles(page) == [9, 8, 7, 6]
    assert page.newer == ""
    assert page.older


def test_older_and_back_again(anna: User) -> None:
    make(anna, 10)
    first = ask()
    second = ask(after=first.older)
    third = ask(after=second.older)
    assert titles(second) == [5, 4, 3, 2]
    assert titles(third) == [1, 0]
    assert third.older == ""
    assert titles(ask(before=third.newer)) == [5, 4, 3, 2]
    assert titles(ask(before=second.newer)) == [9, 8, 7, 6]


def test_back_at_the_top_the_first_page_is_whole(anna: User) -> None:
    make(anna, 10)
    first = ask()
    second = ask(after=first.older)
    make_newer(anna)
    again = ask(before=second.newer)
    assert titles(again) == [9, 8, 7, 6]
    assert titles(ask(before=again.newer)) == [99, 9, 8, 7]


def make_newer(user: User) -> None:
    made = YoutubeDownload.objects.create(user=user, playlist_id="PL99", playlist_title="99")
    YoutubeDownload.objects.filter(pk=made.pk).update(created_at=NOON + dt.timedelta(days=1))


def test_rows_of_one_moment_are_told_apart(anna: User) -> None:
    make(anna, 10, same_moment=True)
    seen: list[int] = []
    page = ask()
    while True:
        seen += titles(page)
        if not page.older:
            break
        page = ask(after=page.older)
    assert sorted(seen) == list(range(10))
    assert len(seen) == 10


def test_what_arrives_meanwhile_shifts_nothing(anna: User) -> None:
    make(anna, 10)
    first = ask()
    YoutubeDownload.objects.create(user=anna, playlist_id="PLnew", playlist_title="100", created_at=timezone.now())
    assert titles(ask(after=first.older)) == [5, 4, 3, 2]


@pytest.mark.parametrize("cursor", ["x", "%%%", "AAAA", "MjAyNi0wNS0wMVQxMjowMDowMHxhYmM", "\N{SNOWMAN}"])
def test_a_damaged_cursor_is_the_first_page(anna: User, cursor: str) -> None:
    make(anna, 5)
    assert titles(ask(after=cursor)) == [4, 3, 2, 1]
    assert titles(ask(before=cursor)) == [4, 3, 2, 1]


@pytest.mark.parametrize(
    "moment",
    [
        "2026-05-01T12:00:00+20:00",
        "2026-05-01T12:00:00+00:00:00.000001",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-12:00",
    ],
)
def test_a_moment_that_postgresql_does_not_know_is_no_failure(anna: User, moment: str) -> None:
    make(anna, 2)
    cursor = base64.urlsafe_b64encode(f"{moment}|{uuid.uuid4().hex}".encode()).decode().rstrip("=")
    assert set(titles(ask(after=cursor))) <= {1, 0}
    assert set(titles(ask(before=cursor))) <= {1, 0}


def test_nothing_gives_an_empty_page() -> None:
    page = ask()
    assert page.rows == []
    assert page.newer == page.older == ""
