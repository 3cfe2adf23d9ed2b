"""Made-up rows keep every rule, come out the same each time, and go again without a trace."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Count, Model
from django.test import Client

from accounts.models import Role, User
from catalog.models import MediaItem
from maintenance.scale import Size
from maintenance.scale_rows import SOURCES, span
from medianest.tests.people import person
from operations.audit import TRAILS
from requests_app.models import EventKind, MediaRequest, RequestEvent, RequestStatus
from watchlists.models import WatchlistEntry

pytestmark = pytest.mark.django_db

TABLES: list[type[Model]] = [source.model for source in SOURCES]


def grow(count: int, **options: Any) -> str:
    out = io.StringIO()
    call_command("seed", scale=count, stdout=out, **options)
    return out.getvalue()


def counts() -> dict[str, int]:
    return {model._meta.db_table: model._base_manager.count() for model in TABLES}


def test_a_number_of_requests_brings_people_titles_and_lists_in_proportion() -> None:
    text = grow(2_000)
    size = Size(2_000)
    assert (size.people, size.titles, size.entries) == (20, 1_000, 10_000)
    made = counts()
    assert (made["users"], made["media_items"]) == (20, 1_000)
    assert (made["media_requests"], made["request_events"], made["watchlist_entries"]) == (2_000, 2_000, 10_000)
    assert "Requests: 2,000 in " in text
    assert "List entries: 10,000 in " in text


def test_everybody_has_requests_in_each_state_and_a_list_of_the_same_length() -> None:
    grow(2_000)
    for someone in User.objects.all():
        assert MediaRequest.objects.of(someone).count() == 100
        assert MediaRequest.objects.of(someone).open().count() == 5
        assert WatchlistEntry.objects.of(someone).count() == 500
    assert set(MediaRequest.objects.values_list("status", flat=True)) == set(RequestStatus.values)


def test_every_made_up_row_keeps_the_rules_of_forms_too() -> None:
    grow(400)
    for model in TABLES:
        for row in model._base_manager.order_by("pk")[:60]:
            row.full_clean(validate_unique=False)
    wishes = MediaRequest.objects.exclude(media_item__isnull=True)
    for wish in wishes.select_related("media_item"):
        assert wish.media_item is not None
        assert (wish.media_item.tmdb_id, wish.media_item.media_type, wish.media_item.title) == (
            wish.tmdb_id,
            wish.media_type,
            wish.title,
        )


@pytest.mark.parametrize("address", ["/", "/requests/", "/requests/all", "/admin/requests_app/mediarequest/"])
def test_pages_open_over_the_made_up_rows(address: str) -> None:
    grow(200)
    someone = MediaRequest.objects.open().filter(media_item__isnull=False).latest("created_at").user
    assert someone is not None
    User.objects.filter(pk=someone.pk).update(role=Role.ADMIN)
    client = Client()
    client.force_login(User.objects.get(pk=someone.pk))
    assert client.get(address).status_code == 200


def test_the_same_number_gives_the_same_rows_again() -> None:
    def picture() -> list[Any]:
        wishes = MediaRequest.objects.order_by("pk").values_list("pk", "user_id", "tmdb_id", "status")
        entries = WatchlistEntry.objects.order_by("pk").values_list("pk", "user_id", "media_item_id", "rating")
        return [*wishes, *entries]

    grow(200)
    first = picture()
    assert "Removed " in grow(200)
    assert picture() == first


def test_a_smaller_number_leaves_nothing_of_a_greater_one() -> None:
    grow(400)
    grow(100)
    assert counts()["media_requests"] == 100
    grow(0)
    assert set(counts().values()) == {0}


def test_the_length_of_the_lists_can_be_chosen() -> None:
    grow(100, entries=0)
    assert not WatchlistEntry.objects.exists()
    grow(300, entries=9)
    assert set(WatchlistEntry.objects.values_list("user").annotate(n=Count("pk")).values_list("n", flat=True)) == {900}


def test_the_audit_trail_tells_nothing_of_rows_that_nobody_made() -> None:
    grow(100)
    grow(0)
    assert TRAILS["media_requests"].rows.objects.count() == 0
    anna = person("anna")
    MediaRequest.objects.create(user=anna, title="Songs", creator="Somebody", media_type="music")
    assert TRAILS["media_requests"].rows.objects.count() == 1


def test_it_keeps_away_from_people_unless_told_otherwise() -> None:
    anna = person("anna")
    with pytest.raises(CommandError, match="People live in this database"):
        grow(100)
    assert not MediaRequest.objects.exists()
    grow(100, yes=True)
    assert User.objects.filter(pk=anna.pk).exists()


def test_taking_the_rows_out_leaves_what_people_have() -> None:
    anna = person("anna")
    grow(100, yes=True)
    liked, unused = MediaItem.objects.order_by("pk")[:2]
    WatchlistEntry.objects.create(user=anna, media_item=liked)
    wish = MediaRequest.objects.filter(pk__range=span(MediaRequest)).latest("created_at")
    RequestEvent.objects.create(request=wish, actor=anna, kind=EventKind.NOTED)
    own = MediaRequest.objects.create(user=anna, title="Songs", creator="Somebody", media_type="music")
    grow(0)
    assert list(User.objects.all()) == [anna]
    assert list(MediaRequest.objects.all()) == [own]
    assert WatchlistEntry.objects.get().media_item == liked
    assert not MediaItem.objects.filter(pk=unused.pk).exists()


@pytest.mark.parametrize(("count", "entries"), [(-1, 5), (10, -1)])
def test_a_number_below_zero_is_a_clear_sentence(count: int, entries: int) -> None:
    with pytest.raises(CommandError, match="from 1 on"):
        grow(count, entries=entries)
