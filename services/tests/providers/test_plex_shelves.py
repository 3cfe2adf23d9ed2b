"""What Plex says of its library: sections, titles in pages, outside ids, pictures."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest

from medianest.lib.http import BadCredentials, Malformed, Refused
from medianest.lib.picture_store import content_type
from medianest.tests.wire import page, saying, server
from sandbox.plex import Plex as Simulated
from services.providers.base import Connection
from services.providers.holding import HeldItem, HeldSection, Ids, ids_of
from services.providers.plex import Plex, shelves

FILMS = HeldSection("1", "movie", "Films")
SERIES = HeldSection("2", "show", "Series")


def reached(plex: Simulated, key: str = "") -> Plex:
    return Plex(Connection(plex.url, key or plex.token))


def items(plex: Simulated, section: HeldSection, type: str, since: dt.datetime | None = None) -> list[HeldItem]:
    return [one for part in reached(plex).held(section, type, since) for one in part.items]


def told(*entries: dict[str, Any], **container: Any) -> bytes:
    """An answer of Plex's that lists these."""
    return page(json.dumps({"MediaContainer": {"Metadata": entries, **container}}).encode())


def heard(answer: bytes, type: str = "movie") -> list[HeldItem]:
    with server(saying(answer)) as wire:
        plex = Plex(Connection(wire.url, "key"))
        return [one for part in plex.held(FILMS, type) for one in part.items]


def test_sections_are_told_with_their_kind(plex: Simulated) -> None:
    found = {one.title: one for one in reached(plex).library()}
    assert {name: (one.key, one.type) for name, one in found.items()} == {
        "Films": ("1", "movie"),
        "Series": ("2", "show"),
        "YouTube": ("3", "movie"),
    }
    assert (found["Films"].is_personal, found["YouTube"].is_personal) == (False, True)


def test_somebodys_token_shows_their_sections_alone(plex: Simulated) -> None:
    carls = reached(plex, plex.token_of("carl"))
    assert [one.title for one in carls.library()] == ["Films", "YouTube"]
    with pytest.raises(Refused):
        list(carls.held(SERIES, "show"))


def test_lists_come_in_pages(plex: Simulated, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shelves, "_PAGE", 50)
    parts = list(reached(plex).held(SERIES, "episode"))
    assert [(part.places, part.total) for part in parts] == [(50, 122), (50, 122), (22, 122)]
    assert len({one.rating_key for part in parts for one in part.items}) == 122
    assert reached(plex).count(SERIES, "episode") == 122


def test_only_what_changed_is_told_when_asked_for_that(plex: Simulated) -> None:
    now = dt.datetime.now(dt.UTC)
    keeper = next(one for one in plex.items("Films") if one.title == "The Lantern Keeper")
    assert items(plex, FILMS, "movie", now) == []
    keeper.updated_at = int(now.timestamp()) + 60
    assert [one.title for one in items(plex, FILMS, "movie", now)] == ["The Lantern Keeper"]


def test_seasons_know_their_series_and_their_episodes(plex: Simulated) -> None:
    series = {one.rating_key: one for one in items(plex, SERIES, "show")}
    bad = [one for one in items(plex, SERIES, "season") if series[one.parent_key].title == "Breaking Bad"]
    assert [(one.number, one.parts) for one in sorted(bad, key=lambda one: one.number or 0)] == [
        (1, 7),
        (2, 13),
        (3, 13),
        (4, 13),
        (5, 16),
    ]
    assert next(iter(series.values())).ids.tmdb


@pytest.mark.parametrize(
    ("guids", "type", "ids"),
    [
        (["imdb://tt0137523", "tmdb://550", "plex://movie/5d77"], "movie", Ids(550, "tt0137523")),
        (["tvdb://81189"], "show", Ids(tvdb=81189)),
        (["com.plexapp.agents.imdb://tt0137523?lang=en"], "movie", Ids(imdb="tt0137523")),
        (["com.plexapp.agents.themoviedb://550?lang=de"], "movie", Ids(550)),
        (["com.plexapp.agents.themoviedb://tt0137523?lang=de"], "movie", Ids(imdb="tt0137523")),
        (["com.plexapp.agents.thetvdb://81189?lang=en"], "show", Ids(tvdb=81189)),
        (["com.plexapp.agents.thetvdb://81189/1/2?lang=en"], "episode", Ids()),
        (["com.plexapp.agents.thetvdb://81189/1?lang=en"], "season", Ids()),
        (["com.plexapp.agents.thetvdb://81189?lang=en"], "episode", Ids()),
        (["com.plexapp.agents.hama://tvdb-81189?lang=en"], "show", Ids(tvdb=81189)),
        (["com.plexapp.agents.hama://anidb-12?lang=en"], "show", Ids()),
        (["com.plexapp.agents.none://0b3f?lang=xn", "local://77"], "movie", Ids()),
        (["tmdb://0", "tmdb://99999999999", "tmdb://५", "imdb://nm0000093", "tvdb://"], "movie", Ids()),
        (["tmdb://777"], "episode", Ids(777)),
    ],
)
def test_outside_ids_are_told_apart(guids: list[str], type: str, ids: Ids) -> None:
    assert ids_of(guids, type) == ids


def test_what_makes_no_sense_is_passed_over() -> None:
    found = heard(
        told(
            {"type": "movie", "title": "Without a key"},
            {"ratingKey": 7, "type": "clip", "title": "A trailer"},
            {
                "ratingKey": 8,
                "title": "X" * 999,
                "year": "x",
                "thumb": "http://elsewhere.example/a.jpg",
                "addedAt": -5,
                "duration": True,
                "Guid": "none",
                "guid": "tmdb://550\x00",
            },
            totalSize=3,
        )
    )
    (only,) = found
    assert (only.rating_key, len(only.title), only.year, only.thumb) == ("8", 300, None, "")
    assert (only.added_at, only.duration_ms, only.ids.tmdb) == (None, None, None)


@pytest.mark.parametrize(
    "answer",
    [
        b"{}",
        b"[]",
        b'{"MediaContainer": []}',
        b'{"MediaContainer": {"Metadata": {}}}',
        b'{"MediaContainer": {"Metadata": [1]}}',
    ],
)
def test_an_answer_of_another_shape_is_an_error_and_no_empty_library(answer: bytes) -> None:
    with pytest.raises(Malformed):
        heard(page(answer))


def test_a_list_that_never_grows_is_left() -> None:
    assert heard(told(totalSize=500)) == []


def test_pictures_come_in_the_size_asked_for(plex: Simulated) -> None:
    thumb = items(plex, FILMS, "movie")[0].thumb
    assert content_type(reached(plex).picture(thumb, width=34, height=51)) == "image/png"


@pytest.mark.parametrize(
    "path", ["http://elsewhere.example/x.jpg", "/photo/:/transcode", "//elsewhere.example/library/"]
)
def test_pictures_of_others_are_not_asked_for(plex: Simulated, path: str) -> None:
    before = plex.requests
    with pytest.raises(ValueError, match=r".+"):
        reached(plex).picture(path, width=1, height=1)
    assert plex.requests == before


def test_a_wrong_token_reads_nothing(plex: Simulated) -> None:
    with pytest.raises(BadCredentials):
        reached(plex, "wrong").library()


def test_the_address_to_play_at_names_server_and_item_and_no_token() -> None:
    address = Plex.play_address("abc/1", "77")
    assert address == "https://app.plex.tv/desktop/#!/server/abc%2F1/details?key=%2Flibrary%2Fmetadata%2F77"
