"""A library for tests: films, and a series with seasons and episodes, in sections shared with somebody or not."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from accounts.models import User
from catalog.models import LibraryItem, LibrarySection, LibraryShare
from catalog.tests.rows import item, stored_section


def section(*people: User, **said: Any) -> LibrarySection:
    """A section that is shared with these people."""
    made = stored_section(**said)
    LibraryShare.objects.bulk_create([LibraryShare(section=made, user=user) for user in people])
    return made


def ago(hours: float) -> dt.datetime:
    return timezone.now() - dt.timedelta(hours=hours)


def film(of: LibrarySection, tmdb_id: int | None = 550, hours: float = 1, **said: Any) -> LibraryItem:
    made = item(of, tmdb_id=tmdb_id, added_at=ago(hours), **said)
    made.save()
    return made


def series(of: LibrarySection, tmdb_id: int, seasons: Mapping[int, int], hours: float = 1, **said: Any) -> LibraryItem:
    """A series with as many episodes in each season as `seasons` says; later ones came later."""
    show = item(of, type="show", tmdb_id=tmdb_id, added_at=ago(hours + 1000), **said)
    show.save()
    for number, episodes in seasons.items():
        season = item(of, type="season", parent=show, number=number, child_count=episodes)
        season.save()
        for episode in range(1, episodes + 1):
            came = ago(hours + 100 * (max(seasons) - number) + (episodes - episode))
            item(of, type="episode", parent=season, number=episode, added_at=came).save()
    return show
