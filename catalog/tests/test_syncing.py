"""The copy of the library follows what Plex holds, and keeps what it has when Plex is not to be believed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

import pytest
import stamina
from django.utils import timezone

from accounts.models import User
from accounts.models.plex import THE_LIST, GuestList, PlexGuest, SharedSection
from catalog import jobs, shelving, syncing
from catalog.models import LibraryItem, LibrarySection, LibraryShare, MediaItem
from catalog.tasks import sync_library
from catalog.tests.rows import stored_title
from medianest.lib.breaker import Breaker
from medianest.tests.people import person
from operations.models import Job, JobState
from operations.runner import work
from sandbox.plex import Plex
from sandbox.plex.records import Item
from sandbox.world import TITLES
from services.models import ServiceConfig
from services.providers.holding import HeldItem, HeldSection
from services.providers.plex import shelves

pytestmark = pytest.mark.django_db(transaction=True)  # a worker sees what is committed
HOUR = dt.timedelta(hours=1)
ELSEWHERE = {(title.tmdb_id, title.media_type): title for title in TITLES}


@pytest.fixture(autouse=True)
def _no_waiting_between_tries() -> Iterator[None]:
    with stamina.set_testing(True, attempts=1):
        yield


def sync() -> Job:
    """A worker's whole run."""
    jobs.promise_sync()
    Job.objects.filter(kind=jobs.SYNC).update(run_after=timezone.now())
    work("default")
    return Job.objects.get(kind=jobs.SYNC)


def later(passed: dt.timedelta) -> None:
    """Let time pass since the last look, for the rows."""
    for row in LibrarySection.objects.all():
        for name in ("synced_at", "read_whole_at", "doubted_at"):
            moment = getattr(row, name)
            setattr(row, name, moment - passed if moment else None)
        row.save()
    for item in LibraryItem.objects.all():
        LibraryItem.objects.filter(pk=item.pk).update(seen_at=item.seen_at - passed)


def names(type: str) -> set[str]:
    return set(LibraryItem.objects.filter(type=type).values_list("title", flat=True))


def found(plex: Plex, title: str, type: str = "movie") -> Item:
    return next(one for one in plex.library.items() if one.title == title and one.type == type)


def requests_of(plex: Plex) -> int:
    before = plex.requests
    assert sync().state == JobState.DONE
    return plex.requests - before


# --- what is there --------------------------------------------------------------------------------------------------------
def test_the_first_look_copies_sections_titles_seasons_and_episodes(plex: Plex) -> None:
    assert sync().state == JobState.DONE
    sections = {row.title: (row.type, row.item_count) for row in LibrarySection.objects.all()}
    assert sections == {"Films": ("movie", 5), "Series": ("show", 4), "YouTube": ("movie", 0)}
    film = LibraryItem.objects.get(title="Fight Club")
    assert (film.type, film.tmdb_id, film.imdb_id, film.year) == ("movie", 550, "tt0137523", 1999)
    assert film.duration_ms == 139 * 60_000
    assert film.thumb.startswith("/library/metadata/")
    series = LibraryItem.objects.get(title="Breaking Bad")
    assert (series.type, series.tmdb_id, series.tvdb_id) == ("show", 1396, 81189)
    seasons = series.children.order_by("number")
    assert [(one.number, one.child_count, one.children.count()) for one in seasons] == [
        (1, 7, 7),
        (2, 13, 13),
        (3, 13, 13),
        (4, 13, 13),
        (5, 16, 16),
    ]
    assert LibraryItem.objects.get(title="The Lantern Keeper").sort_title == "lantern keeper"


def test_a_second_look_asks_little_and_changes_nothing(plex: Plex) -> None:
    first = requests_of(plex)
    before = dict(LibraryItem.objects.values_list("rating_key", "pk"))
    assert requests_of(plex) <= first
    assert dict(LibraryItem.objects.values_list("rating_key", "pk")) == before


def test_what_arrives_is_there_at_the_next_look(plex: Plex) -> None:
    sync()
    later(2 * HOUR)
    plex.add(ELSEWHERE[278, "movie"])
    plex.add(ELSEWHERE[90001, "tv"])
    sync()
    assert "The Shawshank Redemption" in names("movie")
    row = LibraryItem.objects.get(title="Clockmaker's Row")
    assert row.children.count() == 2
    assert LibrarySection.objects.get(title="Series").item_count == 5


def test_a_new_title_in_plex_is_followed(plex: Plex) -> None:
    sync()
    film = found(plex, "Fight Club")
    film.title = "Fight Club (restored)"
    plex.library.touch(film)
    film.updated_at += 3600
    later(2 * HOUR)
    sync()
    assert LibraryItem.objects.get(rating_key=str(film.rating_key)).title == "Fight Club (restored)"


def test_what_was_taken_away_goes_once_the_counts_differ(plex: Plex) -> None:
    sync()
    plex.library.remove(found(plex, "Fight Club"))
    sync()
    assert "Fight Club" in names("movie")  # a whole reading has just been
    later(2 * HOUR)
    sync()
    assert "Fight Club" not in names("movie")
    assert LibrarySection.objects.get(title="Films").item_count == 4


def test_a_series_goes_with_its_seasons_and_episodes(plex: Plex) -> None:
    sync()
    northbound = found(plex, "Northbound", "show")
    for one in [*plex.library.leaves(northbound), *plex.library.children(northbound), northbound]:
        plex.library.remove(one)
    later(2 * HOUR)
    sync()
    assert "Northbound" not in names("show")
    assert LibraryItem.objects.filter(type="episode", parent__isnull=True).count() == 0
    assert LibraryItem.objects.filter(type="episode").count() == 62 + 16 + 38


# --- ids ------------------------------------------------------------------------------------------------------------------
def test_old_agents_ids_are_understood(plex: Plex) -> None:
    fight, orchard = found(plex, "Fight Club"), found(plex, "The Quiet Orchard")
    salt = found(plex, "Salt and Signal", "show")
    fight.guids, fight.guid = (), "com.plexapp.agents.imdb://tt0137523?lang=en"
    orchard.guids, orchard.guid = (), "com.plexapp.agents.themoviedb://90006?lang=en"
    salt.guids, salt.guid = (), "com.plexapp.agents.thetvdb://990002?lang=en"
    sync()
    assert LibraryItem.objects.get(title="Fight Club").imdb_id == "tt0137523"
    assert LibraryItem.objects.get(title="The Quiet Orchard").tmdb_id == 90006
    assert LibraryItem.objects.get(title="Salt and Signal").tvdb_id == 990002


def test_an_episode_never_bears_its_series_id(plex: Plex) -> None:
    first, second = plex.library.leaves(found(plex, "Northbound", "show"))[:2]
    first.guid = "com.plexapp.agents.thetvdb://990005/1/1?lang=en"
    second.guids = ("tmdb://777", "tvdb://888")
    sync()
    rows = {row.rating_key: row for row in LibraryItem.objects.filter(type="episode")}
    assert rows[str(first.rating_key)].tvdb_id is None
    assert (rows[str(second.rating_key)].tmdb_id, rows[str(second.rating_key)].tvdb_id) == (777, 888)
    assert not LibraryItem.objects.filter(type="episode", tvdb_id=990005).exists()


def test_a_title_known_by_another_id_gets_tmdbs(plex: Plex) -> None:
    known = stored_title(tmdb_id=550, imdb_id="tt0137523", title="Fight Club")
    film = found(plex, "Fight Club")
    film.guids, film.guid = (), "com.plexapp.agents.imdb://tt0137523?lang=en"
    sync()
    row = LibraryItem.objects.get(title="Fight Club")
    assert (row.tmdb_id, row.media_item) == (550, known)


def test_items_are_linked_with_titles_of_their_type_alone_also_later(plex: Plex) -> None:
    series = MediaItem.objects.create(tmdb_id=90001, media_type="tv", title="Clockmaker's Row")
    sync()
    keeper = LibraryItem.objects.get(title="The Lantern Keeper")
    assert keeper.media_item is None
    film = MediaItem.objects.create(tmdb_id=90001, media_type="movie", title="The Lantern Keeper")
    sync()
    keeper.refresh_from_db()
    assert keeper.media_item == film
    assert not series.library_items.exists()


def test_personal_videos_are_not_taken_for_films(plex: Plex) -> None:
    youtube = plex.library.section("YouTube")
    plex.library.add(Item(9000, "movie", youtube, "Woodworking 1", 1_700_000_000, 1_700_000_000))
    sync()
    assert names("other") == {"Woodworking 1"}
    assert sync().state == JobState.DONE
    assert names("other") == {"Woodworking 1"}


# --- when Plex is not to be believed ------------------------------------------------------------------------------------
def test_while_plex_is_away_the_job_waits_and_everything_stays(plex: Plex) -> None:
    sync()
    before = LibraryItem.objects.count()
    plex.turn("down")
    later(40 * HOUR)
    waiting = sync()
    assert (waiting.state, waiting.error_code, waiting.failures) == (JobState.QUEUED, "plex_away", 0)
    assert "Plex cannot be reached" in waiting.error_text
    assert LibraryItem.objects.count() == before
    plex.turn("up")
    Breaker("plex").succeeded()
    assert sync().state == JobState.DONE


def test_when_plex_goes_down_midway_nothing_is_taken_away(plex: Plex, monkeypatch: pytest.MonkeyPatch) -> None:
    sync()
    plex.library.remove(found(plex, "Fight Club"))
    later(40 * HOUR)
    real = syncing._Reading._read_all_of

    def then_down(reading: syncing._Reading, type: str) -> bool:
        if type == "movie":
            plex.turn("down")
        return real(reading, type)

    monkeypatch.setattr(syncing._Reading, "_read_all_of", then_down)
    assert sync().state == JobState.QUEUED
    assert "Fight Club" in names("movie")
    assert LibraryItem.objects.filter(type="episode").count() == 122
    monkeypatch.undo()
    plex.turn("up")
    Breaker("plex").succeeded()
    assert sync().state == JobState.DONE
    assert "Fight Club" not in names("movie")


def test_a_list_that_moved_while_it_was_read_takes_nothing_away(plex: Plex, monkeypatch: pytest.MonkeyPatch) -> None:
    sync()
    later(40 * HOUR)
    first = min(plex.items("Films"), key=lambda item: item.added_at)
    real = shelving.put

    def meanwhile(row: LibrarySection, section: HeldSection, items: Sequence[HeldItem], now: dt.datetime) -> bool:
        if first.rating_key in plex.library.records:
            plex.library.remove(first)  # so that the next page begins one too late
        return real(row, section, items, now)

    monkeypatch.setattr(shelves, "_PAGE", 2)
    monkeypatch.setattr(shelving, "put", meanwhile)
    assert sync().state == JobState.DONE
    assert len(names("movie")) == 5
    sync()
    assert len(names("movie")) == 4
    assert first.title not in names("movie")


def test_a_section_that_lost_most_is_asked_again_before_that_is_believed(plex: Plex) -> None:
    for one in TITLES:
        if one.media_type == "movie" and not one.in_library:
            plex.add(one)
    sync()
    films = LibraryItem.objects.filter(type="movie")
    assert films.count() == 9
    for item in plex.items("Films")[1:]:
        plex.library.remove(item)
    later(40 * HOUR)
    assert sync().state == JobState.DONE
    assert films.count() == 9
    assert LibrarySection.objects.get(title="Films").doubted_at is not None
    sync()
    assert films.count() == 9
    later(2 * HOUR)
    sync()
    assert films.count() == 1
    assert LibrarySection.objects.get(title="Films").doubted_at is None


def test_a_section_that_is_empty_at_once_is_believed_after_a_day_only(plex: Plex) -> None:
    for one in TITLES:
        if one.media_type == "movie" and not one.in_library:
            plex.add(one)
    sync()
    for item in plex.items("Films"):
        plex.library.remove(item)
    for passed in (40, 2, 12):
        later(passed * HOUR)
        sync()
        assert LibraryItem.objects.filter(type="movie").count() == 9
    later(12 * HOUR)
    sync()
    assert not LibraryItem.objects.filter(type="movie").exists()


def test_a_section_that_came_back_is_doubted_no_longer(plex: Plex) -> None:
    sync()
    LibrarySection.objects.filter(title="Films").update(doubted_at=timezone.now() - 2 * HOUR)
    sync()
    assert LibrarySection.objects.get(title="Films").doubted_at is None


def test_a_section_that_is_gone_goes_after_a_second_look(plex: Plex) -> None:
    sync()
    films = plex.library.section("Films")
    del plex.library.sections[films.key]
    sync()
    assert LibrarySection.objects.filter(title="Films").exists()
    later(2 * HOUR)
    sync()
    assert not LibrarySection.objects.filter(title="Films").exists()
    assert not names("movie")
    assert names("show")


def test_a_section_that_refuses_itself_leaves_the_others_readable(plex: Plex, monkeypatch: pytest.MonkeyPatch) -> None:
    real = syncing._Reading.bring_up_to_date

    def locked(reading: syncing._Reading) -> None:
        if reading.section.title == "Films":
            plex.library.sections.pop(1)  # listed a moment ago, 404 now
        real(reading)

    monkeypatch.setattr(syncing._Reading, "bring_up_to_date", locked)
    assert sync().state == JobState.DONE
    assert names("show")
    assert not names("movie")


def test_a_token_that_opens_nothing_makes_it_wait(plex: Plex) -> None:
    config = ServiceConfig.objects.get(service_name="plex")
    config.api_key = "wrong"
    config.save()
    waiting = sync()
    assert (waiting.state, waiting.error_code) == (JobState.QUEUED, "plex_away")
    assert "wrong" not in waiting.error_text


def test_an_answer_that_is_none_changes_nothing(plex: Plex) -> None:
    sync()
    before = LibraryItem.objects.count()
    plex.turn("garbage")
    assert sync().state == JobState.QUEUED
    assert LibraryItem.objects.count() == before


def test_the_scheduler_looks_at_once_and_then_every_five_minutes(plex: Plex) -> None:
    sync_library()
    assert Job.objects.filter(kind=jobs.SYNC, state=JobState.QUEUED).exists()
    work("default")
    sync_library()
    assert not Job.objects.filter(kind=jobs.SYNC, state=JobState.QUEUED).exists()
    later(dt.timedelta(minutes=5))
    sync_library()
    assert Job.objects.filter(kind=jobs.SYNC, state=JobState.QUEUED).exists()


def test_without_plex_there_is_nothing_to_do(db: None) -> None:
    sync_library()
    assert not Job.objects.filter(kind=jobs.SYNC).exists()
    assert sync().state == JobState.DONE
    assert not LibrarySection.objects.exists()


# --- who sees what ------------------------------------------------------------------------------------------------------
def test_shares_follow_what_plex_tv_told(plex: Plex) -> None:
    owner, carl, pia, stefan = (person(name) for name in ("olive", "carl", "pia", "stefan"))
    for number, one in enumerate((owner, carl, pia, stefan), start=5001):
        User.objects.filter(pk=one.pk).update(plex_id=number)
    deleted = person("carl-before")  # an account that carl had before this one
    User.objects.filter(pk=deleted.pk).update(plex_id=5002, status="deleted", deleted_at=timezone.now())
    GuestList.objects.create(pk=THE_LIST, server_id=plex.machine_id, listed_at=timezone.now())
    PlexGuest.objects.create(plex_id=5001, relation="owner")
    SharedSection.objects.create(guest=PlexGuest.objects.create(plex_id=5002, relation="friend"), key="1")
    pending = PlexGuest.objects.create(plex_id=5003, relation="friend", is_pending=True)
    SharedSection.objects.create(guest=pending, key="1")
    sync()
    shares = {(row.user.username, row.section.title) for row in LibraryShare.objects.select_related("user", "section")}
    assert shares == {("olive", "Films"), ("olive", "Series"), ("olive", "YouTube"), ("carl", "Films")}
    assert {row.title for row in LibrarySection.objects.visible_to(carl)} == {"Films"}

    SharedSection.objects.update(key="2")
    sync()
    assert {row.title for row in LibrarySection.objects.visible_to(carl)} == {"Series"}

    GuestList.objects.update(server_id="another")
    SharedSection.objects.all().delete()
    sync()
    assert {row.title for row in LibrarySection.objects.visible_to(carl)} == {"Series"}
