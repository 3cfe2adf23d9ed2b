"""Names and posters of titles that came with an import, which tells their numbers alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.cache import cache
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from catalog import asking as titles
from catalog.keeping import keep
from catalog.models import MediaItem
from medianest.lib.http import ProviderError
from operations.jobs import Wait
from requests_app.models import MediaRequest
from requests_app.taking_over import Title, nameless
from services.providers.describing import NoSuchTitle

if TYPE_CHECKING:
    from operations.lease import Run

AT_ONCE = 100
_MOST_SILENT = 5  # titles in a row of which nothing is told: then nobody can tell anything now
_SOON, _LATER, _NEXT_ROUND = 1.0, 600.0, 21_600.0  # seconds
_LAST = "requests.naming.last"


def name_some(run: Run) -> None:
    """Find out what some titles are called, going on where the last run ended.

    Raises Wait while there are more, while nobody can tell, and before what nothing was told of is tried once more.
    """
    found = _nameless(after=cache.get(_LAST))
    _name_known(found)
    silent = 0
    for title in [one for one in found if not MediaItem.objects.titled(one[1], one[0]).exists()]:
        run.breathe()
        try:
            _name(title, _described(title))
        except ProviderError as error:
            silent += 1
            if silent == _MOST_SILENT:
                # Behind these next time: some sources never say that a title is gone, and what follows is not to wait.
                cache.set(_LAST, title, timeout=86_400)
                raise Wait(_LATER, code="titles_not_told", reason=error.sentence) from error
        else:
            silent = 0
    if len(found) == AT_ONCE:
        cache.set(_LAST, found[-1], timeout=86_400)
        raise Wait(_SOON, code="more", reason="")
    cache.delete(_LAST)
    if _nameless():
        raise Wait(_NEXT_ROUND, code="titles_not_told", reason="")


def _nameless(*, after: Title | None = None) -> list[Title]:
    waiting = MediaRequest.everything.filter(media_item__isnull=True, media_type__in=["movie", "tv"])
    if after is not None:
        waiting = waiting.filter(Q(media_type__gt=after[0]) | Q(media_type=after[0], tmdb_id__gt=after[1]))
    told = waiting.order_by("media_type", "tmdb_id").values_list("media_type", "tmdb_id").distinct()
    return [(kind, number or 0) for kind, number in told[:AT_ONCE]]


def _name_known(found: list[Title]) -> None:
    """Those that the catalogue has by now."""
    for item in MediaItem.objects.filter(tmdb_id__in=[number for _kind, number in found]):
        _name((item.media_type, item.tmdb_id), item)


def _described(title: Title) -> MediaItem:
    """Asked without being remembered: thousands of titles would push everything else out of the cache.

    Raises the ProviderError family.
    """
    try:
        return keep(titles.ask(lambda source: source.describe(*title, language="en")))
    except NoSuchTitle:
        now, (kind, number) = timezone.now(), title
        gone = {"title": nameless(title).title, "fetched_at": now, "gone_at": now}
        return MediaItem.objects.get_or_create(media_type=kind, tmdb_id=number, defaults=gone)[0]


@transaction.atomic
def _name(title: Title, item: MediaItem) -> None:
    kind, number = title
    waiting = MediaRequest.everything.filter(media_type=kind, tmdb_id=number, media_item__isnull=True)
    waiting.update(media_item=item, title=item.title, updated_at=timezone.now())
