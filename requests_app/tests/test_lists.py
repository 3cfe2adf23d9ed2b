"""Lists of requests: states, words, orders, pages, counts, and the same as a table."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re

import pytest
from django.http import StreamingHttpResponse
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from medianest.tests.people import SCOPE
from requests_app import listing, which
from requests_app.models import MediaRequest
from requests_app.tests.rows import stored_film
from requests_app.tests.test_pages import of, text

TITLE = re.compile(r'class="row-title" href="[^"]+">([^<]+)<')


def titles(client: Client, address: str) -> list[str]:
    return TITLE.findall(text(client, address))


def older(client: Client, address: str) -> str:
    """Where the link to the next page leads; "" on the last one."""
    found = re.search(r'rel="next" href="([^"]+)"', text(client, address))
    return address.partition("?")[0] + found[1].replace("&amp;", "&") if found else ""


def some(user: User, count: int) -> list[str]:
    """Titles of that many requests, the newest first."""
    now = timezone.now()
    for n in range(count):
        stored_film(user=user, title=f"Film {n:02}", created_at=now - dt.timedelta(minutes=n))
    return [f"Film {n:02}" for n in range(count)]


def table(client: Client, address: str) -> list[list[str]]:
    answer = client.get(address)
    assert answer.status_code == 200
    assert isinstance(answer, StreamingHttpResponse)
    told = b"".join(answer).decode()
    return list(csv.reader(io.StringIO(told.removeprefix("\ufeff"))))


def test_pages_follow_each_other_in_each_order(annas: Client, anna: User) -> None:
    named = some(anna, 45)
    for sort, wanted in (("newest", named), ("oldest", named[::-1]), ("title", sorted(named))):
        address, found = f"/requests/?sort={sort}", []
        while address:
            found += titles(annas, address)
            address = older(annas, address)
        assert found == wanted, sort


def test_titles_that_are_alike_but_for_case_stand_together(annas: Client, anna: User) -> None:
    for name in ("banana", "Apple", "apple", "Cherry"):
        of(anna, title=name)
    found = titles(annas, "/requests/?sort=title")
    assert [name.lower() for name in found] == ["apple", "apple", "banana", "cherry"]


@pytest.mark.parametrize(
    "cursor", ["x", "====", "A" * 5000, "AHwwMDAwMDAwMC0wMDAwLTAwMDAtMDAwMC0wMDAwMDAwMDAwMDA", "ÿ"]
)
@pytest.mark.parametrize("sort", ["newest", "title"])
def test_a_cursor_that_is_none_gives_the_first_page(cursor: str, sort: str, annas: Client, anna: User) -> None:
    of(anna, title="Here")
    assert titles(annas, f"/requests/?sort={sort}&after={cursor}") == ["Here"]
    assert titles(annas, f"/requests/?sort={sort}&before={cursor}") == ["Here"]


def test_words_are_looked_for_in_any_order(annas: Client, anna: User) -> None:
    of(anna, title="The Long Way Home")
    of(anna, title="Home Alone")
    assert titles(annas, "/requests/?q=home+long") == ["The Long Way Home"]
    assert titles(annas, "/requests/?q=%25") == []


def test_each_state_says_how_many_there_are(annas: Client, anna: User, ben: User, moderators: Client) -> None:
    of(anna)
    of(anna, status="declined", decline_reason="No")
    of(ben)
    mine, all_of_them = text(annas, "/requests/"), text(moderators, "/requests/all")
    assert "waiting for approval (1)" in mine
    assert "declined (1)" in mine
    assert "waiting for approval (2)" in all_of_them
    assert "open (2)" in all_of_them


def test_counts_stop_where_they_would_take_long(anna: User, monkeypatch: pytest.MonkeyPatch, annas: Client) -> None:
    monkeypatch.setattr(listing, "COUNTED", 2)
    monkeypatch.setattr("requests_app.forms.COUNTED", 2)
    for _ in range(3):
        of(anna)
    assert listing.counts(MediaRequest.objects.kept(), everybodys=True)["pending"] == 2
    assert listing.counts(MediaRequest.objects.concerning(anna), everybodys=False)["pending"] == 2
    assert "waiting for approval (2+)" in text(annas, "/requests/")
    assert which.COUNTED == 1000


@pytest.mark.parametrize("rows", [1, 30])
@pytest.mark.parametrize("address", ["/requests/", "/requests/?status=open&q=film&sort=title", "/requests/all"])
def test_a_list_costs_the_same_however_long(
    address: str,
    rows: int,
    moderators: Client,
    moderator: User,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for _ in range(rows):
        of(moderator)
    text(moderators, address)  # whatever is looked up once in a process
    with django_assert_max_num_queries(8 + SCOPE):
        text(moderators, address)


# --- as a table -----------------------------------------------------------------------------------------------------------
def test_the_table_is_safe_to_open(annas: Client, anna: User, ben: User) -> None:
    for first in ("=HYPERLINK(1)", "+1", "-1", "@x", "\tx"):
        of(anna, title=first)
    of(ben, title="Not mine")
    lines = table(annas, "/requests/mine.csv")
    assert {line[0] for line in lines[1:]} == {"'=HYPERLINK(1)", "'+1", "'-1", "'@x", "'\tx"}


def test_the_table_is_narrowed_and_sorted_as_the_list_is(annas: Client, anna: User) -> None:
    for name in ("B", "A", "C"):
        of(anna, title=name)
    of(anna, title="D", status="declined", decline_reason="There is\na better cut")
    lines = table(annas, "/requests/mine.csv?status=open&sort=title")
    assert [line[0] for line in lines] == ["title", "A", "B", "C"]
    assert table(annas, "/requests/mine.csv?status=declined")[1][-1] == "There is\na better cut"


def test_the_table_goes_on_over_its_portions_and_has_an_end(
    annas: Client, anna: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = some(anna, 12)
    monkeypatch.setattr(listing, "_TABLE_PAGE", 5)
    assert [line[0] for line in table(annas, "/requests/mine.csv")[1:]] == named
    monkeypatch.setattr(listing, "_TABLE_MOST", 7)
    assert [line[0] for line in table(annas, "/requests/mine.csv")[1:]] == named[:7]


def test_everybodys_table_is_for_moderators_and_tells_for_whom(
    annas: Client, anna: User, ben: User, moderators: Client
) -> None:
    ben.email = "ben@nest.example"
    ben.save()
    of(anna, title="Mine")
    of(ben, title="Other")
    assert annas.get("/requests/all.csv").status_code == 403
    lines = table(moderators, "/requests/all.csv")
    assert lines[0][-1] == "for"
    assert {(line[0], line[-1]) for line in lines[1:]} == {("Mine", "Anna"), ("Other", "Ben")}
    assert "nest.example" not in str(lines)
