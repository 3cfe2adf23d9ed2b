"""Titles are described anew in time, in portions that a run may leave off, and nobody's entry goes with them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
import stamina
from django.core.cache import cache
from django.utils import timezone

from catalog import jobs, refreshing
from catalog.models import MediaItem
from catalog.querysets import KEEP_FOR, NO_LONGER_THAN
from catalog.tasks import refresh_titles
from catalog.tests import shelves
from catalog.tests.rows import stored_title, streaming
from medianest.tests.people import person
from operations.models import Job, JobState
from operations.runner import work
from sandbox.overseerr import Overseerr
from sandbox.tmdb import Tmdb
from services.providers.tmdb import Tmdb as TmdbProvider
from watchlists.models import WatchlistEntry

pytestmark = pytest.mark.django_db(transaction=True)  # a worker sees what is committed
DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(TmdbProvider, "calls_a_second", 1000.0)
    with stamina.set_testing(True, attempts=1):
        yield


def run() -> Job:
    """The scheduler's turn, and a worker's whole run."""
    refresh_titles()
    Job.objects.filter(kind=jobs.REFRESH).update(run_after=timezone.now())
    work("default")
    return Job.objects.get(kind=jobs.REFRESH)


def ago(age: dt.timedelta) -> dt.datetime:
    return timezone.now() - age


def test_what_is_due_is_asked_about_and_nothing_else(tmdb: Tmdb) -> None:
    old = stored_title(tmdb_id=550, title="Old name", fetched_at=ago(KEEP_FOR + DAY))
    never = stored_title(tmdb_id=278, title="Only a name")
    fresh = stored_title(tmdb_id=680, title="Fresh", fetched_at=ago(DAY))
    before = tmdb.requests
    assert run().state == JobState.DONE
    assert tmdb.requests == before + 2
    for row in (old, never, fresh):
        row.refresh_from_db()
    assert (old.title, never.title, fresh.title) == ("Fight Club", "The Shawshank Redemption", "Fresh")
    assert old.fetched_at is not None
    assert timezone.now() - old.fetched_at < DAY


def test_with_nothing_due_nothing_is_promised(tmdb: Tmdb) -> None:
    stored_title(tmdb_id=550, fetched_at=ago(DAY))
    refresh_titles()
    assert not Job.objects.filter(kind=jobs.REFRESH).exists()


def test_a_title_that_tmdb_dropped_stays_under_what_people_wrote(tmdb: Tmdb) -> None:
    gone = stored_title(tmdb_id=999_999, title="Dropped", overview="Long ago", fetched_at=ago(KEEP_FOR + DAY))
    WatchlistEntry.objects.create(user=person("ida"), media_item=gone)
    assert run().state == JobState.DONE
    gone.refresh_from_db()
    assert gone.gone_at is not None
    assert (gone.title, gone.overview) == ("Dropped", "Long ago")
    assert WatchlistEntry.objects.get().media_item == gone


def test_what_the_library_holds_becomes_known(tmdb: Tmdb) -> None:
    held = shelves.film(shelves.section(), 550)
    assert run().state == JobState.DONE
    held.refresh_from_db()
    assert held.media_item is not None
    assert (held.media_item.title, held.media_item.minimum_age) == ("Fight Club", 17)


def test_a_series_of_the_library_is_looked_at_every_week(tmdb: Tmdb) -> None:
    series = stored_title(tmdb_id=1396, media_type="tv", title="Before", fetched_at=ago(8 * DAY))
    elsewhere = stored_title(tmdb_id=1399, media_type="tv", title="Before", fetched_at=ago(8 * DAY))
    shelves.film(shelves.section(type="show"), 1396, type="show", media_item=series)
    run()
    series.refresh_from_db()
    elsewhere.refresh_from_db()
    assert (series.title, elsewhere.title) == ("Breaking Bad", "Before")


def test_a_run_that_is_cut_short_goes_on_where_it_was(tmdb: Tmdb, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refreshing, "AT_ONCE", 1)
    for number in (550, 278, 90003):
        stored_title(tmdb_id=number)
    for left in (2, 1, 0):
        assert run().state == JobState.DONE
        assert MediaItem.objects.filter(fetched_at__isnull=True).count() == left


@pytest.mark.parametrize(("trouble", "code"), [("down", "titles_away"), ("throttled", "titles_throttled")])
def test_an_absent_source_is_waited_for_and_said(tmdb: Tmdb, trouble: str, code: str) -> None:
    stored_title(tmdb_id=550)
    if trouble == "down":
        tmdb.turn("down")
    else:
        tmdb.settings.throttle_next = 100
    job = run()
    tmdb.settings.throttle_next = 0
    assert (job.state, job.error_code) == (JobState.QUEUED, code)
    assert "TMDB" in job.error_text
    tmdb.turn("up")
    cache.clear()
    assert run().state == JobState.DONE
    assert MediaItem.objects.get().title == "Fight Club"


def test_one_title_that_nobody_can_tell_about_hinders_no_other(overseerr: Overseerr) -> None:
    """Overseerr answers 500 for what TMDB does not have."""
    stored_title(tmdb_id=999_999, title="Unknown", fetched_at=ago(KEEP_FOR + 2 * DAY))
    stored_title(tmdb_id=550, title="Old", fetched_at=ago(KEEP_FOR + DAY))
    assert run().state == JobState.DONE
    assert MediaItem.objects.get(tmdb_id=550).title == "Fight Club"
    unknown = MediaItem.objects.get(tmdb_id=999_999)
    assert (unknown.title, unknown.gone_at) == ("Unknown", None)


def test_nothing_is_kept_longer_than_tmdb_allows_though_nobody_answers(db: None) -> None:
    row = stored_title(
        title="Kept",
        overview="Text",
        poster_path="/p.jpg",
        genres=["Drama"],
        runtime=90,
        vote_average="7.5",
        minimum_age=16,
        certification="16",
        imdb_id="tt0137523",
        media_type="tv",
        seasons=[{"number": 1, "episodes": 7, "name": "Season 1", "overview": "Text"}],
        fetched_at=ago(NO_LONGER_THAN + DAY),
        gone_at=timezone.now(),
    )
    streaming(row).save()
    assert run().state == JobState.DONE
    row.refresh_from_db()
    assert (row.overview, row.poster_path, row.genres, row.runtime, row.vote_average) == ("", "", [], None, None)
    assert row.seasons == [{"number": 1, "episodes": 7}]
    assert not row.streaming.exists()
    assert (row.title, row.imdb_id, row.certification, row.minimum_age) == ("Kept", "tt0137523", "16", 16)
    assert row.fetched_at is None
