"""The library's pages, as somebody with whom some of it is shared, as another, and signed out."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from catalog import browsing
from catalog.ages import Limit
from catalog.models import LibraryItem, LibrarySection
from catalog.tests import shelves
from medianest.tests.people import SCOPE
from medianest.tests.plans import assert_uses

pytestmark = pytest.mark.django_db
NAME = re.compile(r'<span class="name">([^<]+)</span>')


def names(client: Client, address: str) -> list[str]:
    answer = client.get(address)
    assert answer.status_code == 200
    return NAME.findall(answer.text)


def films(count: int, *people: User) -> LibrarySection:
    """A section with films whose names sort otherwise than they came."""
    section = shelves.section(*people, title="Films", item_count=count)
    for number in range(count):
        name = f"Film {number:03}"
        shelves.film(section, number + 1, hours=number * 7 % 100, title=name, sort_title=name.casefold())
    return section


def test_the_library_lists_what_is_shared_and_what_is_new(annas: Client, anna: User) -> None:
    section = films(2, anna)
    shelves.section(title="Secret")
    page = annas.get("/library").text
    assert f"/library/{section.pk}" in page
    assert "Film 001" in page
    assert "Secret" not in page


def test_without_any_share_it_says_what_to_do(bens: Client, anna: User) -> None:
    films(1, anna)
    assert "Nothing is shared with you yet" in bens.get("/library").text


def test_a_section_goes_from_a_to_z_in_pages_without_gaps(annas: Client, anna: User) -> None:
    section = films(150, anna)
    address, seen = f"/library/{section.pk}", list[str]()
    for _page in range(3):
        answer = annas.get(address).text
        seen += NAME.findall(answer)
        more = re.search(r'href="(\?after=[0-9a-f-]+)"', answer)
        address = f"/library/{section.pk}{more[1]}" if more else ""
    assert seen == [f"Film {number:03}" for number in range(150)]
    assert address == ""


def test_titles_of_one_name_are_all_shown(annas: Client, anna: User) -> None:
    section = shelves.section(anna)
    for number in range(1, 71):
        shelves.film(section, number, title="Same", sort_title="same")
    first = annas.get(f"/library/{section.pk}").text
    (more,) = re.findall(r'href="(\?after=[0-9a-f-]+)"', first)
    assert len(NAME.findall(first)) + len(names(annas, f"/library/{section.pk}{more}")) == 70


@pytest.mark.parametrize("place", ["nonsense", "00000000-0000-4000-8000-000000000000", ""])
def test_a_place_that_is_none_is_the_beginning(annas: Client, anna: User, place: str) -> None:
    section = films(3, anna)
    assert names(annas, f"/library/{section.pk}?after={place}")[0] == "Film 000"


def test_the_newest_and_what_is_searched_for(annas: Client, anna: User) -> None:
    section = films(20, anna)
    assert names(annas, f"/library/{section.pk}?sort=new")[:3] == ["Film 000", "Film 015", "Film 001"]
    assert names(annas, f"/library/{section.pk}?q=film 01")[0] == "Film 010"
    assert len(names(annas, f"/library/{section.pk}?q=film 01")) == 10
    nothing = annas.get(f"/library/{section.pk}?q=<b>zzz").text
    assert "Nothing here is called" in nothing
    assert "<b>zzz" not in nothing


def test_somebodys_videos_are_shown_in_their_section(annas: Client, anna: User) -> None:
    section = shelves.section(anna, server_id="abc", title="YouTube")
    shelves.film(section, None, type="other", title="Woodworking", rating_key="7")
    page = annas.get(f"/library/{section.pk}").text
    assert "Woodworking" in page
    assert "server/abc/details" in page


def test_only_those_it_is_shared_with_see_a_section(
    annas: Client, bens: Client, administrators: Client, stranger: Client, anna: User
) -> None:
    section = films(1, anna)
    music = shelves.section(anna, type="artist")
    assert annas.get(f"/library/{section.pk}").status_code == 200
    assert administrators.get(f"/library/{section.pk}").status_code == 200
    assert bens.get(f"/library/{section.pk}").status_code == 404
    assert annas.get(f"/library/{music.pk}").status_code == 404
    assert stranger.get(f"/library/{section.pk}").status_code == 302
    assert stranger.get("/library").status_code == 302


@pytest.mark.parametrize("count", [1, 60])
def test_pages_cost_the_same_whatever_they_hold(
    annas: Client, anna: User, count: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    section = films(count, anna)
    for address in ("/library", f"/library/{section.pk}", f"/library/{section.pk}?sort=new"):
        with django_assert_max_num_queries(8 + SCOPE):
            page = annas.get(address).text
        assert len(page.encode()) < 60 * 1024


def test_titles_are_read_through_their_index(anna: User) -> None:
    section = films(150, anna)
    rows = LibraryItem.objects.bulk_create(
        [
            LibraryItem(section=section, rating_key=f"x{n}", type="episode", title="E", seen_at=section.created_at)
            for n in range(3000)
        ]
    )
    assert len(rows) == 3000
    assert_uses(browsing._titles(section, Limit()).by_title()[:60], "library_items_by_title")
