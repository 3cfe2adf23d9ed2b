"""Ten thousand titles and more are read in pages, in reasonable time and memory."""

from __future__ import annotations

import resource
import time
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask, jsonify, request

from catalog import syncing
from catalog.jobs import SYNC
from catalog.models import LibraryItem
from operations import jobs
from operations.lease import Run
from sandbox.server import ServiceServer
from services.models import ServiceConfig

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
FILMS, EPISODES = 10_000, 5_000


def film(number: int) -> dict[str, Any]:
    home = f"/library/metadata/{number}"
    return {
        "ratingKey": str(number),
        "type": "movie",
        "title": f"Film {number}",
        "summary": "A film that many would like to see. " * 20,
        "guid": f"plex://movie/{number:024x}",
        "Guid": [{"id": f"tmdb://{number}"}, {"id": f"imdb://tt{1_000_000 + number}"}],
        "thumb": f"{home}/thumb/1",
        "addedAt": 1_700_000_000 + number,
        "Media": [{"id": number, "Part": [{"id": number, "file": f"/media/films/{number}.mkv"}]}],
        "Role": [{"tag": f"Somebody {part}"} for part in range(10)],
    }


def part(number: int) -> dict[str, Any]:
    """An episode: there is a series for each 1,000 of them, and a season for each 100."""
    at = {"type": "episode", "title": f"Episode {number}", "index": number % 100, "ratingKey": str(50_000 + number)}
    return at | {"parentRatingKey": str(30_001 + (number - 1) // 100), "addedAt": 1_700_000_000 + number}


def series(number: int) -> dict[str, Any]:
    return {"type": "show", "title": f"Series {number}", "ratingKey": str(20_000 + number), "childCount": 10}


def season(number: int) -> dict[str, Any]:
    at = {"type": "season", "title": f"Season {number % 10}", "index": number % 10, "leafCount": 100}
    return at | {"ratingKey": str(30_000 + number), "parentRatingKey": str(20_001 + (number - 1) // 10)}


MADE = {
    ("1", "1"): (FILMS, film),
    ("2", "2"): (EPISODES // 1000, series),
    ("2", "3"): (EPISODES // 100, season),
    ("2", "4"): (EPISODES, part),
}


@pytest.fixture
def large(db: None) -> Iterator[list[int]]:
    """A Plex with a large library; the sizes of the pages it was asked for."""
    app, sizes = Flask("large"), list[int]()

    @app.get("/identity")
    def identity() -> Any:
        return jsonify(MediaContainer={"machineIdentifier": "large", "version": "1.43.0.1"})

    @app.get("/library/sections")
    def sections() -> Any:
        films = {"key": "1", "type": "movie", "title": "Films", "agent": "tv.plex.agents.movie"}
        return jsonify(MediaContainer={"Directory": [films, films | {"key": "2", "type": "show", "title": "Series"}]})

    @app.get("/library/sections/<key>/all")
    def everything(key: str) -> Any:
        count, make = MADE[key, request.args["type"]]
        start, size = (int(request.args[f"X-Plex-Container-{name}"]) for name in ("Start", "Size"))
        sizes.append(size)
        some = [make(number + 1) for number in range(start, min(start + size, count))]
        return jsonify(MediaContainer={"totalSize": count, "size": len(some), "Metadata": some})

    running = ServiceServer("large", app)
    running.start()
    config = ServiceConfig(service_name="plex", service_url=running.url)
    config.api_key = "any"
    config.save()
    yield sizes
    running.stop()


def test_fifteen_thousand_items_take_seconds_and_little_memory(large: list[int]) -> None:
    job = jobs.promise(SYNC, key=SYNC)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.process_time()
    syncing.sync(Run(job))
    took = time.process_time() - began
    assert LibraryItem.objects.filter(type="movie").count() == FILMS
    assert LibraryItem.objects.filter(type="episode", parent__parent__isnull=False).count() == EPISODES
    assert max(large) <= 300
    assert took < 60, f"{took:.1f} s of CPU"
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 120_000, f"{grown} KiB"
