"""Where titles stream, by region. Real services for the three real titles (as of their writing), invented ones else."""

from __future__ import annotations

import dataclasses
from typing import Any

from sandbox.tmdb import paths
from sandbox.tmdb.titles import BARE
from sandbox.world import Title


@dataclasses.dataclass(frozen=True)
class Streaming:
    """A streaming service; `regions` in which it exists."""

    provider_id: int
    name: str
    regions: tuple[str, ...]


REGIONS = {
    "US": ("United States of America", "United States"),
    "DE": ("Germany", "Germany"),
    "GB": ("United Kingdom", "United Kingdom"),
    "AT": ("Austria", "Austria"),
}

PROVIDERS = {
    one.provider_id: one
    for one in (
        Streaming(8, "Netflix", ("US", "DE", "GB", "AT")),
        Streaming(337, "Disney Plus", ("US", "DE", "GB", "AT")),
        Streaming(15, "Hulu", ("US",)),
        Streaming(2, "Apple TV", ("US", "DE", "GB", "AT")),
        Streaming(10, "Amazon Video", ("US", "DE", "GB", "AT")),
        Streaming(3, "Google Play Movies", ("US", "GB")),
        Streaming(178, "MagentaTV", ("DE",)),
        Streaming(29, "Sky Go", ("DE", "GB", "AT")),
        Streaming(9801, "Gullwing", ("US", "DE", "GB", "AT")),
        Streaming(9802, "Lantern Box", ("US", "GB")),
        Streaming(9803, "Hafenkino", ("DE", "AT")),
        Streaming(9804, "Tern TV", ("US", "DE", "GB")),
        Streaming(9805, "Pier Video", ("US", "DE", "GB", "AT")),
    )
}

_SHOPS = {"rent": (2, 10), "buy": (2, 10)}
_REAL: dict[tuple[int, str], dict[str, dict[str, tuple[int, ...]]]] = {
    (550, "movie"): {
        "US": {"flatrate": (15,), "rent": (2, 10, 3), "buy": (2, 10, 3)},
        "DE": {"flatrate": (337,), **_SHOPS},
        "GB": {"flatrate": (337,), "rent": (2, 10, 3), "buy": (2, 10, 3)},
    },
    (278, "movie"): {
        "US": {"rent": (2, 10, 3), "buy": (2, 10, 3)},
        "DE": {"rent": (2, 10, 178), "buy": (2, 10, 178)},
        "GB": {"flatrate": (29,), "rent": (2, 10), "buy": (2, 10)},
    },
    (1396, "tv"): {
        "US": {"flatrate": (8,), "buy": (2, 10)},
        "DE": {"flatrate": (8,), "buy": (2, 10)},
        "GB": {"flatrate": (8,), "buy": (2, 10)},
    },
}


def _invented(title: Title) -> dict[str, dict[str, tuple[int, ...]]]:
    """One title in five streams nowhere, one in seven is free with advertisements."""
    if title.tmdb_id == BARE or title.tmdb_id % 5 == 4:
        return {}
    kinds: dict[str, tuple[int, ...]] = {"flatrate": (9801,), "rent": (9805,), "buy": (9805,)}
    if title.tmdb_id % 7 == 0:
        kinds["ads"] = (9804,)
    local = {"US": 9802, "GB": 9802, "DE": 9803, "AT": 9803}
    if title.tmdb_id % 3 == 0:
        return {region: {"flatrate": (local[region],)} | kinds for region in REGIONS}
    return {region: kinds for region in REGIONS if region != "AT"}


def offers(title: Title) -> dict[str, dict[str, tuple[int, ...]]]:
    """Region to kind (flatrate, free, ads, rent, buy) to provider ids."""
    real = _REAL.get((title.tmdb_id, title.media_type))
    return _invented(title) if real is None else real


def _named(provider: Streaming, priority: int) -> dict[str, Any]:
    return {
        "logo_path": paths.path("logo", provider.name),
        "provider_id": provider.provider_id,
        "provider_name": provider.name,
        "display_priority": priority,
    }


def watch_providers(title: Title) -> dict[str, Any]:
    """By region; the only link is to TMDB's own page, never to the service."""
    results: dict[str, Any] = {}
    for region, kinds in offers(title).items():
        link = f"https://www.themoviedb.org/{title.media_type}/{title.tmdb_id}/watch?locale={region}"
        results[region] = {"link": link} | {
            kind: [_named(PROVIDERS[number], priority) for priority, number in enumerate(numbers)]
            for kind, numbers in kinds.items()
            if all(region in PROVIDERS[number].regions for number in numbers)
        }
    return {"results": results}


def listed(region: str | None) -> dict[str, Any]:
    """The services of a region, or of all."""
    found = [one for one in PROVIDERS.values() if region is None or region in one.regions]
    return {
        "results": [
            {"display_priorities": dict.fromkeys(one.regions, priority)} | _named(one, priority)
            for priority, one in enumerate(found)
        ]
    }


def regions() -> dict[str, Any]:
    return {
        "results": [
            {"iso_3166_1": code, "english_name": english, "native_name": native}
            for code, (english, native) in sorted(REGIONS.items())
        ]
    }
