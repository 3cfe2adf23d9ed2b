"""With two hundred thousand entries, one person's lists go through their indexes."""

from __future__ import annotations

import pytest

from accounts.models import User
from medianest.tests.plans import add_people, assert_uses, run
from watchlists.models import Viewing, WatchlistEntry

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def crowd() -> User:
    """A thousand people with a hundred entries and a hundred viewings each; one of them."""
    add_people()
    run(
        "INSERT INTO media_items (id, tmdb_id, media_type, imdb_id, title, original_title, overview, genres, creators,"
        " poster_path, backdrop_path, certification, seasons, created_at, updated_at)"
        " SELECT md5('film' || n)::uuid, n, 'movie', '', 'Film ' || n, '', '', '{}', '{}', '', '', '', '[]', now(),"
        " now() FROM generate_series(1, 2000) n"
    )
    run(
        "INSERT INTO watchlist_entries (id, user_id, media_item_id, status, notes, visibility, created_at, updated_at)"
        " SELECT md5('entry' || n)::uuid, md5('person' || 1 + n % 1000)::uuid, md5('film' || 1 + n / 50)::uuid,"
        " (ARRAY['not_watched', 'watching', 'completed'])[1 + n % 3], '', 'private',"
        " now() - n * interval '1 minute', now() - n * interval '1 minute' FROM generate_series(0, 99999) n"
        " ON CONFLICT DO NOTHING"
    )
    run(
        "INSERT INTO viewings (id, user_id, media_item_id, watched_at, source, source_key, created_at, updated_at)"
        " SELECT md5('viewing' || n)::uuid, md5('person' || 1 + n % 1000)::uuid, md5('film' || 1 + n / 50)::uuid,"
        " now() - n * interval '1 minute', 'plex', n::text, now(), now() FROM generate_series(0, 99999) n"
    )
    run("ANALYZE users, media_items, watchlist_entries, viewings")
    return User.objects.get(username="person7")


def test_each_list_and_look_up_has_its_index(crowd: User) -> None:
    mine, film = WatchlistEntry.objects.of(crowd), WatchlistEntry.objects.all()[0].media_item
    others = [person.pk for person in User.objects.exclude(pk=crowd.pk)[:4]]
    assert_uses(mine.to_watch().latest_first()[:20], "watchlist_user_status")
    assert_uses(mine.latest_first()[:20], "watchlist_user_updated")
    assert_uses(mine.order_by("-created_at", "-pk")[:20], "watchlist_user_created")
    assert_uses(mine.filter(media_item=film), "watchlist_once")
    assert_uses(WatchlistEntry.objects.filter(user__in=others).to_watch(), "watchlist_user_status")
    assert_uses(WatchlistEntry.objects.for_title(550, "movie"), "watchlist_title")
    seen = Viewing.objects.of(crowd)
    assert_uses(seen.latest_first()[:20], "viewings_user_watched")
    assert_uses(seen.filter(media_item=film), "viewings_user_progress")
    assert_uses(seen.filter(source="plex", source_key="7"), "viewings_source_unique")
