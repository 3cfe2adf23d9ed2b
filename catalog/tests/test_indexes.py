"""With a hundred thousand titles and as many library items, each list, search and look-up goes through its index."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from catalog.models import LibraryItem, LibrarySection, MediaItem
from medianest.tests.plans import assert_uses, run

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def shelves() -> LibrarySection:
    """A hundred thousand titles, all but a few described lately; as many items in ten sections. One section."""
    run(
        "INSERT INTO media_items (id, tmdb_id, media_type, imdb_id, tvdb_id, title, original_title, overview, genres,"
        " creators, poster_path, backdrop_path, certification, seasons, fetched_at, created_at, updated_at)"
        " SELECT md5('film' || n)::uuid, n, CASE WHEN n % 2 = 0 THEN 'movie' ELSE 'tv' END, 'tt' || 1000000 + n, n,"
        " 'Film ' || md5(n::text), '', '', '{}', '{}', '', '', '', '[]',"
        " now() - n % 170 * interval '1 day', now(), now() FROM generate_series(1, 100000) n"
    )
    run(
        "INSERT INTO library_sections (id, server_id, section_key, type, title, agent, language, item_count, is_shown,"
        " created_at, updated_at) SELECT md5('section' || n)::uuid, 'm1', n, 'movie', 'Films ' || n, '', '', 0, true,"
        " now(), now() FROM generate_series(0, 9) n"
    )
    run(
        "INSERT INTO library_items (id, section_id, rating_key, type, title, sort_title, original_title, child_count,"
        " guids, tmdb_id, tvdb_id, imdb_id, certification, thumb, art, parent_id, number, added_at, seen_at,"
        " created_at, updated_at) SELECT md5('item' || n)::uuid, md5('section' || n % 10)::uuid, n,"
        " CASE WHEN n % 2 = 0 THEN 'movie' ELSE 'show' END, 'Item ' || md5(n::text), md5(n::text), '', 0, '{}', n, n,"
        " 'tt' || 1000000 + n, '', '', '', CASE WHEN n > 10 THEN md5('item' || n / 10)::uuid END, n % 10,"
        " now() - n * interval '1 minute', now(), now(), now() FROM generate_series(1, 100000) n"
    )
    run("ANALYZE media_items, library_sections, library_items")
    return LibrarySection.objects.get(section_key="4")


def test_titles_have_their_indexes(shelves: LibrarySection) -> None:
    titles, now = MediaItem.objects, timezone.now()
    assert_uses(titles.titled(550, "movie"), "media_items_tmdb_unique")
    assert_uses(titles.matching("film a1b2"), "media_items_search")
    assert_uses(titles.filter(imdb_id="tt1000550"), "media_items_imdb")
    assert_uses(titles.filter(tvdb_id=551, media_type="tv"), "media_items_tvdb")
    assert_uses(titles.order_by("title")[:50], "media_items_title")
    assert_uses(titles.due_for_a_fresh_look(now)[:50], "media_items_fetched")


def test_library_items_have_theirs(shelves: LibrarySection) -> None:
    items, now = LibraryItem.objects, timezone.now()
    here = items.filter(section=shelves, type="movie")
    assert_uses(here.by_title()[:50], "library_items_by_title")
    assert_uses(here.recently_added()[:50], "library_items_by_added")
    assert_uses(items.filter(type="movie").recently_added()[:50], "library_items_added")
    assert_uses(items.of_title(550, "movie"), "library_items_tmdb")
    assert_uses(items.filter(tvdb_id=550, type="movie"), "library_items_tvdb")
    assert_uses(items.filter(imdb_id="tt1000550"), "library_items_imdb")
    assert_uses(items.matching("item a1b2"), "library_items_search")
    assert_uses(items.filter(parent=items.all()[0]).order_by("number"), "library_items_parts")
    assert_uses(items.filter(section=shelves).not_seen_since(now - dt.timedelta(days=1)), "library_items_seen")
    assert_uses(items.filter(section=shelves, rating_key="4"), "library_items_key_unique")
