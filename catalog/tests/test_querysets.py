"""Which titles, sections and items are found."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from accounts.models import User
from catalog.models import LibraryItem, LibrarySection, LibraryShare, MediaItem, StreamingProvider
from catalog.tests.rows import item, stored_section, stored_title, streaming

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "text", ["fight", "club fig", "FIGHT CLUB", "kämpf", "insomniac fight", "fight's -> (club) | !", "figh:*"]
)
def test_a_title_is_found_by_the_beginnings_of_its_words(text: str) -> None:
    film = stored_title(title="Fight Club's", original_title="Kämpfer S", overview="An insomniac office worker.")
    stored_title(title="The Shawshank Redemption")
    assert list(MediaItem.objects.matching(text)) == [film]


@pytest.mark.parametrize("text", ["", "  ", "!&|", "shawshank club"])
def test_no_title_is_found_without_all_words(text: str) -> None:
    stored_title(title="Fight Club")
    assert not MediaItem.objects.matching(text).exists()


def test_a_word_in_the_title_weighs_more_than_one_in_the_text() -> None:
    told = stored_title(title="A", overview="All about a nest.")
    named = stored_title(title="Nest")
    assert list(MediaItem.objects.matching("nest")) == [named, told]


def test_the_search_vector_is_not_read_with_the_rows() -> None:
    stored_title()
    film = MediaItem.objects.get()
    assert "search" in film.get_deferred_fields()


def test_titles_are_looked_at_anew_before_they_may_not_be_kept() -> None:
    now = timezone.now()
    never = stored_title()
    old = stored_title(fetched_at=now - dt.timedelta(days=171))
    stored_title(fetched_at=now - dt.timedelta(days=100))
    stored_title(fetched_at=now - dt.timedelta(days=400), gone_at=now)
    assert list(MediaItem.objects.due_for_a_fresh_look(now)) == [never, old]


def test_a_title_is_found_by_id_among_its_own_kind() -> None:
    stored_title(tmdb_id=605, media_type="movie")
    series = stored_title(tmdb_id=605, media_type="tv")
    assert MediaItem.objects.titled(605, "tv").get() == series


def test_providers_are_found_by_country() -> None:
    film = stored_title()
    here = streaming(film, regions=["AT", "DE"])
    here.save()
    streaming(film, regions=["US"]).save()
    assert StreamingProvider.objects.in_region("de").get() == here


def test_only_shared_and_shown_sections_are_seen(anna: User, administrator: User) -> None:
    shared, other, hidden = stored_section(), stored_section(), stored_section(is_shown=False)
    for each in (shared, hidden):
        LibraryShare.objects.create(section=each, user=anna)
    for each in (shared, other, hidden):
        item(each, tmdb_id=550).save()
    assert list(LibrarySection.objects.visible_to(anna)) == [shared]
    assert {found.section for found in LibraryItem.objects.visible_to(anna).of_title(550, "movie")} == {shared}
    assert set(LibrarySection.objects.visible_to(administrator)) == {shared, other}
    assert {found.section for found in LibraryItem.objects.visible_to(administrator)} == {shared, other}


def test_items_are_found_sorted_and_swept() -> None:
    now, films = timezone.now(), stored_section()
    old = item(films, title="Alien", sort_title="alien", added_at=now - dt.timedelta(days=9), seen_at=now)
    new = item(films, title="The Zoo", sort_title="zoo", added_at=now, seen_at=now)
    lost = item(films, title="Lost", sort_title="lost", seen_at=now - dt.timedelta(days=1))
    for each in (old, new, lost):
        each.save()
    assert list(LibraryItem.objects.recently_added()) == [new, old]
    assert list(LibraryItem.objects.by_title()) == [old, lost, new]
    assert list(LibraryItem.objects.matching("zo")) == [new]
    assert not LibraryItem.objects.matching("").exists()
    assert list(LibraryItem.objects.not_seen_since(now)) == [lost]
