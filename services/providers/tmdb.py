"""TMDB itself, with a read token of the installation's own. Facts about its API: developer.themoviedb.org/reference."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from medianest.lib.http import Answer, Client, Limits, Refused, not_the_service
from services.providers import base, registry, title_facts
from services.providers.base import Identity
from services.providers.describing import (
    MOVIE,
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

_CALL = Limits(connect=2.0, total=6.0)
_BUDGET = 8.0  # seconds for all tries of one question
_APPENDED = {
    "movie": "credits,external_ids,keywords,recommendations,release_dates,similar,videos,watch/providers",
    "tv": "content_ratings,credits,external_ids,keywords,recommendations,similar,videos,watch/providers",
}
_DATE = {"movie": "primary_release_date", "tv": "first_air_date"}
MANY_VOTES = 200  # a score of a few votes says nothing


@registry.declare
class Tmdb(base.Provider, CanDescribeTitles):
    kind = "tmdb"
    label = "TMDB"
    icon = "film"
    purpose = gettext_lazy("Tells about films, series and people. Without it Overseerr is asked.")
    when_away = gettext_lazy("Searching finds what MediaNest knows already. Everything else works.")
    address_example = "https://api.themoviedb.org"
    key_label = gettext_lazy("API read access token")
    key_help = gettext_lazy("At themoviedb.org: Settings, API. The long one, for version 4.")
    knows_best = True
    calls_a_second = 10.0  # TMDB speaks of some forty; pages want to ask meanwhile

    @classmethod
    def preset(cls) -> base.Connection | None:
        """The token given as a setting, until one is entered on the pages."""
        return base.Connection(settings.TMDB_URL, settings.TMDB_TOKEN) if settings.TMDB_TOKEN else None

    def identify(self) -> Identity:
        self.require_key()
        with self.looking(headers=self._headers()) as client:
            told = client.get("/3/authentication").json()
        if not isinstance(told, dict) or "success" not in told:
            raise not_the_service(self.label)
        return Identity(self.label, "3")

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.connection.key}"}

    def _asking(self) -> Client:
        self.require_key()
        return self.client(limits=_CALL, attempts=2, budget=_BUDGET, headers=self._headers())

    def _get(self, path: str, **params: Any) -> Answer:
        """An answer below `/3`. Raises NoSuchTitle for TMDB's own 404, besides the family."""
        asked = {name: value for name, value in params.items() if value not in (None, "")}
        with self._asking() as client:
            answer = client.get(f"/3{path}", params=asked, accept={404})
        if answer.status == 404:
            if title_facts.under(answer.json(), "status_code") == 34:
                raise NoSuchTitle(_("TMDB has no such title."))
            raise Refused(_("Something answers, but there is no TMDB at this address (404)."), 404)
        return answer

    def _found(self, path: str, media_type: str = "", **params: Any) -> Found:
        return title_facts.found(self._get(path, **params).json(), self.label, media_type)

    # --- finding ------------------------------------------------------------------------------------------------------------
    def search(self, text: str, *, page: int, language: str) -> Found:
        name, year = split_year(text)
        if not year:
            return self._found("/search/multi", query=name, page=page, language=language, include_adult="false")
        asked = {"query": name, "page": page, "language": language, "include_adult": "false"}
        films = self._found("/search/movie", "movie", **asked, primary_release_year=year)
        series = self._found("/search/tv", "tv", **asked, first_air_date_year=year)
        return Found(
            titles=films.titles + series.titles,
            page=page,
            pages=max(films.pages, series.pages),
            total=films.total + series.total,
        )

    def by_outside_id(self, outside_id: str, source: str, *, language: str) -> Found:
        told = self._get(f"/find/{outside_id}", external_source=f"{source}_id", language=language).json()
        films = title_facts.listings(title_facts.under(told, "movie_results"), "movie")
        series = title_facts.listings(title_facts.under(told, "tv_results"), "tv")
        return Found(titles=films + series, total=len(films) + len(series))

    def trending(self, *, page: int, language: str) -> Found:
        return self._found("/trending/all/week", page=page, language=language)

    def upcoming(self, media_type: str, *, page: int, language: str, region: str) -> Found:
        """From tomorrow on: TMDB's own list of what is upcoming also holds what is in cinemas."""
        tomorrow = (timezone.localdate() + dt.timedelta(days=1)).isoformat()
        dates = {f"{_DATE[media_type]}.gte": tomorrow, "sort_by": "popularity.desc"}
        where = {"region": region} if media_type == MOVIE else {}
        return self._found(f"/discover/{media_type}", media_type, page=page, language=language, **dates, **where)

    def discover(self, wanted: Wanted, *, page: int, language: str) -> Found:
        asked = discover_params(wanted)
        path = f"/discover/{wanted.media_type}"
        found = self._found(path, wanted.media_type, page=page, language=language, include_adult="false", **asked)
        # Only films can be looked for by age rating: developer.themoviedb.org/reference/discover-tv
        ignored = ("certification",) if wanted.certification and wanted.media_type != MOVIE else ()
        return dataclasses.replace(found, ignored=ignored)

    def genres(self, media_type: str, *, language: str) -> tuple[Named, ...]:
        told = self._get(f"/genre/{media_type}/list", language=language).json()
        return title_facts.named(title_facts.under(told, "genres"))

    def services(self, media_type: str, *, region: str) -> tuple[Named, ...]:
        told = self._get(f"/watch/providers/{media_type}", watch_region=region).json()
        return title_facts.named(title_facts.under(told, "results"), "provider_id", "provider_name")

    # --- describing ---------------------------------------------------------------------------------------------------------
    def describe(self, media_type: str, tmdb_id: int, *, language: str) -> Description:
        answer = self._get(f"/{media_type}/{tmdb_id}", language=language, append_to_response=_APPENDED[media_type])
        return title_facts.description(title_facts.record(answer.json(), self.label), media_type, self.label)

    def episodes(self, tmdb_id: int, season: int, *, language: str) -> tuple[Episode, ...]:
        return title_facts.episodes(self._get(f"/tv/{tmdb_id}/season/{season}", language=language).json(), season)

    def person(self, person_id: int, *, language: str) -> PersonDescription:
        answer = self._get(f"/person/{person_id}", language=language, append_to_response="combined_credits")
        told = title_facts.record(answer.json(), self.label)
        return title_facts.person(told, told.get("combined_credits"), self.label)

    def collection(self, collection_id: int, *, language: str) -> Collection:
        return title_facts.collection(self._get(f"/collection/{collection_id}", language=language).json(), self.label)


def split_year(text: str) -> tuple[str, str]:
    """`alien year:1979` as name and year; year "" where none is given."""
    found = re.search(r"\byear:(\d{4})\b", text)
    return (text.replace(found[0], " ").strip(), found[1]) if found else (text.strip(), "")


def discover_params(wanted: Wanted) -> dict[str, Any]:
    """TMDB's names for what is wanted, without page and language."""
    date = _DATE[wanted.media_type]
    score = {"vote_average.gte": wanted.score_from, "vote_count.gte": MANY_VOTES} if wanted.score_from else {}
    rated = {"certification_country": wanted.region, "certification.lte": wanted.certification}
    streamed = {"watch_region": wanted.region, "with_watch_providers": "|".join(map(str, wanted.services))}
    return {
        "sort_by": sort_by(wanted),
        "with_genres": ",".join(map(str, wanted.genres)),
        f"{date}.gte": f"{wanted.year_from}-01-01" if wanted.year_from else "",
        f"{date}.lte": f"{wanted.year_to}-12-31" if wanted.year_to else "",
        "with_runtime.gte": wanted.runtime_from,
        "with_runtime.lte": wanted.runtime_to,
        **score,
        **(rated if wanted.certification and wanted.media_type == MOVIE else {}),
        **(streamed if wanted.services else {}),
    }


def sort_by(wanted: Wanted) -> str:
    """TMDB's word for an order."""
    title = "title" if wanted.media_type == MOVIE else "name"
    orders = {
        "score": "vote_average.desc",
        "newest": f"{_DATE[wanted.media_type]}.desc",
        "oldest": f"{_DATE[wanted.media_type]}.asc",
        "title": f"{title}.asc",
    }
    return orders.get(wanted.sort, "popularity.desc")
