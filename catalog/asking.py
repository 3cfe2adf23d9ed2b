"""Asks whoever can tell about titles, and remembers the answers for a while.

TMDB is asked first where it is connected, then Overseerr. An answer is fresh for some time; after that it is asked for
again, and shown all the same, marked `stale`, while nobody answers.
"""

from __future__ import annotations

import dataclasses
import hashlib
import time
from collections.abc import Callable
from typing import Any, Generic, TypeVar

import structlog
from django.core.cache import cache
from django.utils.translation import gettext as _

from medianest.lib.http import ProviderError
from services import connections
from services.providers.describing import (
    CanDescribeTitles,
    Collection,
    Description,
    Episode,
    Found,
    Named,
    NoSuchTitle,
    PersonDescription,
    Wanted,
)

log = structlog.get_logger(__name__)
T = TypeVar("T")

MINUTES, HOURS, DAYS = 60, 3600, 86_400
_FORM = 2  # of what is remembered; counted up when `describing` changes
_KEEP = 7 * DAYS
_ASK_AGAIN = 60  # seconds between two tries while nobody answers


class NobodyToAsk(ProviderError):
    """Neither TMDB nor Overseerr is connected."""


@dataclasses.dataclass(frozen=True)
class Told(Generic[T]):
    """An answer; `stale` when it is older than it should be because nobody answers now."""

    answer: T
    stale: bool = False


def sources() -> list[CanDescribeTitles]:
    """Those who can tell about titles, the best first."""
    able = connections.able(CanDescribeTitles)  # type: ignore[type-abstract]
    return sorted(able, key=lambda source: not source.knows_best)


def ask(question: Callable[[CanDescribeTitles], T]) -> T:
    """The answer of the first who gives one.

    That nothing was found is believed of the best alone. Raises NoSuchTitle as soon as somebody is sure, NobodyToAsk,
    or the first one's own ProviderError.
    """
    trouble: ProviderError = NobodyToAsk(_("Neither TMDB nor Overseerr is connected yet."))
    for number, source in enumerate(sources()):
        try:
            answer = question(source)
        except NoSuchTitle:
            raise
        except ProviderError as error:
            trouble = trouble if number else error
            continue
        if number and isinstance(answer, Found) and not (answer.titles or answer.people):
            continue  # Overseerr finds nothing while TMDB is away, and does not say why
        return answer
    raise trouble


def remembered(key: str, fresh_for: float, question: Callable[[CanDescribeTitles], T]) -> Told[T]:
    """The answer to a question, from memory while it is fresh. Raises what `ask` raises when nothing is remembered."""
    name = f"told:{_FORM}:{hashlib.blake2b(key.encode(), digest_size=20).hexdigest()}"
    known: Any = cache.get(name)
    if known is not None and time.time() < known[0]:
        return Told(known[1], stale=known[2])
    try:
        answer = ask(question)
    except NoSuchTitle:
        raise
    except ProviderError as error:
        if known is None:
            raise
        log.info("old_answer_shown", key=key, reason=error.sentence)
        cache.set(name, (time.time() + _ASK_AGAIN, known[1], True), _KEEP)
        return Told(known[1], stale=True)
    cache.set(name, (time.time() + fresh_for, answer, False), max(_KEEP, int(fresh_for)))
    return Told(answer)


# --- the questions --------------------------------------------------------------------------------------------------------
def search(text: str, *, page: int, language: str) -> Told[Found]:
    key = f"search:{language}:{page}:{text.casefold()}"
    return remembered(key, 5 * MINUTES, lambda source: source.search(text, page=page, language=language))


def by_outside_id(outside_id: str, source_name: str, *, language: str) -> Told[Found]:
    key = f"outside:{language}:{source_name}:{outside_id}"
    ask_for = lambda source: source.by_outside_id(outside_id, source_name, language=language)  # noqa: E731
    return remembered(key, DAYS, ask_for)


def describe(media_type: str, tmdb_id: int, *, language: str) -> Told[Description]:
    key = f"title:{language}:{media_type}:{tmdb_id}"
    return remembered(key, 12 * HOURS, lambda source: source.describe(media_type, tmdb_id, language=language))


def episodes(tmdb_id: int, season: int, *, language: str) -> Told[tuple[Episode, ...]]:
    key = f"episodes:{language}:{tmdb_id}:{season}"
    return remembered(key, 12 * HOURS, lambda source: source.episodes(tmdb_id, season, language=language))


def person(person_id: int, *, language: str) -> Told[PersonDescription]:
    return remembered(f"person:{language}:{person_id}", DAYS, lambda one: one.person(person_id, language=language))


def collection(collection_id: int, *, language: str) -> Told[Collection]:
    key = f"collection:{language}:{collection_id}"
    return remembered(key, DAYS, lambda source: source.collection(collection_id, language=language))


def trending(*, page: int, language: str) -> Told[Found]:
    return remembered(f"trending:{language}:{page}", HOURS, lambda one: one.trending(page=page, language=language))


def upcoming(media_type: str, *, page: int, language: str, region: str) -> Told[Found]:
    key = f"upcoming:{language}:{region}:{media_type}:{page}"
    ask_for = lambda one: one.upcoming(media_type, page=page, language=language, region=region)  # noqa: E731
    return remembered(key, 6 * HOURS, ask_for)


def discover(wanted: Wanted, *, page: int, language: str) -> Told[Found]:
    key = f"discover:{language}:{page}:{dataclasses.astuple(wanted)}"
    return remembered(key, HOURS, lambda source: source.discover(wanted, page=page, language=language))


def genres(media_type: str, *, language: str) -> Told[tuple[Named, ...]]:
    return remembered(
        f"genres:{language}:{media_type}", 7 * DAYS, lambda one: one.genres(media_type, language=language)
    )


def streaming_services(media_type: str, *, region: str) -> Told[tuple[Named, ...]]:
    return remembered(f"services:{region}:{media_type}", DAYS, lambda one: one.services(media_type, region=region))
