"""The rows of the discover page: what each shows, and where all of it stands."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from catalog import asking
from catalog.taste import Taste
from services.providers.describing import MOVIE, TV, Found, Wanted

Ask = Callable[[Taste, int], asking.Told[Found]]


@dataclasses.dataclass(frozen=True)
class Row:
    """`ask` gives a page of it; `slug` is its name in addresses."""

    slug: str
    title: str | Promise
    ask: Ask

    @property
    def url(self) -> str:
        return reverse("catalog:row", args=[self.slug])


def _upcoming(media_type: str) -> Ask:
    return lambda taste, page: asking.upcoming(media_type, page=page, language=taste.language, region=taste.region)


def _popular(media_type: str) -> Ask:
    return lambda taste, page: asking.discover(
        Wanted(media_type, region=taste.region), page=page, language=taste.language
    )


def _best(media_type: str) -> Ask:
    wanted = Wanted(media_type, sort="score", score_from=7.5)
    return lambda taste, page: asking.discover(
        dataclasses.replace(wanted, region=taste.region), page=page, language=taste.language
    )


_ROWS = (
    Row("trending", _("Trending"), lambda taste, page: asking.trending(page=page, language=taste.language)),
    Row("popular-films", _("Popular films"), _popular(MOVIE)),
    Row("popular-series", _("Popular series"), _popular(TV)),
    Row("upcoming-films", _("Films to come"), _upcoming(MOVIE)),
    Row("upcoming-series", _("Series to come"), _upcoming(TV)),
    Row("best-films", _("Best rated films"), _best(MOVIE)),
    Row("best-series", _("Best rated series"), _best(TV)),
)


def shown() -> list[Row]:
    """The rows in their order."""
    return list(_ROWS)


def find(slug: str) -> Row | None:
    return next((row for row in _ROWS if row.slug == slug), None)
