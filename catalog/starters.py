"""The rows of the discover page that MediaNest comes with. An administrator may change, hide or remove each of them.

The numbers are TMDB's of genres: developer.themoviedb.org/reference/genre-movie-list and genre-tv-list.
"""

from __future__ import annotations

import dataclasses
from typing import Any

from django.utils.translation import gettext_noop

from catalog.models import MediaType, RowKind

_FILMS, _SERIES = MediaType.MOVIE.value, MediaType.TV.value


@dataclasses.dataclass(frozen=True)
class Row:
    slug: str
    kind: str
    media_type: str
    title: str
    filters: dict[str, Any] = dataclasses.field(default_factory=dict)
    is_shown: bool = True


ROWS = (
    Row("trending", RowKind.TRENDING.value, "", gettext_noop("Trending")),
    Row("my-services", RowKind.MINE.value, _FILMS, gettext_noop("Films on your services")),
    Row("my-services-series", RowKind.MINE.value, _SERIES, gettext_noop("Series on your services")),
    Row("popular-films", RowKind.POPULAR.value, _FILMS, gettext_noop("Popular films")),
    Row("popular-series", RowKind.POPULAR.value, _SERIES, gettext_noop("Popular series")),
    Row("genres-films", RowKind.GENRES.value, _FILMS, gettext_noop("Films by genre")),
    Row("upcoming-films", RowKind.UPCOMING.value, _FILMS, gettext_noop("Films to come")),
    Row("upcoming-series", RowKind.UPCOMING.value, _SERIES, gettext_noop("Series to come")),
    Row("genres-series", RowKind.GENRES.value, _SERIES, gettext_noop("Series by genre")),
    Row("best-films", RowKind.BEST.value, _FILMS, gettext_noop("Best rated films")),
    Row("best-series", RowKind.BEST.value, _SERIES, gettext_noop("Best rated series")),
    Row("services-films", RowKind.SERVICES.value, _FILMS, gettext_noop("Films by streaming service")),
    Row("services-series", RowKind.SERVICES.value, _SERIES, gettext_noop("Series by streaming service")),
    Row("family-films", RowKind.GENRE.value, _FILMS, gettext_noop("Films for the family"), {"genres": [10751]}),
    Row("documentaries", RowKind.GENRE.value, _FILMS, gettext_noop("Documentaries"), {"genres": [99]}, False),
    Row("comedies", RowKind.GENRE.value, _FILMS, gettext_noop("Comedies"), {"genres": [35]}, False),
    Row("crime-series", RowKind.GENRE.value, _SERIES, gettext_noop("Crime series"), {"genres": [80]}, False),
)
