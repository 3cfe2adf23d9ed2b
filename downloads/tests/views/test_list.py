from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from downloads.tests.views import making

LIST = reverse("downloads:list")
ALL = f"{LIST}?whose=all"


def page(client: Client, address: str = LIST) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def test_it_leads_to_sign_in(stranger: Client) -> None:
    response = stranger.get(LIST)
    assert response.status_code == 302
    assert response.headers["Location"] == f"{reverse('accounts:sign-in')}?next={LIST}"


def test_an_empty_list_says_what_to_do_next(annas: Client) -> None:
    text = page(annas)
    assert "No downloads yet" in text
    assert reverse("downloads:new") in text


def test_it_shows_my_own(annas: Client, anna: User, ben: User) -> None:
    making.ordered(anna, title="Annas list")
    making.ordered(ben, title="Bens list")
    text = page(annas)
    assert "Annas list" in text
    assert "Bens list" not in text


def test_everybodys_shows_what_is_shared_and_by_whom(annas: Client, ben: User) -> None:
    making.ordered(ben, title="Bens list")
    making.ordered(ben, title="Bens secret", visibility="private")
    making.preview(ben, title="Bens idea")
    text = page(annas, ALL)
    assert "Bens list" in text
    assert "by Ben" in text
    assert "Bens secret" not in text
    assert "Bens idea" not in text


def test_a_moderator_sees_private_lists(moderators: Client, ben: User) -> None:
    making.ordered(ben, title="Bens secret", visibility="private")
    assert "Bens secret" in page(moderators, ALL)


def test_pages_lead_on_and_back(annas: Client, anna: User) -> None:
    for n in range(25):
        making.ordered(anna, "queued", title=f"List {n:02}.")
    first = annas.get(LIST)
    assert "List 24." in first.content.decode()
    assert "List 04." not in first.content.decode()
    second = page(annas, f"{LIST}?after={first.context['page'].older}")
    assert "List 04." in second
    assert "Newer" in second


def test_a_damaged_cursor_gives_the_first_page(annas: Client, anna: User) -> None:
    making.ordered(anna, title="Annas list")
    assert "Annas list" in page(annas, f"{LIST}?after=%%%&before=AAAA")


def test_a_title_is_text_and_nothing_else(annas: Client, anna: User) -> None:
    making.ordered(anna, title='<script>alert(1)</script> "quoted"')
    text = page(annas)
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &quot;quoted&quot;" in text


@pytest.mark.parametrize("rows", [1, 30])
@pytest.mark.parametrize("address", [LIST, ALL])
def test_queries_do_not_grow_with_rows(
    annas: Client, anna: User, rows: int, address: str, django_assert_max_num_queries: Any
) -> None:
    for _ in range(rows):
        making.ordered(anna)
    with django_assert_max_num_queries(8):
        text = page(annas, address)
    assert len(text) < 60 * 1024


def test_rows_that_move_ask_again_and_finished_ones_do_not(annas: Client, anna: User) -> None:
    done = making.ordered(anna, "in_collection", status="completed", plex_state="done")
    assert "hx-get" not in page(annas)
    active = making.ordered(anna)
    text = page(annas)
    assert f"d={active.pk}" in text
    assert f"d={done.pk}" not in text
