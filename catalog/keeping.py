"""Keeps what was told of a title, for as long as TMDB's terms allow, and for ever what people hang on it."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from catalog import ratings
from catalog.models import MediaItem, StreamingProvider
from services.providers.describing import Description, Listing, Offer, Season

RATED_LIKE = ("US", "GB", "DE")
"""Whose age rating is kept when one's own country gave none, the first that did."""
_GENRES, _CREATORS = 20, 5


@transaction.atomic
def keep(told: Description, *, region: str = "US", now: dt.datetime | None = None) -> MediaItem:
    """Write a description on its row, with where it streams; make the row if it is new.

    `certification` becomes that of `region`, or of the nearest country that rates.
    """
    listing = told.listing
    known = {
        "imdb_id": told.imdb_id,
        "tvdb_id": told.tvdb_id,
        "title": listing.title,
        "original_title": listing.original_title,
        "overview": listing.overview,
        "release_date": listing.release_date,
        "runtime": told.runtime,
        "genres": list(told.genres[:_GENRES]),
        "creators": list(told.creators[:_CREATORS]),
        "poster_path": listing.poster_path,
        "backdrop_path": listing.backdrop_path,
        "certification": certification(told.certifications, region),
        "minimum_age": ratings.minimum_age(told.certifications, settings.REGION),
        "seasons": [_season(one) for one in told.seasons],
        "vote_average": _score(listing),
        "fetched_at": now or timezone.now(),
        "gone_at": None,
    }
    item, _is_new = MediaItem.objects.update_or_create(
        tmdb_id=listing.tmdb_id, media_type=listing.media_type, defaults=known
    )
    _keep_offers(item, told.offers)
    return item


def mark_gone(media_type: str, tmdb_id: int) -> None:
    """TMDB has dropped the title: what people wrote about it stays, it is only no longer asked for."""
    MediaItem.objects.titled(tmdb_id, media_type).still_there().update(gone_at=timezone.now())


def certification(by_region: dict[str, str], region: str) -> str:
    """The age rating of a country, else of the nearest one that rates, else of any; "" without any."""
    wanted = (region.upper(), *RATED_LIKE)
    return next((by_region[code] for code in wanted if by_region.get(code)), next(iter(by_region.values()), ""))


def _score(listing: Listing) -> Decimal | None:
    return None if listing.score is None else Decimal(f"{listing.score:.3f}")


def _season(one: Season) -> dict[str, object]:
    return {
        "number": one.number,
        "episodes": one.episodes,
        "name": one.name,
        "overview": one.overview,
        "air_date": one.air_date.isoformat() if one.air_date else None,
        "poster_path": one.poster_path,
    }


def _keep_offers(item: MediaItem, offers: tuple[Offer, ...]) -> None:
    """Make the rows those that were told, and leave alone what has not changed."""
    stored = {(row.provider, row.kind): row for row in item.streaming.all()}
    told = {(one.provider, one.kind): one for one in offers}
    item.streaming.filter(pk__in=[row.pk for key, row in stored.items() if key not in told]).delete()
    StreamingProvider.objects.bulk_create(
        [
            StreamingProvider(media_item=item, provider=one.provider, kind=one.kind, **_place(one))
            for key, one in told.items()
            if key not in stored
        ],
        ignore_conflicts=True,
    )
    for key, row in stored.items():
        place = _place(told[key]) if key in told else {}
        if any(getattr(row, name) != value for name, value in place.items()):
            for name, value in place.items():
                setattr(row, name, value)
            row.save(update_fields=[*place, "updated_at"])


def _place(one: Offer) -> dict[str, object]:
    return {"regions": list(one.regions), "url": one.url, "logo_path": one.logo_path}
