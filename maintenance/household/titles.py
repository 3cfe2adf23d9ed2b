"""Two films and a series, and where they can be streamed in three countries."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from catalog.models import MediaItem, StreamingProvider
from maintenance.household.people import Household, put

FIGHT_CLUB, SHAWSHANK, BREAKING_BAD = (550, "movie"), (278, "movie"), (1396, "tv")

# Pictures are those that the simulated TMDB draws.
FACTS: dict[tuple[int, str], dict[str, Any]] = {
    FIGHT_CLUB: {
        "title": "Fight Club",
        "imdb_id": "tt0137523",
        "overview": "An office worker who cannot sleep meets a soap maker and founds a club that gets out of hand.",
        "release_date": dt.date(1999, 10, 15),
        "runtime": 139,
        "genres": ["Drama"],
        "creators": ["David Fincher"],
        "certification": "R",
        "vote_average": Decimal("8.4"),
        "poster_path": "/95lbpx8L2sI0un8tBNPE61KNOYv.png",
        "backdrop_path": "/4khN3RbyARRPTWpGhl5LPJFM7fp.png",
    },
    SHAWSHANK: {
        "title": "The Shawshank Redemption",
        "imdb_id": "tt0111161",
        "overview": "A banker sentenced to life keeps hope alive behind prison walls.",
        "release_date": dt.date(1994, 9, 23),
        "runtime": 142,
        "genres": ["Drama", "Crime"],
        "creators": ["Frank Darabont"],
        "certification": "R",
        "vote_average": Decimal("8.7"),
        "poster_path": "/5sEg0ynLT3dj82J75xzph2eALML.png",
        "backdrop_path": "/ZWVdt8ckNuHGrB6Klcwm2Ivj1Rm.png",
    },
    BREAKING_BAD: {
        "title": "Breaking Bad",
        "imdb_id": "tt0903747",
        "tvdb_id": 81189,
        "overview": "A chemistry teacher with little time left turns to a trade he is frighteningly good at.",
        "release_date": dt.date(2008, 1, 20),
        "runtime": 47,
        "genres": ["Drama", "Crime"],
        "creators": ["Vince Gilligan"],
        "certification": "TV-MA",
        "vote_average": Decimal("8.9"),
        "poster_path": "/NIH4oBW6WjPiFA3JQj9qo9z2ghP.png",
        "backdrop_path": "/saaVrkgUZQQFgwNKXbltcd2OAdy.png",
        "seasons": [{"number": number, "episodes": episodes} for number, episodes in enumerate((9, 7, 13, 13, 13, 16))],
    },
}

_SHOPS = (("Apple TV", "rent"), ("Apple TV", "buy"), ("Amazon Video", "rent"), ("Amazon Video", "buy"))
STREAMING: dict[tuple[int, str], tuple[tuple[str, str, tuple[str, ...]], ...]] = {
    FIGHT_CLUB: (
        ("Hulu", "flatrate", ("US",)),
        ("Disney Plus", "flatrate", ("DE", "GB")),
        *((shop, kind, ("DE", "GB", "US")) for shop, kind in _SHOPS),
    ),
    SHAWSHANK: (
        ("Sky Go", "flatrate", ("GB",)),
        ("MagentaTV", "rent", ("DE",)),
        *((shop, kind, ("DE", "GB", "US")) for shop, kind in _SHOPS),
    ),
    BREAKING_BAD: (
        ("Netflix", "flatrate", ("DE", "GB", "US")),
        *((shop, "buy", ("DE", "GB", "US")) for shop in ("Apple TV", "Amazon Video")),
    ),
}


def make(household: Household) -> str:
    for (tmdb_id, media_type), facts in FACTS.items():
        told = {**facts, "original_title": facts["title"], "fetched_at": household.ago(hours=5)}
        MediaItem.objects.get_or_create(tmdb_id=tmdb_id, media_type=media_type, defaults=told)
    for key, offers in STREAMING.items():
        for provider, kind, regions in offers:
            put(StreamingProvider(media_item=title(key), provider=provider, kind=kind, regions=list(regions)))
    return ", ".join(facts["title"] for facts in FACTS.values())


def title(key: tuple[int, str]) -> MediaItem:
    return MediaItem.objects.titled(*key).get()
