from __future__ import annotations

from collections.abc import Iterator

import pytest
import stamina
from django.core.cache import cache
from django.utils import timezone

from catalog import asking
from medianest.lib.http import BadCredentials, ProviderError, Unreachable
from sandbox.overseerr import Overseerr
from sandbox.tmdb import Tmdb
from services.models import ServiceConfig
from services.providers.describing import NoSuchTitle


@pytest.fixture(autouse=True)
def _no_waiting_between_tries() -> Iterator[None]:
    with stamina.set_testing(True, attempts=1):
        yield


def test_without_any_source_the_reason_is_said(db: None) -> None:
    with pytest.raises(asking.NobodyToAsk, match="Neither TMDB nor Overseerr"):
        asking.trending(page=1, language="en")


def test_tmdb_is_asked_before_overseerr(overseerr: Overseerr, tmdb: Tmdb) -> None:
    before = tmdb.requests
    assert asking.search("fight club", page=1, language="en").answer.titles[0].tmdb_id == 550
    assert tmdb.requests == before + 1


def test_overseerr_answers_where_tmdb_is_down(overseerr: Overseerr, tmdb: Tmdb) -> None:
    tmdb.turn("down")
    found = asking.search("fight club", page=1, language="en")
    assert [one.title for one in found.answer.titles] == ["Fight Club"]
    assert not found.stale


def test_that_overseerr_finds_nothing_while_tmdb_is_down_is_not_believed(overseerr: Overseerr, tmdb: Tmdb) -> None:
    tmdb.turn("down")
    overseerr.control({"tmdb_down": True})
    with pytest.raises(Unreachable):
        asking.search("fight", page=1, language="en")
    overseerr.control({"tmdb_down": False})
    assert asking.search("fight", page=1, language="en").answer.titles


def test_the_first_sources_own_trouble_is_told(overseerr: Overseerr, tmdb: Tmdb) -> None:
    tmdb.turn("unauthorized")
    overseerr.turn("down")
    with pytest.raises(BadCredentials, match="TMDB"):
        asking.trending(page=1, language="en")


def test_an_answer_is_remembered_and_asked_for_once(tmdb: Tmdb) -> None:
    asking.describe("movie", 550, language="en")
    before = tmdb.requests
    assert asking.describe("movie", 550, language="en").answer.listing.title == "Fight Club"
    assert tmdb.requests == before
    asking.describe("movie", 550, language="de")
    assert tmdb.requests == before + 1


def test_an_old_answer_is_shown_and_marked_while_nobody_answers(tmdb: Tmdb, monkeypatch: pytest.MonkeyPatch) -> None:
    asking.search("fight", page=1, language="en")
    tmdb.turn("down")
    now = timezone.now().timestamp()
    monkeypatch.setattr("catalog.asking.time.time", lambda: now + 3600)

    told = asking.search("fight", page=1, language="en")
    assert (told.answer.titles[0].title, told.stale) == ("Fight Club", True)
    assert asking.search("fight", page=1, language="en").stale  # nobody is asked again within a minute

    with pytest.raises(Unreachable):
        asking.search("never asked", page=1, language="en")

    tmdb.turn("up")
    cache.delete_pattern("*breaker*")  # type: ignore[attr-defined]
    monkeypatch.setattr("catalog.asking.time.time", lambda: now + 3600 + 120)
    assert not asking.search("fight", page=1, language="en").stale


def test_a_title_that_is_gone_is_not_looked_for_elsewhere(overseerr: Overseerr, tmdb: Tmdb) -> None:
    tmdb.remove(550, "movie")
    with pytest.raises(NoSuchTitle):
        asking.describe("movie", 550, language="en")


def test_a_source_that_is_switched_off_is_not_asked(tmdb: Tmdb) -> None:
    ServiceConfig.objects.update(enabled=False)
    with pytest.raises(ProviderError, match="Neither"):
        asking.genres("movie", language="en")
