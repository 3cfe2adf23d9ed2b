"""With a hundred thousand requests, each list and look-up goes through its index."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db.models.functions import Lower
from django.utils import timezone

from accounts.models import User
from medianest.tests.plans import add_people, assert_uses, run
from requests_app.models import MediaRequest, ProblemReport, RequestedSeason, RequestEvent

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def crowd() -> User:
    """A hundred thousand requests by a thousand people, one in twenty open; one of the people."""
    add_people()
    run(
        "INSERT INTO media_requests (id, user_id, title, creator, media_type, tmdb_id, is_4k, status, note, handover,"
        " decline_reason, failure_reason, completed_at, deleted_at, created_at, updated_at, overseerr_id)"
        " SELECT md5('request' || n)::uuid, md5('person' || 1 + n % 1000)::uuid, 'Title ' || n, '',"
        " CASE WHEN n % 3 = 0 THEN 'tv' ELSE 'movie' END, n, false,"
        " CASE WHEN n % 20 = 0 THEN 'pending' WHEN n % 20 < 15 THEN 'available' ELSE 'declined' END, '', '{}',"
        " 'No room.', '', CASE WHEN n % 20 BETWEEN 1 AND 14 THEN now() END,"
        " CASE WHEN n % 500 = 0 THEN now() END, now() - n * interval '1 minute', now(), n"
        " FROM generate_series(1, 100000) n"
    )
    run(
        "INSERT INTO requested_seasons (id, request_id, tmdb_id, is_4k, request_is_open, season_number, status,"
        " created_at, updated_at) SELECT md5('season' || r.id)::uuid, r.id, tmdb_id, is_4k, is_open, 1, 'wanted',"
        " now(), now() FROM media_requests r WHERE media_type = 'tv'"
    )
    run(
        "INSERT INTO request_followers (id, request_id, user_id, created_at)"
        " SELECT md5('follower' || n)::uuid, md5('request' || n)::uuid, md5('person' || 1 + n * 7 % 1000)::uuid, now()"
        " FROM generate_series(1, 100000, 10) n"
    )
    run(
        "INSERT INTO request_events (id, request_id, kind, old_status, new_status, text, correlation_id, created_at)"
        " SELECT md5('event' || r.id)::uuid, r.id, 'requested', '', '', '', '', created_at FROM media_requests r"
    )
    run("ANALYZE users, media_requests, requested_seasons, request_followers, request_events")
    return User.objects.get(username="person7")


def test_each_list_and_look_up_has_its_index(crowd: User) -> None:
    mine, all_of_them, now = MediaRequest.objects.of(crowd), MediaRequest.objects.newest_first(), timezone.now()
    half_way = now - dt.timedelta(minutes=50_000)
    assert_uses(mine.newest_first()[:20], "requests_user_created")
    assert_uses(mine.filter(status="pending"), "requests_user_status", "requests_user_open")
    assert_uses(mine.open().newest_first()[:20], "requests_user_open")
    assert_uses(
        MediaRequest.objects.visible_to(crowd).newest_first()[:20], "requests_user_created", "requests_user_status"
    )
    assert_uses(all_of_them[:20], "requests_created")
    assert_uses(all_of_them.filter(created_at__lte=half_way)[:20], "requests_created")
    counted = MediaRequest.objects.kept().filter(status="pending").order_by().values("status")
    assert_uses(counted, "requests_counted", "requests_status_created")
    by_title = MediaRequest.objects.kept().annotate(by_title=Lower("title")).order_by("by_title", "pk")
    assert_uses(by_title[:20], "requests_by_title")
    assert_uses(by_title.filter(by_title__gte="title 5")[:20], "requests_by_title")
    assert_uses(all_of_them.filter(status="declined")[:20], "requests_status_created", "requests_created")
    assert_uses(MediaRequest.objects.pending().newest_first()[:20], "requests_status_created")
    assert_uses(MediaRequest.objects.open().newest_first()[:20], "requests_open")
    assert_uses(MediaRequest.objects.for_title(550, "movie"), "requests_title", "requests_one_open_per_film")
    assert_uses(MediaRequest.objects.filter(overseerr_id=77), "requests_overseerr_unique")
    assert_uses(MediaRequest.everything.due_for_purging(now), "requests_deleted")
    assert_uses(RequestedSeason.objects.taken(300), "requested_seasons_one_open")
    assert_uses(RequestedSeason.objects.filter(tmdb_id=300), "requested_seasons_title")
    story = RequestEvent.objects.filter(request=mine[0]).order_by("created_at")
    assert_uses(story, "request_events_story")


def test_problems_have_theirs(crowd: User) -> None:
    run(
        "INSERT INTO media_items (id, tmdb_id, media_type, imdb_id, title, original_title, overview, genres, creators,"
        " poster_path, backdrop_path, certification, seasons, created_at, updated_at) VALUES (md5('film')::uuid, 550,"
        " 'movie', '', 'Fight Club', '', '', '{}', '{}', '', '', '', '[]', now(), now())"
    )
    run(
        "INSERT INTO problem_reports (id, user_id, media_item_id, kind, message, status, resolution, resolved_at,"
        " overseerr_status, created_at, updated_at) SELECT md5('problem' || n)::uuid, md5('person' || 1 + n % 1000)::uuid,"
        " md5('film')::uuid, 'audio', '', 'resolved', '', now(), '', now() - n * interval '1 minute', now()"
        " FROM generate_series(1, 20000) n"
    )
    run("ANALYZE problem_reports")
    assert_uses(ProblemReport.objects.visible_to(crowd).newest_first()[:20], "problems_user_created")
    assert_uses(ProblemReport.objects.open().newest_first()[:20], "problems_status_created")
