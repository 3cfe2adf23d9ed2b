"""The rows of the discover page: what each shows, and how administrators arrange them."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import Profile, User
from catalog import actions, rows
from catalog.models import AgeLimit, DiscoverRow
from catalog.taste import Taste
from catalog.tests.rows import discover_row, stored_discover_row
from medianest.tests.people import SCOPE
from sandbox.tmdb import Tmdb

pytestmark = pytest.mark.django_db
HTMX = {"HTTP_HX_REQUEST": "true"}


def titles(client: Client, address: str = "/discover") -> list[str]:
    answer = client.get(address)
    assert answer.status_code == 200
    return re.findall(r"<header><h2>([^<]+)</h2><a", answer.text)


# --- what they show -------------------------------------------------------------------------------------------------------
def test_the_page_shows_the_rows_in_their_order(annas: Client) -> None:
    stored_discover_row(title="Second", position=20)
    stored_discover_row(title="First", position=10)
    stored_discover_row(title="Secret", position=5, is_shown=False)
    assert titles(annas) == ["First", "Second"]


def test_a_hidden_row_has_no_page(annas: Client, tmdb: Tmdb) -> None:
    hidden = stored_discover_row(is_shown=False)
    assert annas.get(f"/discover/{hidden.slug}").status_code == 404


@pytest.mark.parametrize(
    ("said", "there", "missing"),
    [
        ({"kind": "popular", "media_type": "movie"}, "/title/movie/550", "/title/tv/"),
        ({"kind": "best", "media_type": "movie"}, "/title/movie/278", "/title/tv/"),
        ({"kind": "genre", "media_type": "tv", "filters": {"genres": [80]}}, "/title/tv/1396", "/title/movie/"),
        (
            {"kind": "filtered", "media_type": "movie", "filters": {"year_from": 1999, "year_to": 1999}},
            "/title/movie/550",
            "/title/movie/278",
        ),
        ({"kind": "genres", "media_type": "movie"}, "/discover?type=movie&amp;genre=18", "/title/"),
        ({"kind": "services", "media_type": "tv"}, "/discover?type=tv&amp;service=", "/title/"),
    ],
)
def test_each_kind_shows_its_own(annas: Client, tmdb: Tmdb, said: dict[str, Any], there: str, missing: str) -> None:
    row = stored_discover_row(**said)
    page = annas.get(f"/discover/{row.slug}", headers={"HX-Request": "true"}).text
    assert there in page
    assert missing not in page
    whole = annas.get(f"/discover/{row.slug}").text
    assert there in whole
    assert f"<h1>{row.title}</h1>" in whole


def test_what_streams_on_ones_services_is_shown_to_whoever_has_any(annas: Client, anna: User, tmdb: Tmdb) -> None:
    row = stored_discover_row(kind="mine", media_type="movie", title="Mine")
    assert titles(annas) == []
    Profile.objects.update_or_create(
        user=anna, defaults={"region": "DE", "preferences": {"streaming_services": ["Disney Plus"]}}
    )
    assert titles(annas) == ["Mine"]
    assert "/title/movie/550" in annas.get(f"/discover/{row.slug}").text


def test_a_row_for_an_age_holds_nothing_rated_above(annas: Client, anna: User, tmdb: Tmdb) -> None:
    row = stored_discover_row(kind="popular", media_type="movie", filters={"age": 13})
    page = annas.get(f"/discover/{row.slug}").text
    assert "/title/movie/" in page
    assert "/title/movie/550" not in page
    AgeLimit.objects.create(user=anna, years=0)
    assert "/title/movie/" not in annas.get(f"/discover/{row.slug}").text


def test_filters_become_what_is_asked_for() -> None:
    row = stored_discover_row(
        kind="filtered",
        media_type="tv",
        filters={"genres": [18, 35], "services": [8], "year_from": 1990, "score_from": 7, "age": 12, "sort": "newest"},
    )
    wanted = rows.wanted_of(row, Taste("en", "DE"))
    assert (wanted.media_type, wanted.genres, wanted.services) == ("tv", (18, 35), (8,))
    assert (wanted.year_from, wanted.score_from, wanted.sort, wanted.region) == (1990, 7, "newest", "DE")


@pytest.mark.parametrize("count", [1, 30])
def test_the_page_costs_the_same_whatever_it_holds(
    annas: Client, tmdb: Tmdb, count: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _row in range(count):
        stored_discover_row()
    annas.get("/discover")
    with django_assert_max_num_queries(8 + 2 * SCOPE):
        assert len(titles(annas)) == count


# --- the rules ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"kind": "filtered", "filters": {"year_from": 3}}, "year_from: must be 1880 or more"),
        ({"kind": "filtered", "filters": {"nonsense": 3}}, "is not known here"),
        ({"kind": "genre"}, "Name at least one"),
    ],
)
def test_filters_that_do_not_fit_are_told_by_name(said: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValidationError, match=sentence):
        discover_row(media_type="tv", **said).full_clean()


# --- arranging ------------------------------------------------------------------------------------------------------------
def order() -> list[str]:
    return list(DiscoverRow.objects.values_list("title", flat=True))


def test_rows_move_and_stay_at_the_ends() -> None:
    first, second, third = (stored_discover_row(title=name, position=5) for name in "abc")
    actions.move_row(row=third, up=True)
    assert order() == ["a", "c", "b"]
    actions.move_row(row=first, up=True)
    actions.move_row(row=second, up=False)
    assert order() == ["a", "c", "b"]
    actions.move_row(row=first, up=False)
    assert order() == ["c", "a", "b"]


def test_a_row_that_was_removed_meanwhile_does_not_move() -> None:
    gone, stays = (stored_discover_row(title=name, position=5) for name in "ab")
    actions.remove_row(row=gone)
    actions.move_row(row=gone, up=False)
    assert order() == [stays.title]


def test_a_title_bears_no_null() -> None:
    assert actions.add_row(title="A\x00 b ", media_type="movie", filters={}).title == "A b"


def test_an_administrator_arranges_by_plain_forms(administrators: Client) -> None:
    stored_discover_row(title="First", position=1)
    second = stored_discover_row(title="Second", position=2)
    assert "Second" in administrators.get("/discover/arrange").text
    answer = administrators.post(f"/discover/arrange/{second.pk}/up")
    assert answer["Location"] == f"/discover/arrange#row-{second.pk}"
    assert order() == ["Second", "First"]
    administrators.post(f"/discover/arrange/{second.pk}/hide")
    assert not DiscoverRow.objects.get(pk=second.pk).is_shown
    administrators.post(f"/discover/arrange/{second.pk}/show")
    assert DiscoverRow.objects.get(pk=second.pk).is_shown
    assert administrators.post(f"/discover/arrange/{second.pk}/nonsense").status_code == 404
    administrators.post(f"/discover/arrange/{second.pk}/remove")
    assert order() == ["First"]


def test_filters_are_kept_as_a_row(administrators: Client, tmdb: Tmdb) -> None:
    page = administrators.get("/discover?type=movie&year_from=1999&year_to=1999").text
    assert "Keep this as a row" in page
    chosen = {"type": "movie", "year_from": "1999", "year_to": "1999", "certification": "PG-13", "score": "6"}
    administrators.post("/discover/arrange/keep", {**chosen, "title": " The end of a century "})
    kept = DiscoverRow.objects.get()
    assert (kept.title, kept.kind, kept.media_type) == ("The end of a century", "filtered", "movie")
    assert kept.filters == {"year_from": 1999, "year_to": 1999, "score_from": 6.0, "age": 13, "sort": "popularity"}


@pytest.mark.parametrize(
    ("chosen", "sentence"),
    [
        ({"title": "X", "year_from": "2000", "year_to": "1990"}, "do not fit together"),
        ({"title": "  ", "score": "6"}, "Give the row a title"),
        ({"title": "X" * 81, "score": "6"}, "at most 80 characters"),
    ],
)
def test_what_cannot_be_kept_is_told(administrators: Client, chosen: dict[str, str], sentence: str) -> None:
    answer = administrators.post("/discover/arrange/keep", {"type": "movie", **chosen}, follow=True)
    assert sentence in answer.text
    assert not DiscoverRow.objects.exists()


def test_there_is_an_end_to_rows() -> None:
    for _row in range(rows.MOST):
        stored_discover_row()
    with pytest.raises(actions.CannotArrange, match="40 rows already"):
        actions.add_row(title="One more", media_type="movie", filters={})


def test_only_administrators_arrange(annas: Client, moderators: Client, stranger: Client) -> None:
    row = stored_discover_row(position=7)
    for client in (annas, moderators):
        assert client.get("/discover/arrange").status_code == 403
        assert client.post(f"/discover/arrange/{row.pk}/hide").status_code == 403
        assert client.post("/discover/arrange/keep", {"title": "X"}).status_code == 403
    assert stranger.get("/discover/arrange").status_code == 302
    assert "Arrange" not in annas.get("/discover").text
    assert DiscoverRow.objects.get().is_shown


def test_the_administration_orders_and_hides_many_at_once(administrators: Client) -> None:
    row = stored_discover_row(position=7)
    form = {
        "form-TOTAL_FORMS": "1",
        "form-INITIAL_FORMS": "1",
        "form-0-id": str(row.pk),
        "form-0-position": "3",
        "_save": "Save",
    }
    assert administrators.post("/admin/catalog/discoverrow/", form).status_code == 302
    row.refresh_from_db()
    assert (row.position, row.is_shown) == (3, False)
