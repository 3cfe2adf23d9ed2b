"""Lists and a request's page, as they follow what happens by themselves."""

from __future__ import annotations

import html
import re

import pytest
from django.core.cache import cache
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from medianest.tests.people import SCOPE
from requests_app import deciding, following
from requests_app.models import MediaRequest
from requests_app.tests.test_pages import of, text


def asks(page: str) -> str:
    """Where a page asks for what changed; "" when it does not."""
    found = re.search(r'hx-get="([^"]+(?:moving|now)[^"]*)"', page)
    return html.unescape(found[1]) if found else ""


def every(page: str) -> int:
    found = re.search(r'hx-trigger="every (\d+)s, look"', page)
    return int(found[1]) if found else 0


@pytest.fixture(params=["/requests/", "/", "one"])
def page(request: pytest.FixtureRequest, annas: Client, anna: User) -> str:
    """A page that shows Anna's one request, which waits."""
    wish = of(anna, title="Long Awaited")
    return f"/requests/{wish.pk}" if request.param == "one" else str(request.param)


def test_nothing_is_sent_while_nothing_changes(page: str, annas: Client) -> None:
    first = text(annas, page)
    assert every(first) == 15
    answer = annas.get(asks(first))
    assert (answer.status_code, answer.content) == (204, b"")


def test_what_is_loaded_is_followed_more_closely(page: str, annas: Client) -> None:
    before = asks(text(annas, page))
    MediaRequest.objects.update(status="processing")
    (wish,) = MediaRequest.objects.all()
    following._keep_progress(wish, 0.42)
    told = text(annas, before)
    assert "42" in told
    assert every(told) == 2
    following._keep_progress(wish, 0.57)
    assert "57" in text(annas, asks(told))
    cache.clear()


def test_what_was_decided_shows_by_itself_and_then_it_rests(page: str, annas: Client, moderator: User) -> None:
    before = asks(text(annas, page))
    deciding.decline(request=MediaRequest.objects.get(), by=moderator, reason="There is a better cut")
    told = text(annas, before)
    assert "There is a better cut" in told
    assert asks(told) == ""


def test_what_can_be_done_is_sent_only_when_it_changed(annas: Client, anna: User, moderator: User) -> None:
    wish = of(anna, status="processing")
    before = asks(text(annas, f"/requests/{wish.pk}"))
    following._keep_progress(wish, 0.1)
    told = text(annas, before)
    assert 'id="doings"' not in told
    deciding.cancel(request=wish, by=moderator)
    assert "Ask again" in text(annas, asks(told))
    cache.clear()


def test_only_the_row_that_changed_is_sent(annas: Client, anna: User, moderator: User) -> None:
    still, moved = of(anna, title="Still"), of(anna, title="Moved")
    before = asks(text(annas, "/requests/"))
    deciding.approve(request=moved, by=moderator)
    told = text(annas, before)
    assert f'id="request-{moved.pk}" hx-swap-oob="true"' in told
    assert f'id="request-{still.pk}"' not in told


def test_others_learn_nothing_by_asking(annas: Client, anna: User, ben: User, moderators: Client) -> None:
    wish = of(ben, title="Not hers")
    assert "Not hers" not in text(annas, f"/requests/moving?r={wish.pk}&r=rubbish&seen=")
    assert annas.get(f"/requests/{wish.pk}/now").status_code == 404
    assert "Not hers" in text(moderators, f"/requests/moving?r={wish.pk}")


@pytest.mark.parametrize("rows", [1, 30])
def test_asking_costs_the_same_for_many_rows(
    rows: int, annas: Client, anna: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(rows):
        of(anna)
    address = asks(text(annas, "/requests/"))
    with django_assert_max_num_queries(8 + SCOPE):
        assert annas.get(address).status_code == 204
