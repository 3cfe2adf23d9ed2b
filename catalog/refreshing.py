"""Keeps what is known of titles fresh: TMDB allows nothing older than six months.

The rows say what is due, so that a run which was cut short goes on where it was. What TMDB dropped stays, marked, under
what people wrote about it; of what could not be asked about for too long only name, ids and age rating stay.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterable, Iterator

import structlog
from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, transaction
from django.utils import timezone

from catalog import asking, keeping, shelving
from catalog.marks import Key
from catalog.models import LibraryItem, MediaItem, StreamingProvider
from catalog.querysets import ITEM_TYPES, LibraryItemQuerySet
from medianest.lib.http import BadCredentials, ProviderError, Refused, Unreachable
from operations.jobs import Wait
from operations.lease import Run
from services.providers.describing import CanDescribeTitles, NoSuchTitle

log = structlog.get_logger(__name__)

AT_ONCE = 1000
"""Titles that one run asks about; the next hour's goes on."""
LOOKED_THROUGH = 5000
AWAY = 300.0  # seconds until an absent source is asked again
TOO_MUCH = 60.0
ASK_AGAIN_AFTER = 86_400  # seconds during which a title that nobody could tell about is left alone
_ROW_OF_FAILURES = 5
_OWN_TROUBLE = 500
_TOO_MANY = 429


def is_due(now: dt.datetime) -> bool:
    """Whether there is anything to do at all."""
    titles = MediaItem.objects
    looks = (titles.due_for_a_fresh_look(now), titles.kept_too_long(now), titles.growing(now), _unknown())
    return any(look.exists() for look in looks)


def refresh(run: Run) -> None:
    """Ask about what is due, and let go of what was kept too long. Wait while nobody can be asked."""
    now = timezone.now()
    try:
        _ask_about_all(run, now)
    finally:
        let_go(now)
        shelving.link_titles()


def _ask_about_all(run: Run, now: dt.datetime) -> None:
    sources = asking.sources()
    if not sources:
        return
    pause = 1 / sources[0].calls_a_second
    failed, fresh, gone = 0, 0, 0
    for number, key in enumerate(_due(now)):
        if number:
            time.sleep(pause)
        run.breathe()
        try:
            fresh += _refreshed(sources[0], key)
        except NoSuchTitle:
            keeping.mark_gone(*key)
            _leave_alone(key)
            gone += 1
        except ProviderError as error:
            failed += 1
            _take_it_well(error, key, failed)
            continue
        failed = 0
        run.report(fresh=fresh, gone=gone)


def _take_it_well(error: ProviderError, key: Key, in_a_row: int) -> None:
    """Leave one title alone that nobody can tell about. Raises Wait when it is not about this title."""
    if isinstance(error, Refused) and error.code == _TOO_MANY:
        raise Wait(TOO_MUCH, code="titles_throttled", reason=error.sentence) from None
    if isinstance(error, BadCredentials | Unreachable) or in_a_row >= _ROW_OF_FAILURES:
        raise Wait(AWAY, code="titles_away", reason=error.sentence) from None
    log.info("title_not_told", media_type=key[0], tmdb_id=key[1], reason=error.sentence)
    _leave_alone(key)


def _refreshed(source: CanDescribeTitles, key: Key) -> bool:
    """Ask about a title and keep it; whether that worked."""
    told = source.describe(*key, language=settings.LANGUAGE_CODE.partition("-")[0])
    try:
        keeping.keep(told, region=settings.REGION)
    except DatabaseError as error:
        log.warning("title_not_kept", media_type=key[0], tmdb_id=key[1], error=type(error).__name__)
        _leave_alone(key)
        return False
    return True


# --- what is due ----------------------------------------------------------------------------------------------------------
def _due(now: dt.datetime) -> Iterator[Key]:
    """What to ask about, the most pressing first: kept titles, what the library holds and the catalogue
    not yet, and series that may have grown."""
    titles = MediaItem.objects
    old = titles.due_for_a_fresh_look(now).values_list("media_type", "tmdb_id")[:LOOKED_THROUGH]
    growing = titles.growing(now).values_list("media_type", "tmdb_id")[:LOOKED_THROUGH]
    new = _unknown().values_list("type", "tmdb_id")[:LOOKED_THROUGH]
    names = {held: told for told, held in ITEM_TYPES.items()}
    keys = list(dict.fromkeys([*old, *((names[type], number) for type, number in new if number), *growing]))
    yield from _not_left_alone(keys)


def _unknown() -> LibraryItemQuerySet:
    """Films and series of the library that the catalogue has no row for."""
    return LibraryItem.objects.unknown_titles()


def _not_left_alone(keys: list[Key]) -> Iterable[Key]:
    names = {_name(key): key for key in keys}
    alone = cache.get_many(names)
    return [key for name, key in names.items() if name not in alone][:AT_ONCE]


def _leave_alone(key: Key) -> None:
    cache.set(_name(key), True, ASK_AGAIN_AFTER)


def _name(key: Key) -> str:
    return f"title-untold:{key[0]}:{key[1]}"


# --- letting go -----------------------------------------------------------------------------------------------------------
@transaction.atomic
def let_go(now: dt.datetime) -> int:
    """Forget TMDB's texts, pictures and scores that are older than it allows; how many titles that were.

    The row, its name, its ids and its age rating stay: requests, lists and limits hang on them.
    """
    rows = list(MediaItem.objects.kept_too_long(now)[:AT_ONCE])
    for row in rows:
        row.overview = row.poster_path = row.backdrop_path = ""
        row.genres, row.creators = [], []
        row.runtime = row.vote_average = row.fetched_at = None
        row.seasons = [{"number": one["number"], "episodes": one["episodes"]} for one in row.seasons]
        row.updated_at = now
    MediaItem.objects.bulk_update(
        rows,
        [
            "overview",
            "poster_path",
            "backdrop_path",
            "genres",
            "creators",
            "runtime",
            "vote_average",
            "fetched_at",
            "seasons",
            "updated_at",
        ],
        batch_size=200,
    )
    StreamingProvider.objects.filter(media_item__in=rows).delete()
    if rows:
        log.info("titles_let_go", count=len(rows))
    return len(rows)
