"""What a title's page shows, put together from what is told and what is kept."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterable
from typing import TYPE_CHECKING

import structlog
from django.conf import settings
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog import asking, cards, keeping
from catalog.marks import Shown
from catalog.models import MediaItem, StreamingKind
from catalog.taste import Taste
from medianest.lib.http import ProviderError
from services.providers.describing import TV, Description, Episode, NoSuchTitle, Offer, Part, Season

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

log = structlog.get_logger(__name__)
_KEEP_AGAIN = dt.timedelta(hours=12)
_TMDB = "https://www.themoviedb.org"


@dataclasses.dataclass(frozen=True)
class Page:
    """A title's page. `stale` says that nobody can tell just now and old facts are shown."""

    shown: Shown
    stale: bool
    facts: list[str]
    certification: str
    poster: str
    posters: str
    backdrop: str
    backdrops: str
    cast: list[cards.Card]
    seasons: list[SeasonRow]
    crew: list[tuple[str, str]]
    links: list[tuple[str, str]]


@dataclasses.dataclass(frozen=True)
class SeasonRow:
    season: Season
    facts: str
    poster: str


@dataclasses.dataclass(frozen=True)
class EpisodeRow:
    episode: Episode
    facts: str
    still: str


@dataclasses.dataclass(frozen=True)
class StreamRow:
    """Services of one kind in one's country; `mine` are those somebody has."""

    kind: _StrOrPromise
    services: list[tuple[Offer, str]]
    mine: bool


def look_up(media_type: str, tmdb_id: int, wanted: Taste) -> Page:
    """A title as the person is to see it.

    Raises NoSuchTitle when TMDB has none and nothing is kept; ProviderError when nobody can tell and nothing is kept.
    """
    kept = MediaItem.objects.titled(tmdb_id, media_type).first()
    try:
        answer = asking.describe(media_type, tmdb_id, language=wanted.language)
    except NoSuchTitle:
        keeping.mark_gone(media_type, tmdb_id)
        if kept is None:
            raise
        kept.refresh_from_db(fields=["gone_at"])
        return _page(Shown(kept, description_of(kept)), stale=True, wanted=wanted)
    except ProviderError:
        if kept is None or kept.fetched_at is None:
            raise
        return _page(Shown(kept, description_of(kept)), stale=True, wanted=wanted)
    item = _kept(kept, answer.answer, wanted)
    return _page(Shown(item, answer.answer), stale=answer.stale, wanted=wanted)


def _kept(item: MediaItem | None, told: Description, wanted: Taste) -> MediaItem | None:
    """The row, brought up to date now and then, in the house's own language: lists show it to everybody.

    A database that takes nothing now hinders nobody from reading.
    """
    if item is not None and item.fetched_at and timezone.now() - item.fetched_at < _KEEP_AGAIN:
        return item
    language = settings.LANGUAGE_CODE.partition("-")[0]
    try:
        if wanted.language != language:
            listing = told.listing
            told = asking.describe(listing.media_type, listing.tmdb_id, language=language).answer
        with transaction.atomic():
            return keeping.keep(told, region=settings.REGION)
    except (DatabaseError, ProviderError) as error:
        log.warning("title_not_kept", tmdb_id=told.listing.tmdb_id, error=type(error).__name__)
        return item


def description_of(item: MediaItem) -> Description:
    """What is kept of a title, in the shape in which it is told."""
    seasons = tuple(
        Season(
            number=one["number"],
            name=one.get("name", ""),
            episodes=one["episodes"],
            overview=one.get("overview", ""),
            air_date=dt.date.fromisoformat(one["air_date"]) if one.get("air_date") else None,
            poster_path=one.get("poster_path", ""),
        )
        for one in item.seasons
    )
    offers = (Offer(o.provider, o.kind, tuple(o.regions), o.logo_path, o.url) for o in item.streaming.all())
    return Description(
        listing=cards.listing_of(item),
        imdb_id=item.imdb_id,
        tvdb_id=item.tvdb_id,
        runtime=item.runtime,
        genres=tuple(item.genres),
        creators=tuple(item.creators),
        certifications={"": item.certification} if item.certification else {},
        seasons=seasons,
        offers=tuple(offers),
    )


def _page(shown: Shown, *, stale: bool, wanted: Taste) -> Page:
    told = shown.told
    rating = keeping.certification(told.certifications, wanted.region)
    return Page(
        shown=shown,
        stale=stale,
        facts=_facts(told),
        certification=rating,
        poster=cards.picture(told.listing.poster_path, "w500"),
        posters=cards.srcset(told.listing.poster_path, ("w342", "w500", "w780")),
        backdrop=cards.picture(told.listing.backdrop_path, "w1280"),
        backdrops=cards.srcset(told.listing.backdrop_path, cards.BACKDROP),
        cast=[_portrait(one) for one in told.cast],
        seasons=[_season_row(one) for one in told.seasons],
        crew=_crew(told),
        links=_links(told),
    )


def _facts(told: Description) -> list[str]:
    """Year, length, genres: what stands in a line under the name."""
    date = told.listing.release_date
    length = cards.minutes(told.runtime)
    seasons = sum(1 for one in told.seasons if one.number)
    if told.listing.media_type == TV and seasons:
        length = _("%(count)d season") % {"count": 1} if seasons == 1 else _("%(count)d seasons") % {"count": seasons}
    return [fact for fact in (str(date.year) if date else "", length, ", ".join(told.genres[:3])) if fact]


def _portrait(one: Part) -> cards.Card:
    url = reverse("catalog:person", args=[one.person_id])
    src, srcset = cards.picture(one.profile_path, "w185"), cards.portraits(one.profile_path)
    return cards.Card(url=url, name=one.name, sub=one.role, src=src, srcset=srcset)


def _season_row(one: Season) -> SeasonRow:
    count = _("%(count)d episode") if one.episodes == 1 else _("%(count)d episodes")
    facts = [str(one.air_date.year)] if one.air_date else []
    return SeasonRow(one, " · ".join([*facts, count % {"count": one.episodes}]), cards.picture(one.poster_path, "w92"))


def episode_rows(episodes: Iterable[Episode]) -> list[EpisodeRow]:
    rows = []
    for one in episodes:
        facts = [one.air_date.strftime("%Y-%m-%d") if one.air_date else "", cards.minutes(one.runtime)]
        rows.append(EpisodeRow(one, " · ".join(fact for fact in facts if fact), cards.picture(one.still_path, "w300")))
    return rows


def _crew(told: Description) -> list[tuple[str, str]]:
    """Who made it, each job once."""
    rows: dict[str, list[str]] = {}
    if told.creators:
        made = _("Created by") if told.listing.media_type == TV else _("Directed by")
        rows[made] = list(told.creators)
    for one in told.crew:
        if one.name not in told.creators:
            rows.setdefault(one.role, []).append(one.name)
    if told.studios:
        rows[_("Studio") if told.listing.media_type != TV else _("Shown by")] = list(told.studios)
    return [(job, ", ".join(dict.fromkeys(names))) for job, names in rows.items()]


def _links(told: Description) -> list[tuple[str, str]]:
    listing = told.listing
    links = [("TMDB", f"{_TMDB}/{listing.media_type}/{listing.tmdb_id}")]
    if told.imdb_id:
        links.append(("IMDb", f"https://www.imdb.com/title/{told.imdb_id}/"))
    if told.tvdb_id:
        kind = "series" if listing.media_type == TV else "movie"
        links.append(("TheTVDB", f"https://www.thetvdb.com/dereferrer/{kind}/{told.tvdb_id}"))
    return links


def streams(shown: Shown, wanted: Taste) -> list[StreamRow]:
    """Where it streams in the person's country, what costs nothing more first; their own services are told apart."""
    rows = []
    for kind in StreamingKind:
        there = [one for one in shown.told.offers if one.kind == kind and wanted.region in one.regions]
        if there:
            mine = any(one.provider in wanted.services for one in there)
            rows.append(StreamRow(kind.label, [(one, cards.picture(one.logo_path, "w92")) for one in there], mine))
    return rows
