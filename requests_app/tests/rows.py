"""Requests and problems for tests, whole but for what a test says otherwise."""

from __future__ import annotations

import itertools
from typing import Any

from accounts.models import User
from catalog.models import MediaItem
from requests_app.models import MediaRequest, ProblemReport, RequestedSeason

_number = itertools.count(1)


def film(**said: Any) -> MediaRequest:
    """An unsaved request for a film."""
    n = next(_number)
    return MediaRequest(**{"media_type": "movie", "tmdb_id": 1000 + n, "title": f"Film {n}", **said})


def stored(wish: MediaRequest) -> MediaRequest:
    wish.save()
    return wish


def stored_film(**said: Any) -> MediaRequest:
    return stored(film(**said))


def stored_series(numbers: list[int], **said: Any) -> MediaRequest:
    wish = stored_film(**{"media_type": "tv", "tmdb_id": 1396, "title": "Breaking Bad", **said})
    RequestedSeason.objects.bulk_create(RequestedSeason.of(wish, numbers))
    return wish


def problem(user: User | None = None, **said: Any) -> ProblemReport:
    n = next(_number)
    if "media_item" not in said:
        said["media_item"] = MediaItem.objects.create(tmdb_id=5000 + n, media_type="tv", title=f"Series {n}")
    return ProblemReport(user=user, **{"kind": "audio", **said})
