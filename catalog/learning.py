"""Gets descriptions of titles that lists only named, several at a time, and keeps them."""

from __future__ import annotations

import concurrent.futures
from collections.abc import Sequence

from django.conf import settings
from django.db import DatabaseError, transaction

from catalog import asking, keeping
from medianest.lib.http import ProviderError
from services.providers.describing import CanDescribeTitles, Description, Listing

_THREADS = 5


def learn(unknown: Sequence[Listing]) -> None:
    """Ask what is told of some titles and keep it; of what nobody can tell about, nothing.

    Waits for the outside: not to be called in a transaction.
    """
    sources = asking.sources() if unknown else []
    if not sources:
        return
    with concurrent.futures.ThreadPoolExecutor(_THREADS) as threads:
        for description in threads.map(lambda one: _told(sources[0], one), unknown):
            if description is not None:
                _keep(description)


def _told(source: CanDescribeTitles, one: Listing) -> Description | None:
    try:
        return source.describe(one.media_type, one.tmdb_id, language=settings.LANGUAGE_CODE.partition("-")[0])
    except ProviderError:
        return None


def _keep(description: Description) -> None:
    try:
        with transaction.atomic():
            keeping.keep(description, region=settings.REGION)
    except DatabaseError:
        return
